"""SUMO's route files (.rou.xml, .trips.xml, .flows.xml), read as a demand.

The format: https://sumo.dlr.de/docs/Definition_of_Vehicles,_Vehicle_Types,_and_Routes.html. Vehicles that are left out
are counted with the reason, and so is all that has no effect here.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from traffic_marl.demand.anchors import Undrivable
from traffic_marl.demand.demand import LONGEST_DURATION, Demand
from traffic_marl.demand.formats.sumo.plans import Plan, demand_of
from traffic_marl.demand.formats.sumo.routes import SumoRoutes
from traffic_marl.demand.formats.sumo.times import Process, read_process, second_of
from traffic_marl.demand.formats.sumo.types import DEFAULT, SHARES, Kinds, read_types
from traffic_marl.demand.trips import VehicleType, check_count
from traffic_marl.errors import DemandError
from traffic_marl.kernels.tables import CONNECTION_LIMIT
from traffic_marl.network.formats.sumo.document import Document, Kind, read_document
from traffic_marl.network.formats.sumo.elements import Element, time_of
from traffic_marl.network.network import Network
from traffic_marl.reading import distinct_names
from traffic_marl.remarks import Remark, RemarkBook

WANTED = ("vType", "vTypeDistribution", "route", "routeDistribution", "vehicle", "trip", "flow", "stop")
VEHICLES = ("vehicle", "trip", "flow")
PLAIN = frozenset(
    [
        "id",
        "type",
        "route",
        "from",
        "to",
        "via",
        "depart",
        "begin",
        "end",
        "number",
        "period",
        "vehsPerHour",
        "perHour",
        "probability",
        "color",
    ]
)
OTHER_STARTS = {"departPos": ("base", "0", "stop"), "departSpeed": ("0", "0.00"), "departLane": ("first",)}  # as here
Options = tuple[tuple[tuple[str, ...], float], ...]  # roads, each with its share of the vehicles


def read_sumo_demand(path: str | Path, network: Network, horizon: int, also: Sequence[str | Path] = ()) -> Demand:
    """The vehicles of SUMO's route files that depart before the horizon.

    Args:
        path: the file.
        network: the network of the trips.
        horizon: [s] at least 1.
        also: further files.

    Raises:
        FileError: a file cannot be read, is not XML or is of another kind.
        DemandError: an element of it is wrong. The error names file and element.
    """
    paths = [Path(each) for each in (path, *also)]
    reader = _Reader(network, horizon, [read_routes(each) for each in paths])
    for each, name in zip(reader.documents, distinct_names(paths), strict=True):
        reader.read(each, name)
    return demand_of(network, reader.plans, horizon, reader.remarks, reader.routes.paths)


def read_routes(path: Path) -> Document:
    """The content of a route file, or of an additional file with vehicles.

    Raises:
        FileError: as `read_sumo_demand`.
    """
    return read_document(path, (Kind.ROUTES, Kind.ADDITIONAL), WANTED, DemandError)


def span_of(documents: Iterable[Document]) -> tuple[int, int] | None:
    """[s] The seconds in which the first and the last vehicle of route files depart. None without vehicles."""
    firsts, lasts = [], []
    for element in (each for document in documents for each in document.root.named(*VEHICLES)):
        if element.tag == "flow":
            process = read_process(element)
            firsts.append(process.begin)
            lasts.append(process.last())
        else:
            time = time_of(element.find("depart") or "")
            if time is not None:
                firsts.append(time)
                lasts.append(time)
    return (max(0, int(min(firsts))), max(0, second_of(max(lasts)))) if firsts else None


class _Reader:
    """Reads one route file after the other."""

    def __init__(self, network: Network, horizon: int, documents: Sequence[Document]) -> None:
        self.documents = documents
        self.plans: list[Plan] = []
        self.remarks: list[Remark] = []
        self._network, self._horizon = network, horizon
        self.routes = SumoRoutes(network)
        self._named: dict[str, Options | Undrivable] = {}
        self._types = Kinds({}, {})
        self._left_out: dict[str, tuple[DemandError, str]] = {}
        self._vehicles: Counter[str] = Counter()  # left out, by reason
        self._late = 0

    def read(self, document: Document, name: str) -> None:
        """Adds the vehicles of a file and the remarks about it, which call it by this name."""
        book = RemarkBook(name)
        if not self._types.types:
            self._read_types(book)
        for element in document.root.named("route", "routeDistribution"):
            self._named[element.text("id")] = self._options(element)
        elements = list(document.root.named(*VEHICLES))
        before = len(self.plans)
        for element in elements:
            self._add(element, book)
        check_count(name, sum(plan.expected(self._horizon) for plan in self.plans), self._horizon)
        self._tell(book, elements, self.plans[before:])
        for tag, count in document.skipped.items():
            error = document.root.error(f"{count} elements <{tag}> have no effect", "remove them")
            self.remarks.append(Remark(name, f"{count:,} elements <{tag}> have no effect here", error))

    def _read_types(self, book: RemarkBook) -> None:
        limits = self._network.tables.limit
        fastest = float(limits[limits < CONNECTION_LIMIT].max())
        members = [each for document in self.documents for each in document.root.members]
        self._types = read_types(members, fastest, book)

    def _add(self, element: Element, book: RemarkBook) -> None:
        """Adds the vehicles of an element, or counts them as left out."""
        process = self._process(element)
        kinds = self._types.of(element.find("type") or DEFAULT)
        if kinds is None:
            raise element.error(f"there is no vType {element.find('type')!r}", "define it in a route file")
        count = self._count(process)
        if process is None:
            error = element.error(f"it departs at {element.find('depart')}, which is no time", "give seconds")
            self._leave_out("they do not depart at a time", error, element, 1.0)
            return
        cars = tuple((kind, share) for kind, share in kinds if isinstance(kind, VehicleType))
        if not cars:
            error = element.error(f"its type {element.find('type')} drives on other lanes than cars", "remove it")
            self._leave_out("their class drives on other lanes than cars", error, element, count)
            return
        routes = self._route(element)
        if isinstance(routes, Undrivable):
            self._leave_out(routes.why, routes.error, element, count)
            return
        self._note(element, book)
        self.plans.append(Plan(element.text("id"), process, routes, cars))

    def _process(self, element: Element) -> Process | int | None:
        """When its vehicles depart. None for a vehicle that departs after another event."""
        if element.tag == "flow":
            return read_process(element)
        time = time_of(element.text("depart"))
        return None if time is None else max(0, second_of(time))

    def _count(self, process: Process | int | None) -> float:
        """[veh] due before the horizon. Later ones are counted as late."""
        if process is None or isinstance(process, int):
            is_late = process is not None and process >= self._horizon
            self._late += is_late
            return float(not is_late)
        within = process.expected(self._horizon)
        self._late += round(process.expected(int(min(process.end, 10 * LONGEST_DURATION)) + 1) - within)
        return within

    def _route(self, element: Element) -> Options | Undrivable:
        """The roads that its vehicles may take."""
        where = f"{element.file}: line {element.line}, {element.place}"
        name = element.find("route")
        if name is not None:
            if name not in self._named:
                raise element.error(f"there is no route {name!r}", "define it before the vehicle")
            return self._named[name]
        for own in element.named("route", "routeDistribution"):
            return self._options(own)
        if element.find("from") is None or element.find("to") is None:
            error = DemandError(where, "it has no edges from and to, and no route", "give it edges")
            return Undrivable("they have no edges from and to, and no route", error)
        via = (element.find("via") or "").split()
        roads = self.routes.through((element.text("from"), *via, element.text("to")), where)
        return roads if isinstance(roads, Undrivable) else ((roads, 1.0),)

    def _options(self, element: Element) -> Options | Undrivable:
        """The roads of a route, or of each route of a distribution that can be driven."""
        where = f"{element.file}: line {element.line}, {element.place}"
        if element.tag == "route":
            roads = self.routes.along(element.text("edges").split(), where)
            return roads if isinstance(roads, Undrivable) else ((roads, 1.0),)
        found: list[tuple[tuple[str, ...], float]] = []
        for member in element.named("route"):
            own = self._options(member)
            if isinstance(own, Undrivable):
                return own
            found += [(roads, member.number_or("probability", 1.0, *SHARES, "a number")) for roads, _ in own]
        shares = element.numbers("probabilities", *SHARES, "numbers")
        for place, name in enumerate((element.find("routes") or "").split()):
            known = self._named.get(name)
            if known is None:
                raise element.error(f"there is no route {name!r}", "define it before")
            if isinstance(known, Undrivable):
                return known
            found += [(roads, shares[place] if place < len(shares) else 1.0) for roads, _ in known]
        if sum(share for _, share in found) <= 0:
            raise element.error("it has no route with a probability above 0", "give it routes")
        return tuple(found)

    def _leave_out(self, why: str, error: object, element: Element, count: float) -> None:
        assert isinstance(error, DemandError)
        self._left_out.setdefault(why, (error, element.place))
        self._vehicles[why] += round(count)

    def _note(self, element: Element, book: RemarkBook) -> None:
        """Notes what has no effect here."""
        for name, usual in OTHER_STARTS.items():
            value = element.find(name)
            if value is not None and value not in usual:
                error = element.error(f"{name} is {value}, which has no effect", "leave it out")
                book.add(
                    f"{name} of {{count}} elements has no effect: vehicles start at rest at the begin of a lane",
                    f"{element.place} ({value})",
                    error,
                )
        for name in element.attributes:
            if name.startswith("arrival"):
                error = element.error(f"{name} has no effect", "leave it out")
                book.add(
                    f"{name} of {{count}} elements has no effect: trips end at the end of a lane", element.place, error
                )
        if any(True for _ in element.named("stop")):
            error = element.error("it stops on the way, which has no effect", "remove the stops")
            book.add("stops of {count} elements have no effect", element.place, error)

    def _tell(self, book: RemarkBook, elements: Sequence[Element], plans: Sequence[Plan]) -> None:
        """Makes the remarks about a file."""
        demanded = round(sum(plan.expected(self._horizon) for plan in plans)) + sum(self._vehicles.values())
        for why, (error, place) in self._left_out.items():
            what = f"{self._vehicles[why]:,} of {demanded:,} vehicles left out, because {why}; the first is {place}"
            self.remarks.append(Remark(book.where, what, error))
        if self._late:
            who = "1 vehicle is" if self._late == 1 else f"{self._late:,} vehicles are"
            what = f"{who} due after {self._horizon:,} s and left out"
            self.remarks.append(Remark(book.where, what))
        self.remarks += book.remarks()
        if plans:
            what = (
                "vehicles keep exactly to the speed limit (no sigma, no speedDev) and choose lanes at junctions alone"
            )
            self.remarks.append(Remark(book.where, what))
        self._left_out.clear()
        self._vehicles.clear()
        self._late = 0
