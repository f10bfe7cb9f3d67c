"""CityFlow's configuration files: the files that they name, and their settings that have no effect here.

The format: Zhang et al. (2019), doi 10.1145/3308558.3314139, and the documents of CityFlow.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from traffic_marl.errors import FileError, one_line
from traffic_marl.network.formats.contents import Kind
from traffic_marl.network.formats.document import JsonValue, read_document
from traffic_marl.remarks import Remark

ROADNET, FLOW = "roadnetFile", "flowFile"  # names of the fields
STEP = 1.0  # [s] in which vehicles move


@dataclass(frozen=True)
class Config:
    """A configuration, as far as it describes a data set."""

    roadnet: Path
    flows: tuple[Path, ...]
    remarks: tuple[Remark, ...]


def read_config(path: Path, roadnet: Path | None = None, flows: tuple[Path, ...] = ()) -> Config:
    """The files that a configuration names, and remarks about its settings that have no effect here.

    CityFlow puts `dir` before the names as it stands. It is often relative to the folder in which its author worked.
    The files are looked for from the working directory, then from the folder of the configuration and the folders above
    it, and last beside the configuration.

    Args:
        path: the configuration.
        roadnet: the road network if it is named otherwise. That of the configuration is not looked for then.
        flows: the flow files if they are named otherwise.

    Raises:
        FileError: the configuration cannot be read, lacks a name, or names a file that is nowhere.
    """
    document = read_document(path, Kind.CONFIG, FileError)
    folder = document.find("dir")
    prefix = "" if folder is None else folder.text_or_nothing()
    return Config(
        roadnet or _found(path, prefix, document[ROADNET]),
        flows or (_found(path, prefix, document[FLOW]),),
        tuple(_remarks(document)),
    )


def _found(config: Path, prefix: str, entry: JsonValue) -> Path:
    """The file that an entry names."""
    name = entry.text()
    for path in _places(config, prefix, name):
        if os.path.isfile(path):  # False for a name that no file can have, too
            return path
    what = f"{one_line(prefix + name)} is neither in the working directory nor in that of {config.name} or above"
    raise entry.error(what, 'correct "dir", or name the files themselves')


def _places(config: Path, prefix: str, name: str) -> Iterator[Path]:
    """Where a file may be, the most literal place first."""
    own = config.resolve().parent
    for base in (Path(), own, *own.parents):
        yield base / (prefix + name)
        yield base / prefix / name
    yield own / name
    yield own / Path(name).name


def _remarks(document: JsonValue) -> Iterator[Remark]:
    """Remarks about settings of CityFlow that other settings of ours stand in for."""
    interval, change = document.find("interval"), document.find("laneChange")
    if interval is not None and interval.number() != STEP:
        here = f"vehicles move in steps of {STEP:g} s here"
        error = interval.error(f"{interval.number():g} s are asked for, but {here}", f"write {STEP:g}")
        yield Remark(document.file, f"interval is {interval.number():g} s, but {here}", error)
    if change is not None and change.flag():
        here = "vehicles keep to their lanes here"
        error = change.error(f"true is asked for, but {here}", "write false")
        yield Remark(document.file, f"laneChange is true, but {here}", error)
