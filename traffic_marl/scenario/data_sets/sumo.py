"""SUMO's files as users have them: a configuration, or a road network and route files."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from traffic_marl.demand.formats.sumo.times import time_of
from traffic_marl.errors import FileError, UsageError, one_line
from traffic_marl.network.formats.sumo.document import Kind, kind_of, read_document
from traffic_marl.network.formats.sumo.elements import Element
from traffic_marl.reading import ensure_nameable
from traffic_marl.remarks import Remark

SECTIONS = ("input", "time", "processing", "routing")
NETWORK, ROUTES, ADDITIONAL = ("net-file", "n"), ("route-files", "r"), ("additional-files", "a")  # with short names
BEGIN, END = ("begin", "b"), ("end", "e")
WANTED = (*SECTIONS, *NETWORK, *ROUTES, *ADDITIONAL, *BEGIN, *END, "step-length", "scale")


class SumoNames(NamedTuple):
    """The arguments or flags that name the files, for messages."""

    place: str
    routes: str


@dataclass(frozen=True)
class SumoFiles:
    """The files of a scenario."""

    network: Path
    routes: tuple[Path, ...]  # at least one
    begin: int | None = None  # [s] as the configuration says
    end: int | None = None  # [s]
    remarks: tuple[Remark, ...] = ()  # about the configuration

    @property
    def name(self) -> str:
        """The name of the scenario: that of the network's file, up to its first dot."""
        return self.network.name.split(".")[0] or self.network.name


def find_sumo_files(place: Path, routes: Sequence[Path], names: SumoNames) -> SumoFiles:
    """The files of a scenario.

    Args:
        place: a configuration, or a road network.
        routes: route files in place of those of the configuration.
        names: the arguments or flags that these were given with.

    Raises:
        UsageError: too little is given, or a route file twice.
        FileError: a file is missing, or is of another kind.
    """
    for name, path in ((names.place, place), *((names.routes, route) for route in routes)):
        ensure_nameable(path, name)
    for index, route in enumerate(routes):
        if route.resolve() in [other.resolve() for other in routes[:index]]:
            raise UsageError(names.routes, f"{route} is given twice", "give each route file once")
        _ensure_kind(route, names.routes, (Kind.ROUTES, Kind.ADDITIONAL), "give a route file of SUMO")
    if not place.is_file():
        remedy = "give a configuration of SUMO (.sumocfg), or a road network of SUMO (.net.xml)"
        raise FileError(names.place, f"there is no file {one_line(place)}", remedy)
    kind = kind_of(place)
    if kind is Kind.CONFIG:
        return _of_config(place, tuple(routes), names)
    if kind is not Kind.NETWORK:
        what = f"{one_line(place)} is {kind or 'no file of SUMO'}"
        remedy = "give a configuration of SUMO (.sumocfg), or a road network of SUMO (.net.xml)"
        raise FileError(names.place, what, remedy)
    if not routes:
        raise UsageError(names.place, "the road network has no vehicles", f"give {names.routes} as well")
    return SumoFiles(place, tuple(routes))


def _ensure_kind(path: Path, name: str, kinds: Sequence[Kind], remedy: str) -> None:
    if not path.is_file():
        raise FileError(name, f"there is no file {one_line(path)}", remedy)
    kind = kind_of(path)
    if kind not in kinds:
        raise FileError(name, f"{one_line(path)} is {kind or 'no file of SUMO'}", remedy)


def _of_config(place: Path, routes: tuple[Path, ...], names: SumoNames) -> SumoFiles:
    root = read_document(place, (Kind.CONFIG,), WANTED, FileError).root
    options = _options(root)
    network = _paths(place, options, NETWORK)
    if len(network) != 1:
        raise root.error("it names no road network", 'give it <net-file value="..."/>')
    found = routes or (*_paths(place, options, ROUTES), *_vehicles(_paths(place, options, ADDITIONAL)))
    if not found:
        raise root.error("it names no route files", f"give {names.routes} as well")
    _ensure_kind(network[0], place.name, (Kind.NETWORK,), "name a road network of SUMO in it")
    for route in found:
        _ensure_kind(route, place.name, (Kind.ROUTES, Kind.ADDITIONAL), "name route files of SUMO in it")
    begin, end = (_second(options, name) for name in (BEGIN, END))
    return SumoFiles(network[0], tuple(found), begin, end, tuple(_remarks(place.name, options)))


def _options(root: Element) -> dict[str, Element]:
    """The options of a configuration, in sections or not, by name."""
    members = [*root.members, *(option for section in root.named(*SECTIONS) for option in section.members)]
    return {element.tag: element for element in members if element.tag not in SECTIONS}


def _given(options: dict[str, Element], names: Sequence[str]) -> Element | None:
    return next((options[name] for name in names if name in options), None)


def _paths(config: Path, options: dict[str, Element], names: Sequence[str]) -> list[Path]:
    """The files that an option names, relative to the folder of the configuration."""
    option = _given(options, names)
    text = None if option is None else option.find("value") or option.find("v")
    return [config.parent / name.strip() for name in (text or "").split(",") if name.strip()]


def _vehicles(paths: Sequence[Path]) -> list[Path]:
    """Those of the additional files that exist. They may hold vehicles and their types."""
    return [path for path in paths if kind_of(path) in (Kind.ADDITIONAL, Kind.ROUTES)]


def _second(options: dict[str, Element], names: Sequence[str]) -> int | None:
    """[s] The time of an option. None where it is missing, or -1."""
    option = _given(options, names)
    text = None if option is None else option.find("value") or option.find("v")
    time = None if text is None else time_of(text)
    if option is not None and time is None:
        raise option.error(f"{one_line(text or '')!r} is no time", "give seconds")
    return None if time is None or time < 0 else int(time)


def _remarks(name: str, options: dict[str, Element]) -> list[Remark]:
    """Remarks about options that have another effect here."""
    remarks = []
    for option, here in (("step-length", "vehicles move in steps of 1 s"), ("scale", "all vehicles are taken once")):
        value = None if option not in options else options[option].find("value")
        if value is not None and time_of(value) != 1.0:
            error = options[option].error(f"{value} has no effect", "write 1")
            remarks.append(Remark(name, f"{option} is {value}, but {here} here", error))
    return remarks
