"""What the scenarios of all data sets take from the files that were found: the intergreen, and where the files lie."""

from pathlib import Path

from traffic_marl.network.phase_remarks import longest_change
from traffic_marl.scenario.scenario import Scenario


def with_longest_change(scenario: Scenario) -> Scenario:
    """The scenario with the longest yellow and all-red of its network. It stays as it is where the network has none."""
    change = longest_change(scenario.build_network())
    if change is None:
        return scenario
    signals = scenario.signals.model_copy(update={"yellow_s": change.yellow, "all_red_s": change.all_red})
    return scenario.model_copy(update={"signals": signals})


def absolute(path: Path) -> str:
    """The path from the root. A link in the place of the file keeps its name."""
    return str(path.parent.resolve() / path.name)
