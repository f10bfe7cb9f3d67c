"""The plan that a strategy would run on a scenario, line by line."""

from traffic_marl.errors import StrategyError
from traffic_marl.kernels.tables import Timing
from traffic_marl.network.network import Network
from traffic_marl.remarks import Remark
from traffic_marl.scenario import Scenario
from traffic_marl.strategies.classical.timing_plan import PlanController, TimingPlan
from traffic_marl.strategies.conditions import conditions_of
from traffic_marl.strategies.named import NamedStrategy
from traffic_marl.strategies.plans.plan import Plan
from traffic_marl.strategies.plans.sheet import Green
from traffic_marl.strategies.strategy import Conditions


def planned_greens(scenario: Scenario, strategy: NamedStrategy) -> tuple[Green, ...]:
    """The greens of the plan that a strategy runs on a scenario, with every time written. Phases are numbers from 0.

    Raises:
        StrategyError: the strategy runs no plan, or it cannot be used on the scenario.
    """
    network = scenario.build_network()
    controller = strategy.start(_conditions(scenario)).started
    if not isinstance(controller, PlanController):
        what = "decides by the traffic and has no plan"
        raise StrategyError(strategy.label, what, "give fixed_time, webster, green_wave or plan")
    return tuple(
        green
        for place in range(len(network.intersections))
        for green in _greens(controller.plan, place, network, scenario.timing())
    )


def plan_remarks(scenario: Scenario, strategy: NamedStrategy) -> tuple[Remark, ...]:
    """What is done with the parts of a given plan that the signals cannot show as written. Other strategies have none.

    Raises:
        TrafficError: the plan cannot be read, or it cannot be used on the scenario.
    """
    if not isinstance(strategy.strategy, Plan):
        return ()
    return strategy.strategy.start(_conditions(scenario)).remarks


def named_phases(greens: tuple[Green, ...], network: Network) -> tuple[Green, ...]:
    """The greens with names of phases in place of numbers, where a name is that of one phase only."""
    found = []
    for green in greens:
        names = network.phase_names[network.intersections.index(green.intersection)]
        name = names[int(green.phase)]
        is_clear = [other.casefold() for other in names].count(name.casefold()) == 1
        found.append(Green(**vars(green) | {"phase": name if is_clear else green.phase}))
    return tuple(found)


def _conditions(scenario: Scenario) -> Conditions:
    """The conditions of one copy of a scenario, for a strategy that decides every second."""
    return conditions_of(scenario, 1, (0,))


def _greens(plan: TimingPlan, place: int, network: Network, timing: Timing) -> list[Green]:
    """The greens of an intersection. A phase that never ends fills its cycle."""
    name, used, cycle = network.intersections[place], int(plan.used[place]), int(plan.cycle[place])
    yellow, all_red = (0, 0) if used == 1 else (timing.yellow, timing.all_red)
    return [
        Green(
            where=f"green {turn + 1} of {name}",
            intersection=name,
            phase=str(int(plan.order[place, turn])),
            green=float(cycle if used == 1 else plan.ends[place, turn] - plan.begins[place, turn]),
            yellow=float(yellow),
            all_red=float(all_red),
            offset=float(plan.offset[place]),
            cycle=float(cycle),
        )
        for turn in range(used)
    ]
