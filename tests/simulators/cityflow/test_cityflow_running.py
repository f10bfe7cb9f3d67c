"""Runs in CityFlow, for which a stand-in with the dynamics of this package is there."""

import numpy as np
import pytest

from tests.helpers.cityflow_module import STAND_INS, small_data_set
from traffic_marl import run
from traffic_marl.errors import UsageError
from traffic_marl.scenario.disturbances.incidents import Incident


@pytest.fixture
def cityflow(monkeypatch):
    monkeypatch.syspath_prepend(str(STAND_INS))


@pytest.mark.usefixtures("cityflow")
@pytest.mark.parametrize("strategy", ["longest_queue", "actuated"])
def test_a_run_in_cityflow_gives_the_vehicles_signals_and_measures_of_our_own(strategy, tmp_path):
    scenario = small_data_set(tmp_path)

    theirs, ours = (run(scenario, strategy, (0,), simulator=name, log_signals=True) for name in ("cityflow", "own"))

    assert ours.measures.completed[0] > 100
    for field in ("entered", "left"):
        assert np.array_equal(getattr(theirs.at_end, field), getattr(ours.at_end, field)), field
    assert np.array_equal(theirs.simulation.signal_log(), ours.simulation.signal_log())
    assert theirs.measures.travel_time_cityflow[0] == ours.measures.travel_time_cityflow[0]
    assert theirs.measures.mean_delay[0] == pytest.approx(ours.measures.mean_delay[0])


def test_a_missing_cityflow_is_told_with_where_it_is(tmp_path, monkeypatch):
    monkeypatch.setattr("traffic_marl.exchange.cityflow.find_spec", lambda name: None)

    with pytest.raises(UsageError) as error:
        run(small_data_set(tmp_path, 30), "actuated", (0,), simulator="cityflow")

    told = "simulator: CityFlow is not installed (its Python module cityflow is missing); build it from https://"
    assert str(error.value).startswith(told)


def test_a_module_that_cannot_tell_where_vehicles_are_is_told(tmp_path, monkeypatch):
    old = "class Engine:\n    def __init__(self, config, threads): pass\n    def next_step(self): pass\n"
    (tmp_path / "cityflow.py").write_text(old + "    def set_tl_phase(self, node, phase): pass\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "data").mkdir()

    with pytest.raises(UsageError, match="simulator: this version of the module cityflow has no get_lane_vehicles"):
        run(small_data_set(tmp_path / "data", 30), "actuated", (0,), simulator="cityflow")


@pytest.mark.usefixtures("cityflow")
def test_closed_lanes_are_refused(tmp_path):
    scenario = small_data_set(tmp_path, 60)
    road = scenario.build_network().roads[0]
    closed = scenario.model_copy(update={"incidents": (Incident(road=road, from_s=10, until_s=30),)})

    with pytest.raises(UsageError, match="simulator: CityFlow cannot close lanes; leave out the incidents"):
        run(closed, "actuated", (0,), simulator="cityflow")


@pytest.mark.usefixtures("cityflow")
def test_junctions_that_are_kept_clear_are_refused(tmp_path):
    scenario = small_data_set(tmp_path, 60)
    clear = scenario.model_copy(update={"network": scenario.network.model_copy(update={"keep_clear": True})})

    with pytest.raises(UsageError, match="simulator: vehicles keep no junction clear in CityFlow; set keep_clear"):
        run(clear, "actuated", (0,), simulator="cityflow")


@pytest.mark.usefixtures("cityflow")
def test_networks_whose_vehicles_change_lanes_within_roads_are_refused():
    with pytest.raises(UsageError, match="simulator: vehicles change lanes between parts of a road, which CityFlow's"):
        run("arterial_1x4_pockets", "actuated", (0,), simulator="cityflow")
