"""The option `--json`: alone it prints JSON, with a file it writes JSON there."""

import json
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from traffic_marl.cli.arguments import EVERYWHERE
from traffic_marl.errors import FileError
from traffic_marl.files import ensure_writable, replace_text
from traffic_marl.reading import read_text
from traffic_marl.scenario import scenario_names

FLAG = "--json"
PRINTED = Path("-")  # stands for stdout

Json = Annotated[
    Path | None,
    typer.Option(
        FLAG, metavar="[FILE]", help="Print JSON and nothing else on stdout, or write it to FILE beside the table."
    ),
]


class JsonCommand(TyperCommand):
    """A command whose option `--json` may stand alone. Typer itself knows no such option."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Reads the words of the command line. Typer calls it."""
        return super().parse_args(ctx, list(_with_file(args)))


def is_printed(path: Path | None) -> bool:
    """Whether the option stands alone, so that JSON is printed in place of the table."""
    return path == PRINTED


def file_of(path: Path | None) -> Path | None:
    """The file of the option. None if it is missing or stands alone."""
    return None if is_printed(path) else path


def ensure_json_writable(path: Path | None) -> None:
    """Checks before a run that the file of the option can be written, if it has one.

    Raises:
        FileError: it cannot.
    """
    file = file_of(path)
    if file is not None:
        ensure_writable(file, FLAG)


def write_json(path: Path | None, text: str) -> None:
    """Writes the text to the file of the option, if it has one.

    Raises:
        FileError: the file cannot be written.
    """
    file = file_of(path)
    if file is not None:
        replace_text(file, FLAG, text)


def _with_file(words: Sequence[str]) -> Iterator[str]:
    """The words, with the sign for stdout after each option that stands alone.

    The next word is the file, unless it is another flag or names a scenario. So `--json my_scenario.json` never
    overwrites that scenario.
    """
    for word, after in zip_longest(words, words[1:], fillvalue="--"):
        yield word
        if word == FLAG and after != str(PRINTED) and (after.startswith("-") or _names_scenario(after)):
            yield str(PRINTED)


def _names_scenario(word: str) -> bool:
    """Whether a word is one that the argument SCENARIO takes."""
    if word in (*scenario_names(), EVERYWHERE) or word.endswith(".py"):
        return True
    return word.endswith(".json") and _holds_scenario(Path(word))


def _holds_scenario(path: Path) -> bool:
    """Whether a JSON file describes a scenario."""
    try:
        content = json.loads(read_text(path, "give a file"))
    except (FileError, ValueError, RecursionError):
        return False
    return isinstance(content, dict) and {"network", "demand"} <= content.keys()
