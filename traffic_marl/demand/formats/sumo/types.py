"""Types of vehicles in SUMO's route files.

Defaults by class of vehicle: https://sumo.dlr.de/docs/Vehicle_Type_Parameter_Defaults.html, as SUMO 1.28 reports them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from traffic_marl.demand.trips import VEHICLE_LIMITS, VehicleType
from traffic_marl.network.formats.sumo.elements import Element
from traffic_marl.remarks import RemarkBook

DEFAULT = "DEFAULT_VEHTYPE"  # the type of a vehicle without one
CAR = "passenger"
RAILS = frozenset(("tram", "rail_urban", "rail", "rail_electric", "rail_fast", "subway", "cable_car"))
LIGHT = frozenset(("bicycle", "pedestrian", "scooter", "wheelchair"))
NO_CARS = RAILS | LIGHT | {"ship", "container", "drone", "aircraft"}  # classes that use other lanes than cars
ATTRIBUTES = {  # name in SUMO: name in VehicleType, and unit
    "length": ("length", "metres"),
    "minGap": ("min_gap", "metres"),
    "maxSpeed": ("max_speed", "metres per second"),
    "tau": ("headway", "seconds"),
    "accel": ("max_acceleration", "metres per second squared"),
    "decel": ("max_deceleration", "metres per second squared"),
}
SHARES = (0.0, 1e9)  # least and most of a probability, which need not add up to 1
FASTEST = VEHICLE_LIMITS["max_speed"][1]


class Norm(NamedTuple):
    """The defaults of a class of vehicles. The others are those of a car."""

    length: float = 5.0  # [m]
    max_speed: float = FASTEST  # [m/s]
    acceleration: float = 2.6  # [m/s2]
    deceleration: float = 4.5  # [m/s2]


NORMS = {
    "emergency": Norm(length=6.5),
    "delivery": Norm(length=6.5),
    "truck": Norm(7.1, 130 / 3.6, 1.3, 4.0),
    "trailer": Norm(16.5, 130 / 3.6, 1.1, 4.0),
    "bus": Norm(12.0, 100 / 3.6, 1.2, 4.0),
    "coach": Norm(14.0, 100 / 3.6, 2.0, 4.0),
    "motorcycle": Norm(2.2, FASTEST, 6.0, 10.0),
    "moped": Norm(2.1, 60 / 3.6, 1.1, 7.0),
}


@dataclass(frozen=True)
class Kinds:
    """The types of a file's vehicles."""

    types: Mapping[str, VehicleType | None]  # None: its vehicles do not drive on the lanes of cars
    mixes: Mapping[str, tuple[tuple[str, float], ...]]  # types that one is drawn from, with their probabilities

    def of(self, name: str) -> tuple[tuple[VehicleType | None, float], ...] | None:
        """The types of a vehicle of this type or distribution, with their probabilities. None if there is none."""
        if name in self.mixes:
            return tuple((self.types[member], share) for member, share in self.mixes[name])
        return ((self.types[name], 1.0),) if name in self.types else None


def read_types(elements: Iterable[Element], fastest: float, book: RemarkBook) -> Kinds:
    """The types of vehicles among the elements of the files.

    Args:
        elements: right below the roots.
        fastest: [m/s] greatest speed limit of the network. No vehicle is faster.
        book: notes what is taken otherwise than as written.

    Raises:
        DemandError: a type is wrong. The message names it.
    """
    types: dict[str, VehicleType | None] = {DEFAULT: _car(DEFAULT, Norm(), fastest)}
    shares = {DEFAULT: 1.0}  # of each type, in a distribution that does not say otherwise
    mixes: dict[str, tuple[tuple[str, float], ...]] = {}
    for element in elements:
        if element.tag not in ("vType", "vTypeDistribution"):
            continue
        own = [element] if element.tag == "vType" else list(element.named("vType"))
        for member in own:
            types[member.text("id")] = _type(member, fastest, book)
            shares[member.text("id")] = member.number_or("probability", 1.0, *SHARES, "a number")
        if element.tag == "vTypeDistribution":
            mixes[element.text("id")] = _mix(element, own, shares)
    return Kinds(types, mixes)


def _mix(element: Element, own: list[Element], shares: Mapping[str, float]) -> tuple[tuple[str, float], ...]:
    """The types of a distribution with their probabilities: its own, and those that it names."""
    drawn = [(member.text("id"), shares[member.text("id")]) for member in own]
    given = element.numbers("probabilities", *SHARES, "numbers")
    for place, name in enumerate((element.find("vTypes") or "").split()):
        if name not in shares:
            raise element.error(f"there is no type {name!r}", "name types that stand before")
        drawn.append((name, given[place] if place < len(given) else shares[name]))
    if not drawn or sum(share for _, share in drawn) <= 0:
        raise element.error("it has no type with a probability above 0", "give it types")
    return tuple(drawn)


def _car(name: str, norm: Norm, fastest: float) -> VehicleType:
    return VehicleType(
        name=name,
        length=norm.length,
        min_gap=2.5,
        max_speed=min(norm.max_speed, fastest),
        headway=1.0,
        max_acceleration=norm.acceleration,
        max_deceleration=norm.deceleration,
        usual_acceleration=norm.acceleration,
        usual_deceleration=norm.deceleration,
    )


def _type(element: Element, fastest: float, book: RemarkBook) -> VehicleType | None:
    """The type of an element. None if its vehicles do not drive on the lanes of cars."""
    name, kind = element.text("id"), element.find("vClass") or CAR
    if kind in NO_CARS:
        return None
    vehicle = _car(name, NORMS.get(kind, Norm()), fastest)
    given: dict[str, Any] = {}
    for theirs, (ours, unit) in ATTRIBUTES.items():
        if element.find(theirs) is not None:
            least, most = VEHICLE_LIMITS[ours]
            given[ours] = element.number(theirs, *((0.0, 1e9) if ours == "max_speed" else (least, most)), unit)
    if "max_speed" in given:
        given["max_speed"] = max(VEHICLE_LIMITS["max_speed"][0], min(given["max_speed"], fastest))
    for way in ("acceleration", "deceleration"):
        if f"max_{way}" in given:
            given[f"usual_{way}"] = given[f"max_{way}"]
    factor = element.find("speedFactor")
    if factor is not None and factor != "1" and not factor.startswith("norm"):
        book.add("speedFactor of {count} type{s} of vehicles has no effect: all keep the speed limit", name)
    return replace(vehicle, **given)
