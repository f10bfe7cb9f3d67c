"""Reading: regular files of a bounded size, their digests, and the names that files can have."""

import codecs
import hashlib
import os
import stat
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from traffic_marl.errors import FileError, one_line

LARGEST = 2**30  # [B] of a file that is read as a whole
UNNAMEABLE = ("Cc", "Cs", "Zl", "Zp")  # categories of characters that no name of a file may have
LONGEST_NAME, LONGEST_PATH = 255, 4095  # [B] that systems allow
LARGEST_SCRIPT = 2**24  # [B] of a Python file
MARK, UTF_16_MARKS = codecs.BOM_UTF8, (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)  # UTF-32's begin with them
KINDS = {stat.S_IFDIR: "a folder", stat.S_IFIFO: "a pipe", stat.S_IFCHR: "a device", stat.S_IFBLK: "a device"}


@contextmanager
def opened(path: Path, remedy: str, most: int = LARGEST, *, follows: bool = True) -> Iterator[BinaryIO]:
    """Opens a regular file to read its bytes. A pipe or a device is refused at once, before anything is read.

    Args:
        path: the file, or a link to it.
        remedy: what to do about a file that cannot be read, such as `give the path of a road network`.
        most: [B] largest size that is accepted.
        follows: whether the path itself may be a link. A link in the place of a folder above it is followed.

    Raises:
        FileError: there is no such file, it may not be read, it is no regular file, or it is too large.
    """
    number = _descriptor(path, remedy, follows)
    try:
        facts = os.fstat(number)
        if not stat.S_ISREG(facts.st_mode):
            kind = KINDS.get(stat.S_IFMT(facts.st_mode), "something else")
            raise FileError(one_line(path), f"cannot be read: it is {kind}, not a file", remedy)
        if facts.st_size > most:
            what = f"is too large to be read: {facts.st_size / 2**20:,.0f} MiB, more than {most / 2**20:,.0f} MiB"
            raise FileError(one_line(path), what, remedy)
        with os.fdopen(number, "rb", closefd=False) as file:
            yield file
    finally:
        os.close(number)


def read_bytes(path: Path, remedy: str, most: int = LARGEST, *, follows: bool = True) -> bytes:
    """The content of a regular file. Arguments and errors are those of `opened`."""
    with opened(path, remedy, most, follows=follows) as file:
        try:
            return file.read(os.fstat(file.fileno()).st_size)
        except OSError as error:
            raise FileError(one_line(path), f"cannot be read: {error.strerror or error}", remedy) from None


def read_text(path: Path, remedy: str, most: int = LARGEST) -> str:
    """The text of a regular file in UTF-8, with line ends as in Python and without a byte order mark.

    Arguments and errors are those of `opened`.

    Raises:
        FileError: also where the file is not text in UTF-8.
    """
    content = read_bytes(path, remedy, most)
    if content.startswith(UTF_16_MARKS) or b"\0" in content[:2]:
        raise FileError(one_line(path), "is text in UTF-16 or UTF-32, or no text", "save it in UTF-8")
    try:
        text = content.removeprefix(MARK).decode("utf-8")
    except UnicodeDecodeError:
        raise FileError(one_line(path), "is not text in UTF-8", remedy) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def has_mark(path: Path, remedy: str) -> bool:
    """Whether a regular file begins with a byte order mark of UTF-8. Arguments and errors are those of `opened`."""
    with opened(path, remedy) as file:
        return file.read(len(MARK)) == MARK


def ensure_script(path: Path, remedy: str) -> None:
    """Checks that a Python file can be read.

    Raises:
        FileError: as of `opened`.
    """
    with opened(path, remedy, LARGEST_SCRIPT):
        pass


def content_digest(path: str | Path) -> bytes:
    """A digest of the content of a file, or of all files of a folder. It is empty if nothing can be read.

    The digest of a file that is too large to be read is made of its size and the time of its last change.
    """
    try:
        found = Path(path)
        if not found.is_dir():
            return _file_digest(found)
        files = sorted(file for file in found.rglob("*") if file.is_file())
        names = (file.relative_to(found).as_posix().encode() for file in files)
        return hashlib.sha256(b"".join(map(bytes.__add__, names, map(content_digest, files)))).digest()
    except (OSError, ValueError):  # no such file, or no path at all
        return b""


def ensure_nameable(path: Path, flag: str | None) -> None:
    """Checks that a file or folder can have this name: one line without control characters, and not too long.

    Args:
        path: the file or folder.
        flag: the flag or argument that names it. None if the path itself is the argument.

    Raises:
        FileError: it cannot.
    """
    text = str(path)
    where = one_line(path) if flag is None else flag
    if any(unicodedata.category(letter) in UNNAMEABLE for letter in text):
        what = f"{one_line(path)!r} has a line break or another control character"
        raise FileError(where, what, "choose a name of letters, digits and punctuation")
    longest = max((len(os.fsencode(part)) for part in path.parts), default=0)
    if longest > LONGEST_NAME or len(os.fsencode(text)) > LONGEST_PATH:
        what = f"a name of {longest} bytes is too long" if longest > LONGEST_NAME else "the path is too long"
        raise FileError(where, what, f"choose a name of at most {LONGEST_NAME} bytes")


def _file_digest(path: Path) -> bytes:
    """The digest of a regular file."""
    facts = path.stat()
    if not stat.S_ISREG(facts.st_mode):
        return b""
    if facts.st_size > LARGEST:
        return hashlib.sha256(f"{facts.st_size} {facts.st_mtime_ns}".encode()).digest()
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def _descriptor(path: Path, remedy: str, follows: bool) -> int:
    """The descriptor of an opened file. A pipe is opened without waiting for a writer."""
    if not follows and os.path.islink(path):
        raise FileError(one_line(path), "is a link, which is not followed here", remedy)
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        return os.open(path, flags if follows else flags | getattr(os, "O_NOFOLLOW", 0))
    except OSError as error:
        raise FileError(one_line(path), f"cannot be read: {error.strerror or error}", remedy) from None
    except ValueError:  # a zero byte in the name, or a character that no name has
        raise FileError(one_line(path), "is not the name of a file", remedy) from None


def distinct_names(paths: Sequence[Path]) -> list[str]:
    """The names of files, for messages. Where two have the same name, they are named with their folders."""
    names = [path.name for path in paths]
    return [path.name if names.count(path.name) == 1 else f"{path.parent.name}/{path.name}" for path in paths]
