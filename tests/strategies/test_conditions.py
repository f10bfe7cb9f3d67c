"""The conditions of a scenario: all that a strategy may know before the first vehicle moves."""

from traffic_marl.messages import NO_FAULTS
from traffic_marl.scenario import GridNetwork, Messages, Scenario, Sensors, TurningFlows
from traffic_marl.strategies.conditions import conditions_of

TOWN = Scenario(name="town", network=GridNetwork(rows=1, columns=2), demand=TurningFlows(inflow_vph=360.0))


def test_they_are_those_of_the_scenario():
    found = conditions_of(TOWN, 7, range(3))

    assert found.network is TOWN.build_network()
    assert found.timing == TOWN.timing()
    assert (found.interval, found.seeds) == (7, (0, 1, 2))
    assert found.flow.tolist() == TOWN.flow().tolist()
    assert (found.unnoticed, found.messages) == (False, NO_FAULTS)


def test_they_tell_of_detectors_and_messages_that_may_fail():
    failing = {"sensors": Sensors(blind_share=0.1), "messages": Messages(lost_share=0.3)}
    found = conditions_of(TOWN.model_copy(update=failing), 5, (0,))

    assert found.unnoticed
    assert found.messages.any


def test_detectors_whose_failure_is_known_are_not_unnoticed():
    known = TOWN.model_copy(update={"sensors": Sensors(blind_share=0.1, known=True)})

    assert not conditions_of(known, 5, (0,)).unnoticed
