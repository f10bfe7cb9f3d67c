"""Yellow and all-red as the phase tables of a scenario's network have them."""

from traffic_marl.network.phase_remarks import longest_change
from traffic_marl.scenario.scenario import Scenario


def with_intergreen_of_tables(scenario: Scenario) -> Scenario:
    """The scenario with the longest yellow and all-red of the phase tables. It stays as it is where none has a time.

    Raises:
        ScenarioError: the description makes no network.
    """
    change = longest_change(scenario.build_network())
    if change is None:
        return scenario
    signals = scenario.signals.model_copy(update={"yellow_s": change.yellow, "all_red_s": change.all_red})
    return scenario.model_copy(update={"signals": signals})
