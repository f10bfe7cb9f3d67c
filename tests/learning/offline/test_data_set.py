"""Recorded decisions: the folder that holds them, and what is refused."""

import json
import shutil
from types import SimpleNamespace

import numpy as np
import pytest

from tests.helpers.made_up_runs import HARDLY_ANY
from traffic_marl.errors import FileError, UsageError
from traffic_marl.learning.choosing import choose_strategy
from traffic_marl.learning.environment import ScenarioEnvironment
from traffic_marl.learning.offline.data_set import EPISODES, FACTS, SCENARIO, DataSet, meaning_of
from traffic_marl.learning.offline.recording import episodes_in, record
from traffic_marl.learning.settings import TrainingSettings
from traffic_marl.running import run
from traffic_marl.scenario import GridNetwork, Scenario, TurningFlows
from traffic_marl.scenario.seeds import TEST, TRAINING, VALIDATION
from traffic_marl.strategies.named import NamedStrategy

parquet = pytest.importorskip("pyarrow.parquet")
SETTINGS = TrainingSettings.chosen(action="gap_out", copies=2)


@pytest.fixture(scope="module")
def scenario():
    network = GridNetwork(rows=1, columns=2, block_m=150.0)
    return Scenario(name="pair", network=network, demand=TurningFlows(inflow_vph=400.0), duration_s=200, clearing_s=0)


@pytest.fixture(scope="module")
def recorded(scenario, tmp_path_factory):
    """Three episodes of actuated control on two intersections."""
    out = tmp_path_factory.mktemp("recorded") / "data"
    return record(scenario, choose_strategy("actuated", "strategy"), out, hours=0.15, settings=SETTINGS)


@pytest.fixture
def copied(recorded, tmp_path):
    """A copy that a test may damage."""
    return DataSet.open(shutil.copytree(recorded.path, tmp_path / "data"))


def table(data, number):
    return parquet.read_table(data.files[number]).to_pydict()


def test_hours_are_rounded_up_to_whole_episodes(recorded):
    assert recorded.facts.hours == pytest.approx(3 * 200 / 3600)
    assert len(recorded.files) == 3


@pytest.mark.parametrize(
    ("hours", "horizon", "episodes"), [(1.1, 180, 22), (1.0, 180, 20), (1.101, 180, 23), (1e-12, 180, 1), (0.7, 60, 42)]
)
def test_rounding_adds_no_episode(hours, horizon, episodes):
    assert episodes_in(hours, horizon) == episodes


def test_no_episode_has_a_seed_of_validation_or_test(recorded):
    assert recorded.facts.seeds == tuple(TRAINING[:3])
    assert not set(recorded.facts.seeds) & {*VALIDATION, *TEST}


def test_a_row_is_a_decision_of_all_intersections(recorded):
    rows = table(recorded, 0)
    size = ScenarioEnvironment(Scenario.load(recorded.path / SCENARIO), SETTINGS)(1).layout.size
    assert len(rows["t"]) == recorded.facts.decisions == 200
    assert rows["t"] == list(range(200))
    assert {len(each) for each in rows["obs"]} == {2 * size}
    assert {len(each) for each in rows["actions"]} == {2}
    assert rows["truncateds"] == [False] * 199 + [True]


def test_the_recorded_traffic_is_that_of_the_strategy(recorded, scenario):
    measured = run(scenario, "actuated", recorded.facts.seeds).measures
    assert recorded.facts.mean_delay == pytest.approx(float(measured.mean_delay.mean()), rel=0.1)


def test_episodes_without_vehicles_have_no_delay(tmp_path):
    actuated = choose_strategy("actuated", "strategy")
    few = record(HARDLY_ANY, actuated, tmp_path / "few", hours=0.2, settings=SETTINGS).facts
    delays = run(HARDLY_ANY.model_copy(update={"clearing_s": 0}), "actuated", few.seeds).measures.mean_delay
    assert 0 < np.isfinite(delays).sum() < len(few.seeds)
    assert few.mean_delay == pytest.approx(np.nanmean(delays))
    other = TrainingSettings.chosen(action="gap_out", seed=2)  # whose first episode has no vehicle
    none = record(HARDLY_ANY, actuated, tmp_path / "none", hours=0.01, settings=other).facts
    assert (len(none.seeds), none.mean_delay) == (1, None)


@pytest.mark.parametrize("delay", [-0.3, None])
def test_delays_of_free_and_empty_roads_are_read(copied, delay):
    path = copied.path / FACTS
    path.write_text(json.dumps(json.loads(path.read_text()) | {"mean_delay": delay}))
    assert DataSet.open(copied.path).facts.mean_delay == delay


@pytest.mark.parametrize("delay", ["NaN", "Infinity", "-1e300", '"1"', "true"])
def test_other_delays_are_damage(copied, delay):
    path = copied.path / FACTS
    path.write_text(json.dumps(json.loads(path.read_text()) | {"mean_delay": "HERE"}).replace('"HERE"', delay))
    with pytest.raises(FileError, match="is damaged"):
        DataSet.open(copied.path)


def test_the_facts_do_not_depend_on_the_number_of_copies(scenario, tmp_path):
    drawn, found = choose_strategy("random", "strategy"), []
    for copies in (1, 2, 8):
        settings = TrainingSettings.chosen(action="gap_out", copies=copies)
        found.append(record(scenario, drawn, tmp_path / f"{copies}", hours=0.15, settings=settings).facts)
    assert len(found[0].seeds) == 3
    assert found[0].left_out > 0
    assert found[0] == found[1] == found[2]


def test_episodes_of_other_seeds_differ(recorded):
    assert not np.array_equal(np.array(table(recorded, 0)["obs"]), np.array(table(recorded, 1)["obs"]))


def test_a_folder_without_data_is_told(tmp_path):
    with pytest.raises(FileError, match="holds no recorded decisions"):
        DataSet.open(tmp_path)
    with pytest.raises(FileError, match="does not exist"):
        DataSet.open(tmp_path / "none")


@pytest.mark.parametrize("field", ["strategy", "meaning", "files", "seeds", "decisions"])
def test_a_fact_of_the_wrong_kind_is_damage(copied, field):
    path = copied.path / FACTS
    facts = json.loads(path.read_text())
    path.write_text(json.dumps(facts | {field: None}))
    with pytest.raises(FileError, match="is damaged"):
        DataSet.open(copied.path)


def test_a_file_name_cannot_lead_out_of_the_folder(copied):
    path = copied.path / FACTS
    facts = json.loads(path.read_text())
    facts["files"] = {"../../etc/rows.parquet": "0" * 64}
    path.write_text(json.dumps(facts))
    with pytest.raises(FileError, match="is damaged"):
        DataSet.open(copied.path)


def test_changed_missing_and_foreign_files_are_told(copied):
    first = copied.files[0]
    content = first.read_bytes()
    first.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(FileError, match="has changed"):
        copied.ensure_whole()
    first.unlink()
    with pytest.raises(FileError, match="missing"):
        copied.ensure_whole()
    first.write_bytes(content)
    copied.ensure_whole()
    (copied.path / EPISODES / "other.parquet").write_bytes(content)
    with pytest.raises(FileError, match="does not belong"):
        copied.ensure_whole()


def test_another_network_is_refused(recorded, one_way):
    layout = ScenarioEnvironment(one_way, SETTINGS)(1).layout
    with pytest.raises(UsageError, match="another network"):
        recorded.ensure_fit(one_way, layout)


def test_other_observations_are_refused(recorded, scenario):
    other = TrainingSettings.chosen(action="gap_out", observation="local")
    with pytest.raises(UsageError, match="other observations"):
        recorded.ensure_fit(scenario, ScenarioEnvironment(scenario, other)(1).layout)


def test_settings_come_with_the_data(recorded):
    assert meaning_of({"data": str(recorded.path)})["action"] == "gap_out"
    with pytest.raises(UsageError, match="not that of the recorded decisions"):
        meaning_of({"data": str(recorded.path), "action": "phase"})


def test_records_of_a_former_version_have_its_longest_green(copied):
    path = copied.path / FACTS
    facts = json.loads(path.read_text())
    assert facts["meaning"].pop("longest_green") == 60
    path.write_text(json.dumps(facts))
    assert meaning_of({"data": str(copied.path)})["longest_green"] == 60


@pytest.mark.parametrize("hours", [0, -1, float("nan"), 1e9])
def test_hours_that_make_no_sense_are_refused(scenario, tmp_path, hours):
    with pytest.raises(UsageError):
        record(scenario, choose_strategy("actuated", "s"), tmp_path / "new", hours=hours, settings=SETTINGS)
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(("own", "interval"), [(15, 10), (7, 2)])
def test_a_strategy_that_decides_in_between_is_refused(scenario, tmp_path, own, interval):
    pressure = choose_strategy(f"max_pressure:interval_s={own}", "strategy")
    told = rf"decides every {own} s, the environment every {interval} s; add interval_s={interval} to it"
    with pytest.raises(UsageError, match=told):
        record(scenario, pressure, tmp_path / "new", hours=0.1, settings=TrainingSettings.chosen(interval=interval))
    assert not (tmp_path / "new").exists()


def test_a_strategy_is_asked_at_its_own_decisions_alone(scenario, tmp_path):
    times = []

    def start(conditions):
        assert conditions.interval == 20
        return lambda readings: [times.append(readings.time), readings.phase][1]

    strategy = NamedStrategy("hold", SimpleNamespace(start=start, interval=20))
    record(scenario, strategy, tmp_path / "new", hours=0.01, settings=TrainingSettings.chosen(interval=10))
    assert times == list(range(0, 200, 20))


def test_an_existing_folder_is_kept(scenario, recorded):
    with pytest.raises(FileError, match="already exists"):
        record(scenario, choose_strategy("actuated", "s"), recorded.path, hours=0.1, settings=SETTINGS)
