"""The rules that all strategies of a comparison met, in one line."""

from traffic_marl.network.network import Network
from traffic_marl.scenario import Scenario


def rules(scenario: Scenario) -> str:
    """Phases to choose from, the times the signals keep, and how often the scenario lets strategies decide."""
    signals = scenario.signals
    times = (
        f"min green {signals.min_green_s} s",
        _limit("max green", signals.max_green_s),
        f"yellow {signals.yellow_s} s",
        f"all-red {signals.all_red_s} s",
        _limit("max red", signals.max_red_s),
    )
    return (
        f"rules for all: {_phases(scenario.build_network())}; {', '.join(times)}; "
        f"the scenario's decision interval {scenario.decision_interval_s} s"
    )


def _phases(network: Network) -> str:
    """The phases by name if they are the same everywhere, else how many there are."""
    if len(set(network.phase_names)) == 1:
        return f"phases {', '.join(name.removeprefix('phase ') for name in network.phase_names[0])}"
    counts = sorted({len(names) for names in network.phase_names})
    return f"{' to '.join(str(count) for count in dict.fromkeys((counts[0], counts[-1])))} phases an intersection"


def _limit(name: str, seconds: int | None) -> str:
    return f"no {name}" if seconds is None else f"{name} {seconds} s"
