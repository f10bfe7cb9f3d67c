"""Finds the files of a data set: named one by one, by a configuration of CityFlow, or in a folder."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from traffic_marl.errors import FileError, UsageError, one_line
from traffic_marl.network.formats.contents import Kind
from traffic_marl.reading import ensure_nameable
from traffic_marl.remarks import Remark
from traffic_marl.scenario.data_sets.config import read_config
from traffic_marl.scenario.data_sets.kinds import files_by_kind, kind_of

USUAL_ROADNET, USUAL_FLOW = "roadnet.json", "flow.json"  # as most folders have them
BOTH = f"{USUAL_ROADNET} and {USUAL_FLOW}"
MOST_SHOWN = 6  # candidates in a message


class Names(NamedTuple):
    """The arguments or flags that name the files, for messages."""

    place: str = "directory"
    roadnet: str = "roadnet"
    flow: str = "flow"


PYTHON = Names()


@dataclass(frozen=True)
class DataSet:
    """The files of a data set."""

    roadnet: Path
    flows: tuple[Path, ...]
    remarks: tuple[Remark, ...] = ()  # about the choice of the files and their configuration

    @property
    def name(self) -> str:
        """The name of its scenario: of the flow files, or of the folder where these have the usual name."""
        stems = [flow.resolve().parent.name if flow.name == USUAL_FLOW else flow.stem for flow in self.flows]
        return "+".join(dict.fromkeys(stems)) or self.roadnet.stem


class _Wanted(NamedTuple):
    """The files that are named one by one, None and empty where they are not."""

    roadnet: Path | None
    flows: tuple[Path, ...]


def find_data_set(
    place: Path | None, roadnet: Path | None = None, flows: Sequence[Path] = (), names: Names = PYTHON
) -> DataSet:
    """The files of a data set.

    Files that are named come before those of the place.

    Args:
        place: a folder or a configuration of CityFlow. None if all files are named.
        roadnet: the road network.
        flows: the flow files. The vehicles of all of them are on the road together.
        names: the arguments or flags that these were given with.

    Raises:
        UsageError: too little is given, or a flow file twice.
        FileError: a file is missing, or the folder leaves a choice.
    """
    for name, path in ((names.place, place), (names.roadnet, roadnet), *((names.flow, flow) for flow in flows)):
        if path is not None:
            ensure_nameable(path, name)
    for index, flow in enumerate(flows):
        if flow.resolve() in [other.resolve() for other in flows[:index]]:
            raise UsageError(names.flow, f"{flow} is given twice", "give each flow file once")
    if place is None:
        return _named(roadnet, tuple(flows), names)
    wanted = _Wanted(
        None if roadnet is None else _existing(roadnet, place, names.roadnet, Kind.ROADNET),
        tuple(_existing(flow, place, names.flow, Kind.FLOW) for flow in flows),
    )
    return _in_folder(place, wanted, names) if place.is_dir() else _of_file(place, wanted, names)


def _named(roadnet: Path | None, flows: tuple[Path, ...], names: Names) -> DataSet:
    """The data set of files that are all named."""
    if roadnet is None:
        raise UsageError(names.flow, "the vehicles have no road network", f"give {names.roadnet} as well")
    if not flows:
        raise UsageError(names.roadnet, "the road network has no vehicles", f"give {names.flow} as well")
    found = tuple(_existing(flow, None, names.flow, Kind.FLOW) for flow in flows)
    return DataSet(_existing(roadnet, None, names.roadnet, Kind.ROADNET), found)


def _existing(path: Path, place: Path | None, name: str, wanted: Kind) -> Path:
    """The file of this path and kind, from the working directory or else from the folder of the data set."""
    folder = place if place is None or place.is_dir() else place.parent
    places = [path] if folder is None else [path, folder / path]
    found = next((each for each in places if each.is_file()), None)
    if found is not None:
        _ensure_kind(found, name, wanted)
        return found
    what = f"there is no file {one_line(path)}" + ("" if folder is None else f", nor one in {one_line(folder)}")
    raise FileError(name, what, "give the path of a file")


def _ensure_kind(path: Path, name: str, wanted: Kind) -> None:
    """Checks that a file is not of another kind. Its reader tells whatever else is wrong with it."""
    kind = kind_of(path)
    if kind not in (None, wanted, Kind.REPLAY):
        raise FileError(name, f"{one_line(path)} is {kind}", f"give {wanted}")


def _of_file(place: Path, wanted: _Wanted, names: Names) -> DataSet:
    """The data set of a configuration."""
    if not place.exists():
        raise FileError(one_line(place), "is not a folder", f"give one with {BOTH}, or a configuration of CityFlow")
    kind = kind_of(place)
    if kind is not Kind.CONFIG:
        what = f"is {kind or 'no configuration of CityFlow'}" + ("" if kind is None else ", not a configuration")
        raise FileError(one_line(place), what, f"give a folder or a configuration, or {names.roadnet} and {names.flow}")
    config = read_config(place, wanted.roadnet, wanted.flows)
    return DataSet(config.roadnet, config.flows, config.remarks)


def _in_folder(folder: Path, wanted: _Wanted, names: Names) -> DataSet:
    """The data set in a folder: under the usual names, as its only configuration says, or the only files there are."""
    usual = [path for path in (folder / USUAL_ROADNET, folder / USUAL_FLOW) if path.is_file()]
    roadnets = [wanted.roadnet] if wanted.roadnet else [path for path in usual if path.name == USUAL_ROADNET]
    flows = list(wanted.flows) or [path for path in usual if path.name == USUAL_FLOW]
    if roadnets and flows:
        return DataSet(roadnets[0], tuple(flows))
    files = files_by_kind(folder)
    missing = folder / (USUAL_FLOW if roadnets else USUAL_ROADNET)
    roadnets, flows = roadnets or files[Kind.ROADNET], flows or files[Kind.FLOW]
    is_clear = len(roadnets) == 1 and (len(wanted.flows) > 0 or len(flows) == 1)
    only = _told(DataSet(roadnets[0], tuple(flows)), one_line(folder)) if is_clear else None
    if len(files[Kind.CONFIG]) == 1:
        return _by_config(files[Kind.CONFIG][0], wanted, names, only)
    if only is not None:
        return only
    has_unusual = any(path not in usual for found in files.values() for path in found)
    if not has_unusual:
        raise FileError(str(missing), "is missing", f"give a folder with {BOTH}")
    raise _choice(folder, roadnets, flows, files, names)


def _by_config(config: Path, wanted: _Wanted, names: Names, only: DataSet | None) -> DataSet:
    """The data set of the only configuration of a folder, or the only files there if it names missing ones."""
    try:
        return _told(_of_file(config, wanted, names), config.name)
    except FileError as error:
        if only is None:
            raise
        ignored = Remark(error.where, f"{error.what}, so the only files of the folder are taken", error)
        return replace(only, remarks=(ignored, *only.remarks))


def _told(data: DataSet, where: str) -> DataSet:
    """The data set with a remark that tells its files, because the user has not named all of them."""
    flows = " and ".join(flow.name for flow in data.flows)
    taken = Remark(where, f"the road network is {data.roadnet.name}, and the vehicles are those of {flows}")
    return replace(data, remarks=(taken, *data.remarks))


def _choice(
    folder: Path, roadnets: list[Path], flows: list[Path], files: dict[Kind, list[Path]], names: Names
) -> FileError:
    """The error about a folder that leaves a choice, or that lacks a file."""
    what = f"holds {_counted(roadnets, 'road network')} and {_counted(flows, 'flow file')}"
    if not roadnets and files[Kind.REPLAY]:
        what += f"; {files[Kind.REPLAY][0].name} is {Kind.REPLAY}"
    flags = [flag for flag, found in ((names.roadnet, roadnets), (names.flow, flows)) if len(found) != 1]
    remedy = f"name one with {' and one with '.join(flags)}"
    if files[Kind.CONFIG]:
        remedy += f", or give one of the configurations {_listed(files[Kind.CONFIG])} in place of the folder"
    return FileError(one_line(folder), what, remedy)


def _counted(paths: list[Path], noun: str) -> str:
    if not paths:
        return f"no {noun}"
    return f"{len(paths)} {noun}{'' if len(paths) == 1 else 's'} ({_listed(paths)})"


def _listed(paths: list[Path]) -> str:
    rest = len(paths) - MOST_SHOWN
    return ", ".join(path.name for path in paths[:MOST_SHOWN]) + (f" and {rest} more" if rest > 0 else "")
