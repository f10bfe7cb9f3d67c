"""Perturbations: what can go wrong, from one value to another, and the scenario in which it has gone wrong."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from traffic_marl.errors import UsageError
from traffic_marl.scenario import Controllers, Incident, Messages, Scenario, Sensors

Apply = Callable[[Scenario, float], Scenario]
Own = Callable[[Scenario], float]


@dataclass(frozen=True)
class Kind:
    """A kind of perturbation."""

    text: str  # what the value is
    unit: str  # of the value
    least: float
    most: float
    own: Own  # the value that a scenario has already
    apply: Apply  # the scenario with a value
    whole: bool = False  # values are whole numbers


@dataclass(frozen=True)
class Perturbation:
    """A perturbation from a value at which it begins to the value of its full severity."""

    name: str  # as given by the user
    kind: Kind
    first: float | None  # None for the value that the scenario has already
    last: float

    def begun(self, scenario: Scenario) -> "Perturbation":
        """The perturbation that begins at the scenario's own value, if it has no other beginning."""
        return self if self.first is not None else replace(self, first=self.kind.own(scenario))

    def values(self, steps: int) -> tuple[float, ...]:
        """The values from the first to the last one, evenly spaced. Whole numbers are rounded, each is there once."""
        assert self.first is not None, "`begun` fills it in"
        way = self.last - self.first
        values = [round(self.first + way * step / steps, 10) for step in range(steps + 1)]
        if self.kind.whole:
            values = [float(round(value)) for value in values]
        return tuple(dict.fromkeys(values))

    def at(self, scenario: Scenario, share: float) -> Scenario:
        """The scenario with this share of the way from its own value to the last one."""
        own = self.kind.own(scenario)
        value = own + share * (self.last - own)
        return self.kind.apply(scenario, float(round(value)) if self.kind.whole else value)


def _sensor(field: str) -> tuple[Own, Apply]:
    """A field of the detectors of a scenario."""

    def own(scenario: Scenario) -> float:
        return float(getattr(scenario.sensors, field))

    def apply(scenario: Scenario, value: float) -> Scenario:
        given = int(value) if field == "delay_s" else value
        sensors = Sensors(**{**scenario.sensors.model_dump(), field: given})
        return scenario.model_copy(update={"sensors": sensors})

    return own, apply


def _message(field: str) -> tuple[Own, Apply]:
    """A field of the messages of a scenario."""

    def own(scenario: Scenario) -> float:
        return float(getattr(scenario.messages, field))

    def apply(scenario: Scenario, value: float) -> Scenario:
        given = int(value) if field == "delay_s" else value
        messages = Messages(**{**scenario.messages.model_dump(), field: given})
        return scenario.model_copy(update={"messages": messages})

    return own, apply


def _with_failing(scenario: Scenario, share: float) -> Scenario:
    """The scenario with this share of its controllers failing."""
    controllers = Controllers(**{**scenario.controllers.model_dump(), "failing_share": share})
    return scenario.model_copy(update={"controllers": controllers})


def _with_demand(scenario: Scenario, factor: float) -> Scenario:
    """The scenario with so many times its demand."""
    return scenario if factor == 1.0 else scenario.scaled(factor, "--degrade")


KINDS: dict[str, Kind] = {
    "demand": Kind("factor on the demand", "", 0.01, 100.0, lambda scenario: 1.0, _with_demand),
    "detectors": Kind("share of the vehicles that detectors miss", "", 0.0, 1.0, *_sensor("missed_share")),
    "twice": Kind("share of the vehicles that detectors count twice", "", 0.0, 1.0, *_sensor("twice_share")),
    "blind": Kind("share of the lanes whose detectors see nobody", "", 0.0, 1.0, *_sensor("blind_share")),
    "stuck": Kind("share of the lanes whose detectors are stuck", "", 0.0, 1.0, *_sensor("stuck_share")),
    "stale": Kind("age of the readings", "s", 0.0, 3600.0, *_sensor("delay_s"), whole=True),
    "lost": Kind("share of the messages between intersections that are lost", "", 0.0, 1.0, *_message("lost_share")),
    "silent": Kind("share of the intersections whose messages never arrive", "", 0.0, 1.0, *_message("silent_share")),
    "false": Kind("share of the intersections whose messages are false", "", 0.0, 1.0, *_message("false_share")),
    "late": Kind("time that messages between intersections take", "s", 0.0, 3600.0, *_message("delay_s"), whole=True),
    "controller": Kind(
        "share of the intersections whose controllers fail",
        "",
        0.0,
        1.0,
        lambda scenario: scenario.controllers.failing_share,
        _with_failing,
    ),
}


def incident_kind(road: str | None, begin: int) -> Kind:
    """The closure of a road, or of a lane by name, for longer and longer.

    Args:
        road: None lets the seed of the run draw one.
        begin: [s] of the demand at which it begins.
    """

    def apply(scenario: Scenario, seconds: float) -> Scenario:
        if seconds == 0.0:
            return scenario
        closed = _closed(scenario, road, begin, begin + int(seconds))
        return scenario.model_copy(update={"incidents": (*scenario.incidents, closed)})

    where = "a road that the seed draws" if road is None else road
    text = f"closure of {where} from second {begin} of the demand on"
    return Kind(text, "s", 0.0, 604_800.0, lambda scenario: 0.0, apply, whole=True)


def _closed(scenario: Scenario, road: str | None, begin: int, end: int) -> Incident:
    """The incident that closes a road or, if there is no road of this name, the lane of this name."""
    if begin >= scenario.duration_s:
        what = f"second {begin} is not before the end of the demand at {scenario.duration_s}"
        raise UsageError("incident", what, "give an earlier second")
    network = scenario.build_network()
    if road is None or road in network.roads or road not in network.lane_names:
        return Incident(road=road, from_s=begin, until_s=end)
    lane = network.lane_names.index(road)
    own = network.roads[network.tables.lane_road[lane]]
    return Incident(road=own, lanes=(lane - network.lanes_of(own)[0],), from_s=begin, until_s=end)
