"""The rules of a scenario that hold for all strategies, as sentences of a note."""

from traffic_marl.network.network import Network
from traffic_marl.scenario import Scenario


def rules(scenario: Scenario) -> str:
    """Phases to choose from, times that the signals keep, and the scenario's decision interval."""
    signals = scenario.signals
    times = (
        f"min green {signals.min_green_s} s",
        _limit("max green", signals.max_green_s),
        f"yellow {signals.yellow_s} s",
        f"all-red {signals.all_red_s} s",
        _limit("max red", signals.max_red_s),
    )
    return f"rules for all: {_phases(scenario.build_network())}. Signals keep {', '.join(times)}. {_interval(scenario)}"


def _interval(scenario: Scenario) -> str:
    """The decision interval of the scenario."""
    if scenario.stated_interval is None:
        return "The scenario leaves the time between decisions to each strategy."
    return f"The decision interval of the scenario is {scenario.stated_interval} s."


def _phases(network: Network) -> str:
    """The names of the phases if they are the same everywhere, otherwise their number."""
    if len(set(network.phase_names)) == 1:
        return f"phases {', '.join(name.removeprefix('phase ') for name in network.phase_names[0])}"
    counts = sorted({len(names) for names in network.phase_names})
    words = " to ".join(str(count) for count in dict.fromkeys((counts[0], counts[-1])))
    return f"{words} phase{'' if counts[-1] == 1 else 's'} an intersection"


def _limit(name: str, seconds: int | None) -> str:
    return f"no {name}" if seconds is None else f"{name} {seconds} s"
