"""Scenario, the one description of an experiment: network, demand, rules for the signals, and duration."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import Field, SerializerFunctionWrapHandler, ValidationInfo, field_validator, model_serializer

from traffic_marl.arrays import Floats
from traffic_marl.checks import checked_path, checked_seeds
from traffic_marl.demand.demand import LONGEST_DURATION, Demand, remarks_of
from traffic_marl.demand.window import DemandWindow, absence, ensure_vehicles
from traffic_marl.errors import ScenarioError, TrafficError
from traffic_marl.files import replace_text
from traffic_marl.kernels.tables import Timing
from traffic_marl.network.formats.document import read_json
from traffic_marl.network.network import Network
from traffic_marl.remarks import Remark, warn_of
from traffic_marl.scenario.custom import CustomDemand, CustomNetwork
from traffic_marl.scenario.data_sets.beside import with_files_beside
from traffic_marl.scenario.data_sets.counted import CountedFlows
from traffic_marl.scenario.demands import DemandPart, OriginDestinationFlows, TurningFlows
from traffic_marl.scenario.disturbances.controllers import Controllers
from traffic_marl.scenario.disturbances.incidents import Incident, closures
from traffic_marl.scenario.disturbances.messages import Messages
from traffic_marl.scenario.disturbances.sensors import Sensors
from traffic_marl.scenario.formats import DemandFile, NetworkFile
from traffic_marl.scenario.networks import ArterialNetwork, GridNetwork, NetworkPart, RandomNetwork
from traffic_marl.scenario.presets import rules_of
from traffic_marl.scenario.signals import Signals
from traffic_marl.scenario.validation import Number, ScenarioPart, Text, WholeNumber, checked_factor, refuse
from traffic_marl.scenario.window import Window, checked_window, narrowed_window
from traffic_marl.simulation import Disturbances, Simulation

AnyNetwork = Annotated[
    GridNetwork | ArterialNetwork | RandomNetwork | NetworkFile | CustomNetwork, Field(discriminator="kind")
]
AnyDemand = Annotated[
    TurningFlows | OriginDestinationFlows | CountedFlows | DemandFile | CustomDemand, Field(discriminator="kind")
]
INTERVAL = "decision_interval_s"  # the field that is written only if it was stated


class Scenario(ScenarioPart):
    """Network, demand, rules for the signals and duration: all of an experiment except strategy and seeds.

    Fields say their unit, and the methods return SI units. Network and demand are built once for all scenarios that
    describe the same.
    """

    name: Annotated[Text, Field(min_length=1)]
    """Name, as in tables and files."""
    description: Text = ""
    """The question that the scenario asks."""
    network: AnyNetwork
    """Road network: generated, or read from a file."""
    demand: AnyDemand
    """Vehicles: random, or read from a file."""
    signals: Signals = Signals()
    """Phases to choose from and times that the signals keep."""
    decision_interval_s: Annotated[WholeNumber, Field(ge=1, le=3600)] = 5
    """Time between two decisions of strategies that need no certain one. A scenario that leaves it out leaves it to the
    default of each strategy, and to 5 s where there is none."""
    duration_s: Annotated[WholeNumber, Field(ge=1, le=LONGEST_DURATION)] = 3600
    """Duration of the demand."""
    clearing_s: Annotated[WholeNumber, Field(ge=0, le=86_400)] = 0
    """Longest time after the demand for the network to clear."""
    window_s: Window | None = None
    """Part of the demand that the run takes, as first and last second. The first is time 0 of the run, and the demand
    ends at the last. Vehicles due before or after are left out. Default: all of the demand."""
    demand_factor: Annotated[Number, Field(ge=0.01, le=100)] = 1.0
    """Factor on the demand. Flows of a random demand are multiplied by it. Of the trips of a file or of counts, as many
    as it says are taken once more, or left out, at random."""
    sensors: Sensors = Sensors()
    """Detectors that fail. Default: none."""
    incidents: tuple[Incident, ...] = ()
    """Roads or lanes that are closed for some time. Default: none."""
    controllers: Controllers = Controllers()
    """Controllers that fail. Default: none."""
    messages: Messages = Messages()
    """Messages between intersections that fail. Default: none."""

    @field_validator("signals")
    @classmethod
    def _phases_of_network(cls, signals: Signals, others: ValidationInfo) -> Signals:
        network = others.data.get("network")
        if network is not None:  # else it has mistakes of its own
            network.check_phases(signals.phases)
        return signals

    @field_validator("window_s")
    @classmethod
    def _within_demand(cls, window: Window | None, others: ValidationInfo) -> Window | None:
        duration = others.data.get("duration_s")
        return window if window is None or duration is None else checked_window(window, duration)

    @field_validator("incidents")
    @classmethod
    def _during_demand(cls, incidents: tuple[Incident, ...], others: ValidationInfo) -> tuple[Incident, ...]:
        duration = others.data.get("duration_s", LONGEST_DURATION)
        for place, incident in enumerate(incidents):
            if incident.from_s >= duration:
                what = f"{incident.from_s} s is not before the end of the demand at {duration} s"
                raise refuse(what, f"give at most {duration - 1}", f"[{place}].from_s")
        return incidents

    @model_serializer(mode="wrap")
    def _without_unused(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """The fields, without those that came later and are not used, so that hashes stay as they were."""
        content: dict[str, Any] = write(self)
        if content.get("window_s", 0) is None:
            del content["window_s"]
        if content.get("demand_factor", 0) == 1:
            del content["demand_factor"]
        if "sensors" in content and self.sensors == Sensors():
            del content["sensors"]
        if not content.get("incidents", True):
            del content["incidents"]
        if "controllers" in content and self.controllers == Controllers():
            del content["controllers"]
        if "messages" in content and self.messages == Messages():
            del content["messages"]
        return content

    @property
    def horizon(self) -> int:
        """[s] Time of the run at which its demand ends."""
        first, last = self.window_s or (0, self.duration_s)
        return last - first

    def within(self, *, from_s: int | None = None, until_s: int | None = None) -> Self:
        """The same scenario with the vehicles that are due within some seconds of its demand.

        A run takes second `from_s` of the demand as its time 0. If `until_s` is given, the run ends there too, without
        a time for the network to clear.

        Args:
            from_s: [s] first second of the demand. None takes the scenario's first.
            until_s: [s] second at which demand and run end. None takes the scenario's end.

        Raises:
            UsageError: one is no whole number or not within the demand, or the end does not come after the first.
        """
        return self.narrowed(from_s, until_s, ("from_s", "until_s"))

    def narrowed(self, first: int | None, until: int | None, names: tuple[str, str] = ("from", "until")) -> Self:
        """The same as `within`, with the arguments or flags by which messages name the two seconds."""
        if first is None and until is None:
            return self
        window = narrowed_window(self.window_s, self.duration_s, first, until, names)
        clearing = self.clearing_s if until is None else 0
        return self.model_copy(update={"window_s": window, "clearing_s": clearing})

    def scaled(self, factor: float, where: str = "factor") -> Self:
        """The same scenario with so many times its demand.

        Args:
            factor: 0.01 to 100. A factor that the scenario has already is multiplied by it.
            where: the argument or flag, for messages.

        Raises:
            UsageError: it is no such number.
        """
        product = checked_factor(where, factor) * self.demand_factor
        return self.model_copy(update={"demand_factor": checked_factor(where, product)})

    def under(self, rules: str, where: str = "rules") -> Self:
        """The same scenario under rules for signals as published tables use them.

        Decision interval, yellow, all-red and min green are those of the rules, without max green and max red.

        Args:
            rules: name of a preset, such as `15s-5s`, or any other interval and intergreen in this form.
            where: the argument or flag, for messages.

        Raises:
            UsageError: it is no such name.
        """
        chosen = rules_of(rules, where)
        signals = Signals(
            phases=self.signals.phases,
            min_green_s=chosen.min_green,
            max_green_s=None,
            yellow_s=chosen.intergreen,
            all_red_s=0,
            max_red_s=None,
        )
        return self.model_copy(update={"signals": signals, INTERVAL: chosen.interval})

    def build_network(self) -> Network:
        """The road network with the phases to choose from.

        Raises:
            ScenarioError: the description makes no network.
        """
        phases_alone = Signals(phases=self.signals.phases)  # the times of the signals make no other network
        return _network(self.network, phases_alone, self.network.digest())

    def build_demand(self) -> Demand:
        """The vehicles that travel on it.

        Raises:
            ScenarioError: the description makes no network, or no demand on it, or no vehicle is ever due.
        """
        described = (
            self.build_network(),
            self.network,
            self.demand,
            self.duration_s,
            self.demand_factor,
            self.demand.digest(),
        )
        return _whole_demand(*described) if self.window_s is None else _part_of_demand(self.window_s, *described)

    def remarks(self) -> tuple[Remark, ...]:
        """What was done with the parts of its files that could not be taken as they are written.

        Vehicles outside the window are among them, although no DataWarning tells of them in Python.

        Raises:
            ScenarioError: as `build_demand`.
        """
        demand = self.build_demand()
        about_network, about_demand = self.build_network().remarks, remarks_of(demand)
        placed = (*_placed(self.network, about_network), *_placed(self.demand, about_demand))
        return (*placed, *absence(demand, self.demand.source))

    @property
    def is_random(self) -> bool:
        """Whether runs of different seeds differ: by their vehicles, or by what goes wrong."""
        draws = self.sensors.faults().any or self.messages.faults().any or self.controllers.failing_share > 0.0
        closes = any(incident.road is None for incident in self.incidents)
        return draws or closes or self.build_demand().is_random

    @property
    def stated_interval(self) -> int | None:
        """[s] between decisions if the scenario states it, None if it leaves it to each strategy."""
        return self.decision_interval_s if INTERVAL in self.model_fields_set else None

    def flow(self) -> Floats:
        """[veh/s] (M,) expected demand of each movement, averaged over the demand's duration."""
        return self.build_demand().flow

    def timing(self) -> Timing:
        """The times that the signals keep."""
        return self.signals.timing()

    def disturbances(self, seeds: Sequence[int]) -> list[Disturbances]:
        """What disturbs the run of each seed beside failing detectors, whatever the strategy.

        Raises:
            ScenarioError: an incident names a road or lane that does not exist or cannot be closed.
        """
        if not self.incidents and self.controllers.failing_share == 0.0:
            return [Disturbances() for _ in seeds]
        network, flow, first = self.build_network(), self.flow(), (self.window_s or (0, 0))[0]
        plans = self.controllers.plans(network, flow, self.timing())
        return [
            Disturbances(closures(self.incidents, network, flow, first, seed), self.controllers.failed(plans, seed))
            for seed in seeds
        ]

    def simulation(
        self,
        seeds: Sequence[int],
        *,
        threads: int | None = None,
        audit: bool = False,
        log_until: int = 0,
        places_until: int = 0,
    ) -> Simulation:
        """A simulation with one copy for each seed; the other arguments are those of `Simulation`.

        Copies of the same seed share their trips, which are drawn once.
        """
        demand = self.build_demand()
        seeds = checked_seeds(seeds)
        trips = {seed: demand.draw(seed) for seed in dict.fromkeys(seeds)}
        return Simulation(
            self.build_network(),
            [trips[seed] for seed in seeds],
            self.timing(),
            threads=threads,
            audit=audit,
            log_until=log_until,
            places_until=places_until,
            faults=self.sensors.faults(),
            seeds=seeds,
            disturbances=self.disturbances(seeds),
        )

    def hash(self) -> str:
        """Twelve hexadecimal digits that change with any value, and with the content of files that it names.

        A decision interval that is stated gives the same digits as one of this length that is not. Runs and searches
        keep their intervals beside the hash.
        """
        content = self.model_dump_json().encode() + self.network.digest() + self.demand.digest()
        return hashlib.sha256(content).hexdigest()[:12]

    def save(self, path: str | Path) -> None:
        """Writes the scenario as JSON; an existing file is replaced at the end only.

        Raises:
            FileError: the file cannot be written.
        """
        replace_text(checked_path("path", path), None, self.to_json() + "\n")

    def to_json(self) -> str:
        """The scenario as JSON, as `save` writes it. A decision interval that is not stated is left out."""
        return self.model_dump_json(indent=2, exclude={INTERVAL} - self.model_fields_set)

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Reads a scenario from JSON.

        A path in it that is not absolute counts from the working directory, or else from the folder of the file.

        Raises:
            FileError: the file cannot be read or is no JSON.
            ScenarioError: a field is wrong.
        """
        file = checked_path("path", path)
        return cls.model_validate(with_files_beside(read_json(file, "a scenario"), file.parent))


@lru_cache(maxsize=16)
def _network(network: NetworkPart, signals: Signals, digest: bytes) -> Network:
    """The network, built again after the content of a file has changed."""
    try:
        built = network.build(signals)
    except TrafficError as error:
        raise _refusal(network, error) from error
    warn_of(built.remarks)
    return built


@lru_cache(maxsize=16)
def _whole_demand(
    network: Network, part: NetworkPart, demand: DemandPart, duration: int, factor: float, digest: bytes
) -> Demand:
    """The demand without a window, built again after the content of a file has changed."""
    try:
        built = demand.build(network, duration) if factor == 1 else demand.build_scaled(network, duration, factor)
        reached = {roads[0] for roads, flow in zip(network.movement_roads, built.flow, strict=True) if flow > 0}
        lacking = [(road, turn) for road, turn in part.lacking_turns(network) if road in reached]
        demand.check_turns(network, lacking)
        ensure_vehicles(built, 0, duration, demand.source)
    except TrafficError as error:
        raise _refusal(demand, error) from error
    warn_of(remarks_of(built))
    return built


@lru_cache(maxsize=16)
def _part_of_demand(
    window: Window,
    network: Network,
    part: NetworkPart,
    demand: DemandPart,
    duration: int,
    factor: float,
    digest: bytes,
) -> Demand:
    """The part of a demand that lies within a window."""
    within = DemandWindow(network, _whole_demand(network, part, demand, duration, factor, digest), *window)
    try:
        ensure_vehicles(within, *window, demand.source)
    except TrafficError as error:
        raise _refusal(demand, error) from error
    return within


def _placed(part: NetworkPart | DemandPart, remarks: tuple[Remark, ...]) -> Iterator[Remark]:
    """The remarks, with errors as `build_network` and `build_demand` would raise them."""
    for remark in remarks:
        yield remark if remark.error is None else replace(remark, error=_refusal(part, remark.error))


def _refusal(part: NetworkPart | DemandPart, error: TrafficError) -> ScenarioError:
    """An error of a network or a demand, with the field of the scenario that is at fault."""
    return ScenarioError(part.place(error.where), error.what, error.remedy)
