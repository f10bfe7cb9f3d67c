import ast
import runpy
from pathlib import Path

import numpy as np
import pytest

from traffic_marl.scenario import Scenario, load_scenario, scenario_names, scenario_summaries

NAMES = [
    "arterial_1x4_lefts",
    "arterial_1x4_pockets",
    "arterial_1x5_incident",
    "arterial_1x6",
    "arterial_1x8_wave",
    "grid_10x10",
    "grid_2x2_smoke",
    "grid_3x3_night",
    "grid_3x3_oversaturated",
    "grid_3x3_steady",
    "grid_3x3_surge",
    "grid_3x4_tide",
    "grid_4x4_rush_hour",
    "grid_4x4_short_blocks",
    "irregular_12",
    "town_3x4",
]
HASHES = {
    "arterial_1x6": "06d20016bf1c",
    "grid_10x10": "cb1bf3463730",
    "grid_2x2_smoke": "081039b366e8",
    "grid_4x4_rush_hour": "0a2f0e2dd666",
}
FOLDER = Path(__file__).parents[1] / "scenarios"
SATURATION_HEADWAY = 2.36  # [s] of a car at 50 km/h: headway and the time to cover its own length


def test_the_scenarios_shipped_are_these():
    assert scenario_names() == NAMES


def test_every_scenario_asks_a_question():
    assert list(scenario_summaries()) == NAMES
    assert all("?" in question for question in scenario_summaries().values())


@pytest.mark.parametrize("name", NAMES)
def test_the_first_line_of_a_script_is_its_question(name):
    lines = ast.get_docstring(ast.parse((FOLDER / f"{name}.py").read_text(encoding="utf-8"))).splitlines()
    assert lines[0].endswith("?")
    assert lines[1] == ""


@pytest.mark.parametrize(("name", "known"), HASHES.items())
def test_the_scenarios_are_those_of_earlier_results(name, known):
    assert load_scenario(name).hash() == known


@pytest.mark.parametrize("name", NAMES)
def test_script_declares_the_scenario_of_its_name(name):
    assert runpy.run_path(str(FOLDER / f"{name}.py"))["scenario"] == load_scenario(name)
    assert load_scenario(name).name == name


@pytest.mark.parametrize("name", NAMES)
def test_scenario_survives_json(name):
    one = load_scenario(name)
    assert Scenario.model_validate_json(one.model_dump_json()) == one


@pytest.mark.parametrize("name", NAMES)
def test_traffic_is_drawn_for_all_movements(name):
    one = load_scenario(name)
    trips = one.build_demand().draw(0)
    assert len(trips) == pytest.approx(one.duration_s * inflow(one), rel=0.1)
    assert (one.flow() > 0).all()


@pytest.mark.parametrize("name", HASHES)
def test_peak_is_below_saturation_at_every_intersection(name):
    one = load_scenario(name)
    assert 0.3 < critical_ratio(one).max() < 0.9


def inflow(one):
    """[veh/s] expected over the rim."""
    tables = one.build_network().tables
    leaves = np.setdiff1d(tables.lane_road, tables.lane_road[tables.start_lane])
    exits = np.unique(tables.movement[np.isin(tables.lane_road[tables.end_lane], leaves)])
    return one.flow()[exits].sum()


def critical_ratio(one):
    """(N,) sum over the phases of the largest ratio of flow to saturation flow per lane, at the peak of the profile."""
    network, tables = one.build_network(), one.build_network().tables
    factors = [point.factor for point in one.demand.profile] or [1.0]
    times = [point.time_s for point in one.demand.profile] or [0.0]
    mean = np.interp(np.arange(one.duration_s) + 0.5, times, factors).mean()
    lanes = np.diff(tables.movement_lane_start)
    ratio = one.flow() * max(factors) / mean / lanes * SATURATION_HEADWAY
    yields = np.array(network.movement_turns) == "right"
    critical = np.where(tables.served & ~yields[:, None], ratio[:, None], 0.0)
    total = np.zeros((len(network.intersections), critical.shape[1]))
    np.maximum.at(total, tables.movement_intersection, critical)
    return total.sum(axis=1)
