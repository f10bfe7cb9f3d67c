"""The kind of a JSON file of a data set, told from its first characters: the file may be large."""

import re
from collections.abc import Iterable
from pathlib import Path

from traffic_marl.errors import FileError
from traffic_marl.network.formats.contents import Kind
from traffic_marl.reading import opened

HEAD = 2**16  # [B] read of a file
SUFFIXES = (".json", ".cfg", ".config", ".conf")
MOST_FILES = 1000  # of a folder that are looked into
SIGNS = (  # the first that is met tells the kind
    (r"\{.*\"(roadnetFile|flowFile)\"\s*:", Kind.CONFIG),
    (r"\{\s*\"static\"\s*:", Kind.REPLAY),
    (r"\{.*\"(intersections|roads)\"\s*:\s*\[\s*(\{|\]|$)", Kind.ROADNET),  # a list of objects
    (r"\[\s*\{.*\"(route|vehicle)\"\s*:", Kind.FLOW),
)


def kind_of(path: Path) -> Kind | None:
    """The kind that a file seems to be of. None if it is of no kind of a data set or cannot be read."""
    try:
        with opened(path, "give a file") as file:
            head = file.read(HEAD).decode("utf-8-sig", errors="replace").lstrip()
    except (FileError, OSError):
        return None
    return next((kind for sign, kind in SIGNS if re.match(sign, head, re.DOTALL)), None)


def files_by_kind(folder: Path) -> dict[Kind, list[Path]]:
    """The files of a folder that belong to a data set, sorted by name."""
    found: dict[Kind, list[Path]] = {kind: [] for kind in Kind}
    for path in sorted(_candidates(folder))[:MOST_FILES]:
        kind = kind_of(path)
        if kind is not None:
            found[kind].append(path)
    return found


def _candidates(folder: Path) -> Iterable[Path]:
    try:
        return [path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES and path.is_file()]
    except OSError:
        return []
