"""The simulators by name."""

from collections.abc import Sequence

from traffic_marl.checks import at_least_one, checked_seeds
from traffic_marl.errors import UsageError, suggest
from traffic_marl.exchange.cityflow import ensure_module, has_lane_changes
from traffic_marl.exchange.sumo.programs import ensure_simulator
from traffic_marl.scenario import Scenario
from traffic_marl.simulation import Simulator, usable_cpus
from traffic_marl.simulators.messages import Start
from traffic_marl.simulators.separate import SeparateSimulation
from traffic_marl.simulators.sumo.actuated import SumoActuated
from traffic_marl.simulators.sumo.closing import check_closures
from traffic_marl.strategies.named import NamedStrategy

OWN = "own"
SUMO = "sumo"
CITYFLOW = "cityflow"
SIMULATORS = (OWN, SUMO, CITYFLOW)  # by the names that users give
BOTH = "both"  # stands for the own one and SUMO


def check_simulator(name: str, where: str) -> str:
    """The simulator of this name, if it is installed.

    Raises:
        UsageError: there is none, or it is not installed. The message says what to install.
    """
    if name not in SIMULATORS:
        raise UsageError(where, f"unknown simulator {name!r}", suggest(name, SIMULATORS))
    if name == SUMO:
        ensure_simulator(where)
    if name == CITYFLOW:
        ensure_module(where)
    return name


def chosen_simulators(name: str, where: str) -> tuple[str, ...]:
    """The simulators that a name stands for, if they are installed: itself, or two for `both`.

    Raises:
        UsageError: as for `check_simulator`.
    """
    if name == BOTH:
        return (OWN, check_simulator(SUMO, where))
    if name not in SIMULATORS:
        raise UsageError(where, f"unknown simulator {name!r}", suggest(name, (*SIMULATORS, BOTH)))
    return (check_simulator(name, where),)


def runs_in(simulator: str, strategy: NamedStrategy) -> bool:
    """Whether a strategy runs in a simulator: SUMO's own control does so in SUMO alone."""
    return simulator == SUMO or not isinstance(strategy.strategy, SumoActuated)


def start_simulator(
    name: str,
    scenario: Scenario,
    strategy: NamedStrategy,
    seeds: Sequence[int],
    *,
    threads: int | None = None,
    audit: bool = False,
    log_until: int = 0,
    places_until: int = 0,
) -> Simulator:
    """The traffic of a scenario at time 0, one copy for each seed.

    Args:
        name: of the simulator.
        scenario: network, demand and rules.
        strategy: that will decide. Some run in SUMO alone.
        seeds: (B,) of the copies.
        threads: most threads or processes that work at once. None takes the CPUs this process may use.
        audit: count overlaps and disorders each second.
        log_until: [s] keep the rows shown in the seconds before this one.
        places_until: [s] note visits to intersections, and the queues in the seconds before this one.

    Raises:
        UsageError: the simulator is not installed, or cannot do what is asked for.
        TrafficError: the scenario cannot be used.
    """
    check_simulator(name, "simulator")
    control = strategy.strategy.control() if isinstance(strategy.strategy, SumoActuated) else None
    if not runs_in(name, strategy):
        what = "it is SUMO's own control of signals, and runs in SUMO alone"
        raise UsageError(strategy.label, what, "name another strategy, or compare it with the simulator sumo")
    if name == OWN:
        return scenario.simulation(seeds, threads=threads, audit=audit, log_until=log_until, places_until=places_until)
    if audit:
        raise UsageError("audit", f"vehicles are checked in our own simulation, not in {name}", "leave it out")
    demand = scenario.build_demand()
    network, timing, faults = scenario.build_network(), scenario.timing(), scenario.sensors.faults()
    if name == CITYFLOW and network.tables.keeps_clear.any():
        remedy = "set keep_clear of the network to false, or take own or sumo"
        raise UsageError("simulator", "vehicles keep no junction clear in CityFlow", remedy)
    if name == CITYFLOW and has_lane_changes(network):
        what = "vehicles change lanes between parts of a road, which CityFlow's files cannot say"
        raise UsageError("simulator", what, "leave out turn pockets, or take own or sumo")
    disturbed = scenario.disturbances(checked_seeds(seeds))
    for each in disturbed:
        if name == CITYFLOW and each.closures:
            raise UsageError("simulator", "CityFlow cannot close lanes", "leave out the incidents, or take own or sumo")
        check_closures(network, each.closures, name)
        if control is not None and each.any:
            what = "its signals know neither closed lanes nor plans to fall back to"
            raise UsageError(strategy.label, what, "leave it out, or incidents and failing controllers")
    starts = [
        Start(name, network, demand.draw(seed), timing, seed, log_until, places_until, faults, control, each)
        for seed, each in zip(seeds, disturbed, strict=True)
    ]
    return SeparateSimulation(starts, usable_cpus() if threads is None else at_least_one("threads", threads))
