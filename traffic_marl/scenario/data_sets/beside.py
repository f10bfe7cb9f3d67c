"""Scenarios in one folder with their files, which can be moved or handed on as a whole."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

RESERVED = ("scenario.json", "network.png", "guesses.csv")  # names of other files in such a folder
PARTS = ("network", "demand")  # of a scenario, that may name files
ONE, SEVERAL = "path", "also"  # their fields with a path, and with a list of paths


def with_files_beside(content: Any, folder: Path) -> Any:
    """The content of a scenario's JSON file, with the whole paths of the files that lie beside it.

    A name without folders is looked for beside the JSON file first, because a folder that is handed on has such names.
    Other paths are looked for in the working directory first.

    Args:
        content: unchecked. What is no scenario stays as it is.
        folder: of the JSON file.
    """
    return _with_paths(content, lambda path: _beside(path, folder))


def copy_files(content: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Copies the files that a scenario names into a folder.

    Args:
        content: of the scenario, as JSON has it.
        folder: an existing one.

    Returns:
        The content with the names that the copies have in the folder. Files of a reader of the user's own stay where
        they are.
    """
    taken = dict.fromkeys(RESERVED, "")  # name of the copy: path

    def copied(path: str) -> str:
        name = Path(path).name
        while taken.setdefault(name, path) != path:
            name = f"also_{name}"
        target = folder / name
        if not (target.exists() and target.samefile(path)):
            shutil.copyfile(path, target)
        return name

    return {
        **content,
        **{
            name: part if "reader" in part else _part_with_paths(part, copied)
            for name, part in content.items()
            if name in PARTS
        },
    }


def _with_paths(content: Any, change: Any) -> Any:
    if not isinstance(content, dict):
        return content
    return content | {
        name: _part_with_paths(content[name], change) for name in PARTS if isinstance(content.get(name), dict)
    }


def _part_with_paths(part: dict[str, Any], change: Any) -> dict[str, Any]:
    return part | dict(_changed(part, change))


def _changed(part: dict[str, Any], change: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(part.get(ONE), str):
        yield ONE, change(part[ONE])
    if isinstance(part.get(SEVERAL), list):
        yield SEVERAL, [change(each) if isinstance(each, str) else each for each in part[SEVERAL]]


def _beside(path: str, folder: Path) -> str:
    try:
        comes_first = Path(path).name == path
        is_there = Path(path).is_absolute() or (Path(path).exists() and not comes_first)
        if not is_there and (folder / path).exists():
            return str(folder.resolve() / path)
    except (OSError, ValueError):  # no name that a file can have; the reader of the file tells that
        pass
    return path
