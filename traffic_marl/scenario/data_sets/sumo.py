"""SUMO's files as users have them: a configuration, or a road network and route files."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from traffic_marl.errors import FileError, UsageError, one_line
from traffic_marl.network.formats.sumo.document import Kind, kind_of
from traffic_marl.reading import ensure_nameable
from traffic_marl.remarks import Remark
from traffic_marl.scenario.data_sets.sumo_config import read_config


class SumoNames(NamedTuple):
    """The arguments or flags that name the files, for messages."""

    place: str
    routes: str


@dataclass(frozen=True)
class SumoFiles:
    """The files of a scenario."""

    network: Path
    routes: tuple[Path, ...]  # empty where the vehicles come from elsewhere
    begin: int | None = None  # [s] as the configuration says
    end: int | None = None  # [s]
    scale: float = 1.0  # factor on the demand
    remarks: tuple[Remark, ...] = ()  # about the configuration

    @property
    def name(self) -> str:
        """The name of the scenario: that of the network's file, up to its first dot."""
        return self.network.name.split(".")[0] or self.network.name


def find_sumo_files(place: Path, routes: Sequence[Path], names: SumoNames, *, needs_routes: bool = True) -> SumoFiles:
    """The files of a scenario.

    Args:
        place: a configuration, or a road network.
        routes: route files in place of those of the configuration.
        names: the arguments or flags that these were given with.
        needs_routes: whether a road network alone is too little.

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
        return _of_config(place, tuple(routes), names, needs_routes)
    if kind is not Kind.NETWORK:
        what = f"{one_line(place)} is {kind or 'no file of SUMO'}"
        remedy = "give a configuration of SUMO (.sumocfg), or a road network of SUMO (.net.xml)"
        raise FileError(names.place, what, remedy)
    if not routes and needs_routes:
        raise UsageError(names.place, "the road network has no vehicles", f"give {names.routes} as well")
    return SumoFiles(place, tuple(routes))


def _of_config(place: Path, routes: tuple[Path, ...], names: SumoNames, needs_routes: bool) -> SumoFiles:
    config = read_config(place)
    _ensure_kind(config.network, place.name, (Kind.NETWORK,), "name a road network of SUMO in it")
    for path in () if routes else config.routes:
        _ensure_kind(path, place.name, (Kind.ROUTES, Kind.ADDITIONAL), "name route files of SUMO in it")
    additional: list[Path] = []
    remarks = list(config.remarks)
    for path in config.additional:
        if not os.path.isfile(path):
            raise FileError(place.name, f"there is no file {one_line(path)}", "name additional files that exist")
        if kind_of(path) in (Kind.ADDITIONAL, Kind.ROUTES):
            additional.append(path)
        else:
            remarks.append(Remark(place.name, f"the additional file {path.name} has no effect here"))
    found = routes or (*config.routes, *additional)
    if not found and needs_routes:
        raise FileError(one_line(place), "it names no route files", f"give {names.routes} as well")
    return SumoFiles(config.network, found, config.begin, config.end, config.scale, tuple(remarks))


def _ensure_kind(path: Path, name: str, kinds: Sequence[Kind], remedy: str) -> None:
    if not os.path.isfile(path):  # False for a name that no file can have, too
        raise FileError(name, f"there is no file {one_line(path)}", remedy)
    kind = kind_of(path)
    if kind not in kinds:
        raise FileError(name, f"{one_line(path)} is {kind or 'no file of SUMO'}", remedy)
