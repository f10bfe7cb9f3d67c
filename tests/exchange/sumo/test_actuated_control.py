"""The values of SUMO's actuated control, fitted to the vehicles and the signals of a scenario."""

from dataclasses import replace
from xml.etree import ElementTree

import pytest

from tests.helpers.sumo import needs_sumo
from traffic_marl.exchange.sumo import write_sumo
from traffic_marl.exchange.sumo.actuated import ActuatedControl, control_values, lanes_without_loop
from traffic_marl.exchange.sumo.naming import naming_of
from traffic_marl.exchange.sumo.plans import green_limits
from traffic_marl.kernels.tables import NEVER, Timing
from traffic_marl.scenario import load_scenario

SMOKE = load_scenario("grid_2x2_smoke")
NETWORK, TRIPS = SMOKE.build_network(), SMOKE.build_demand().draw(0)
FREE = Timing(min_green=0, max_green=NEVER, yellow=5, all_red=0, max_red=NEVER)


def with_headway(headway):
    return replace(TRIPS, types=tuple(replace(each, headway=headway) for each in TRIPS.types))


@pytest.mark.parametrize(("headway", "gap", "passing"), [(1.0, "3", "1.9"), (2.0, "4", "2.9"), (0.5, "3", "1.9")])
def test_longer_headways_lengthen_gap_and_passing_time(headway, gap, passing):
    values = control_values(ActuatedControl(), with_headway(headway))

    assert (values["max-gap"], values["passing-time"]) == (gap, passing)


def test_a_given_gap_stands():
    assert control_values(ActuatedControl(gap=2.5), with_headway(2.0))["max-gap"] == "2.5"


@pytest.mark.parametrize(
    ("control", "timing", "limits"),
    [
        (ActuatedControl(), FREE, (5, 60)),
        (ActuatedControl(shortest_green=8, longest_green=40), FREE, (8, 40)),
        (ActuatedControl(), FREE._replace(min_green=10), (10, 60)),
        (ActuatedControl(), FREE._replace(min_green=2, max_green=30), (5, 30)),
        (ActuatedControl(), FREE._replace(max_green=4), (4, 4)),
        (ActuatedControl(longest_green=3), FREE, (5, 5)),
        (None, FREE._replace(min_green=7, max_green=50), (7, 50)),
    ],
)
def test_greens_keep_the_limits_of_the_signals_before_those_of_the_control(control, timing, limits):
    assert green_limits(timing, control) == limits


def test_lanes_that_are_green_in_every_phase_have_no_loop():
    found = list(lanes_without_loop(NETWORK, naming_of(NETWORK), 0))

    # Right turns stand in every phase, and have the lane beside the kerb for themselves, the first one in SUMO.
    assert len(found) == 4
    assert all(name.endswith("_0") for name in found)


@needs_sumo
def test_files_of_actuated_signals_keep_their_values(tmp_path):
    write_sumo(NETWORK, TRIPS, FREE, tmp_path, actuated=ActuatedControl(shortest_green=6))

    for logic in ElementTree.parse(tmp_path / "roads.net.xml").getroot().findall("tlLogic"):
        values = {each.get("key"): each.get("value") for each in logic.findall("param")}
        greens = [each for each in logic.findall("phase") if "y" not in each.get("state")]
        assert logic.get("type") == "actuated"
        assert values["passing-time"] == "2.9"
        assert sum(value == "NO_DETECTOR" for value in values.values()) == 4
        assert {(each.get("minDur"), each.get("maxDur")) for each in greens} == {("6", "60")}
