"""The documents: README, the pages under docs/ and the notes for contributors, with their fenced blocks."""

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
MADE = ("generated", "gallery_built")  # folders that a build makes
FENCE = re.compile(r"^(`{3,})(\S*)[^\n]*\n(.*?)^\1[ \t]*$", flags=re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A fenced block."""

    document: str  # path from the root
    language: str
    text: str
    line: int

    def __str__(self):
        return f"{self.document}:{self.line}"


def document_paths():
    """Every document that is written by hand, from the root."""
    pages = [path for path in sorted((ROOT / "docs").rglob("*.md")) if is_by_hand(path)]
    return [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *pages]


def is_by_hand(path):
    """Whether a page is in the repository rather than made by a build."""
    inside = path.relative_to(ROOT / "docs").parts
    made = path.name in ("command-line.md", "scenario-fields.md")
    return inside[0] not in MADE and not made and (inside[0] != "strategies" or path.name == "index.md")


def read(path):
    """The text of a document."""
    return path.read_text(encoding="utf-8")


def name_of(path):
    """A document's path from the root."""
    return path.relative_to(ROOT).as_posix()


def all_blocks():
    """All blocks of all documents."""
    found = []
    for path in document_paths():
        text = read(path)
        for match in FENCE.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            found.append(Block(name_of(path), match[2], match[3], line))
    return found


def blocks(*languages):
    """All blocks of these languages in all documents."""
    return [block for block in all_blocks() if block.language in languages]


def prose(text):
    """A text without its fenced blocks."""
    return FENCE.sub("", text)


def inline_code(text):
    """The code in the midst of sentences."""
    return re.findall(r"`([^`\n]+)`", prose(text))


def arguments_of(line):
    """What a command line gives to the program; None where it calls something else."""
    words = shlex.split(line, comments=True)
    for name in ("run.py", "traffic-marl"):
        if name in words:
            return words[words.index(name) + 1 :]
    return None


def joined_lines(text):
    """The lines of a shell block, those that end in a backslash joined with the next."""
    return re.sub(r"\\\n\s*", " ", text).splitlines()


def commands():
    """Every call of the program in a shell block, with the block it stands in."""
    for block in blocks("sh"):
        for line in joined_lines(block.text):
            arguments = arguments_of(line)
            if arguments is not None:
                yield block, arguments


def words():
    """Every word of code in all documents, in the midst of sentences and in shell blocks."""
    pieces = [block.text for block in blocks("sh")]
    for path in document_paths():
        pieces += inline_code(read(path))
    for piece in pieces:
        yield from (word.strip("[],;") for word in piece.split())
