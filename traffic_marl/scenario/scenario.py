"""Scenario: the one description of an experiment: network, demand, rules for the signals, and how long."""

import hashlib
import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, ValidationInfo, field_validator

from traffic_marl.arrays import Floats
from traffic_marl.demand.demand import Demand
from traffic_marl.errors import ScenarioError, TrafficError
from traffic_marl.files import replace_text
from traffic_marl.kernels.tables import Timing
from traffic_marl.network.formats.document import read_json
from traffic_marl.network.network import Network
from traffic_marl.scenario.demands import CityFlowTrips, OriginDestinationFlows, TurningFlows
from traffic_marl.scenario.networks import ArterialNetwork, CityFlowNetwork, GridNetwork
from traffic_marl.scenario.signals import Signals
from traffic_marl.scenario.validation import ScenarioPart, Text, refuse
from traffic_marl.simulation import Simulation

AnyNetwork = Annotated[GridNetwork | ArterialNetwork | CityFlowNetwork, Field(discriminator="kind")]
AnyDemand = Annotated[TurningFlows | OriginDestinationFlows | CityFlowTrips, Field(discriminator="kind")]

LONGEST_DURATION = 86_400  # [s]


class Scenario(ScenarioPart):
    """Network, demand, rules for the signals and how long: all that an experiment needs but strategy and seeds.

    Fields say their unit; what the methods give is in SI units. Network and demand are built once for all scenarios
    that describe the same.
    """

    name: Annotated[Text, Field(min_length=1)]
    description: Text = ""
    network: AnyNetwork
    demand: AnyDemand
    signals: Signals = Signals()
    decision_interval_s: Annotated[int, Field(ge=1, le=3600)] = 5
    duration_s: Annotated[int, Field(ge=1, le=LONGEST_DURATION)] = 3600  # of the demand
    clearing_s: Annotated[int, Field(ge=0, le=86_400)] = 0  # most time after it for the network to clear

    @field_validator("signals")
    @classmethod
    def _phases_of_network(cls, signals: Signals, others: ValidationInfo) -> Signals:
        network = others.data.get("network")
        if isinstance(network, CityFlowNetwork) and isinstance(signals.phases, str):
            what = f"{signals.phases!r} is a set of phases for generated networks"
            raise refuse(what, "list rows of the file's phase table", "phases")
        if isinstance(network, GridNetwork | ArterialNetwork) and isinstance(signals.phases, tuple):
            raise refuse("a generated network has no rows to choose", "use one of two, four, eight", "phases")
        return signals

    @property
    def horizon(self) -> int:
        """[s] when the demand ends."""
        return self.duration_s

    def build_network(self) -> Network:
        """The road network with the phases to choose from.

        Raises:
            ScenarioError: the description makes no network.
        """
        return _network(self.network, self.signals, _digest(self.network))

    def build_demand(self) -> Demand:
        """Who travels on it.

        Raises:
            ScenarioError: the description makes no network, or no demand on it.
        """
        return _demand(self.build_network(), self.demand, self.duration_s, _digest(self.demand))

    def flow(self) -> Floats:
        """[veh/s] (M,) expected demand of each movement, averaged over the demand's duration."""
        return self.build_demand().flow

    def timing(self) -> Timing:
        """What the signals keep to."""
        return self.signals.timing()

    def simulation(
        self, seeds: Sequence[int], *, threads: int | None = None, audit: bool = False, log_until: int = 0
    ) -> Simulation:
        """One copy of the traffic for each seed; the arguments after it are those of `Simulation`."""
        demand = self.build_demand()
        trips = [demand.draw(seed) for seed in seeds]
        return Simulation(self.build_network(), trips, self.timing(), threads=threads, audit=audit, log_until=log_until)

    def hash(self) -> str:
        """Twelve hexadecimal digits that change with any field, and with the content of files that it names."""
        content = self.model_dump_json().encode() + _digest(self.network) + _digest(self.demand)
        return hashlib.sha256(content).hexdigest()[:12]

    def save(self, path: str | Path) -> None:
        """Writes the scenario as JSON; an existing file is replaced at the end only.

        Raises:
            FileError: the file cannot be written.
        """
        replace_text(Path(path), None, self.model_dump_json(indent=2) + "\n")

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Reads a scenario from JSON.

        Raises:
            FileError: the file cannot be read or is no JSON.
            ScenarioError: a field is wrong.
        """
        return cls.model_validate(read_json(Path(path), "a scenario"))


def _digest(part: AnyNetwork | AnyDemand) -> bytes:
    """Changes with the content of the file that a part of a scenario names; empty where there is none to be read."""
    if not isinstance(part, CityFlowNetwork | CityFlowTrips):
        return b""
    try:
        return hashlib.sha256(Path(part.path).read_bytes()).digest()
    except (OSError, ValueError):  # no such file, or no path at all: building the part says so
        return b""


@lru_cache(maxsize=16)
def _network(network: AnyNetwork, signals: Signals, digest: bytes) -> Network:
    """Built anew when the content of a file has changed."""
    try:
        return network.build(signals)
    except TrafficError as error:
        raise _placed("network", network, error) from error


@lru_cache(maxsize=16)
def _demand(network: Network, demand: AnyDemand, duration: int, digest: bytes) -> Demand:
    """Built anew when the content of a file has changed."""
    try:
        return demand.build(network, duration)
    except TrafficError as error:
        raise _placed("demand", demand, error) from error


def _placed(part: str, settings: ScenarioPart, error: TrafficError) -> ScenarioError:
    """The same mistake, with its place in the scenario."""
    names = {name.rpartition("_")[0]: name for name in type(settings).model_fields}
    head = re.split(r"[.\[]", error.where, maxsplit=1)[0]
    if error.where == part:
        where = error.where
    elif re.fullmatch(r"phases(\[.*)?", error.where):
        where = f"signals.{error.where}"
    elif isinstance(settings, CityFlowNetwork | CityFlowTrips):
        where = f"{part}.path: {error.where}"
    else:
        where = f"{part}.{names.get(head, head)}{error.where[len(head) :]}"
    return ScenarioError(where, error.what, error.remedy)
