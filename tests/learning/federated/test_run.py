"""Federated runs from begin to end, with districts in this process."""

import pytest

from tests.helpers.districts_here import DistrictsHere
from traffic_marl import Federation, Validation, train
from traffic_marl.errors import UsageError
from traffic_marl.files import read_arrays
from traffic_marl.learning.curves import curve_of, grouped, read_runs
from traffic_marl.learning.environment import STAND_IN
from traffic_marl.learning.learned import load_learned
from traffic_marl.learning.resuming import code_of_training, resume
from traffic_marl.learning.rllib.districts import actors
from traffic_marl.learning.runs.budget import Budget
from traffic_marl.learning.runs.folder import RunFolder
from traffic_marl.learning.runs.state import RunSettings
from traffic_marl.learning.settings import TrainingSettings
from traffic_marl.learning.train import begin, run_training
from traffic_marl.rollout import run
from traffic_marl.scenario import load_scenario

pytestmark = pytest.mark.usefixtures("cluster")
QUICK = {"copies": 1, "fragment": 20, "minibatch": 32, "validation": Validation(1, 1, False)}


@pytest.fixture(autouse=True)
def districts_here(monkeypatch):
    monkeypatch.setattr(actors, "DistrictActors", lambda tasks, placement: DistrictsHere(tasks))


@pytest.fixture
def districts(one_way, tmp_path):
    short = one_way.model_copy(update={"duration_s": 100, "clearing_s": 60})
    for name in ("north", "south"):
        short.save(tmp_path / f"{name}.json")
    return tuple(f"{name}={tmp_path / name}.json" for name in ("north", "south"))


def test_a_federated_run_is_validated_in_its_districts_goes_on_and_is_a_strategy(districts, tmp_path, one_way):
    out = tmp_path / "run"
    federation = Federation(districts, average_every=1)
    report = train(None, out, federation=federation, iterations=1, target="fixed_time", **QUICK)
    assert report.doing == "done"
    rows = RunFolder.open_run(out).progress()
    assert [row["iteration"] for row in rows] == [0, 1]
    assert rows[1]["validation_delay_of_north"] == rows[1]["validation_delay_of_south"] > 0.0

    folder = resume(RunFolder.open_run(out), Budget(2))
    assert run_training(folder).iteration == 2
    assert [row["iteration"] for row in RunFolder.open_run(out).progress()] == [0, 1, 2]
    policy = load_learned(str(out))
    assert policy.strategy.origin().found == "trained by ppo on the districts north, south"
    assert run(one_way, policy, [0], until=60).measures.mean_delay[0] >= 0.0
    (curve,) = [curve_of(group) for group in grouped(read_runs([str(out)]))]
    assert curve.group.traffic == "the districts north, south"


def test_with_noise_a_run_has_no_delays_but_those_in_the_folders_of_the_districts(districts, tmp_path):
    federation = Federation(districts, average_every=1, update_clip=0.1, noise=4.0)
    report = train(None, tmp_path / "run", federation=federation, iterations=2, **QUICK)

    folder = RunFolder.open_run(tmp_path / "run")
    assert (report.iteration, report.best_delay, folder.state.best) == (2, None, None)
    assert all(row["validation_delay"] == "" for row in folder.progress())
    epsilons = [row.get("epsilon") for row in folder.progress()]
    assert epsilons[1:] == [federation.privacy.epsilon(1), federation.privacy.epsilon(2)]
    own = (tmp_path / "run" / "districts" / "north" / "progress.csv").read_text().splitlines()
    assert "validation_delay" in own[0]
    assert len(own) == 4


def test_a_federated_run_begins_with_the_weights_of_another_one(districts, tmp_path):
    first = train(None, tmp_path / "first", federation=Federation(districts, average_every=1), iterations=1, **QUICK)
    assert first.iteration == 1
    trained = RunFolder.open_run(tmp_path / "first").policy("iteration_000001").arrays

    other = tuple(reversed(districts))
    train(None, tmp_path / "next", federation=Federation(other), start=tmp_path / "first", iterations=1, **QUICK)

    folder = RunFolder.open_run(tmp_path / "next")
    assert set(folder.state.start) == {"actor.npz"}, "critics of districts differ in size"
    begun = read_arrays(tmp_path / "next", "start/actor.npz")
    assert all((begun[name] == trained[name]).all() for name in trained)


def test_files_of_districts_are_code_unless_the_user_names_them(tmp_path):
    federation = Federation(("north=elsewhere/north.py", "south=grid_2x2_smoke"))
    settings = RunSettings(TrainingSettings(), Budget(1), Validation(1, 1, False), federation=federation)
    begin(load_scenario(STAND_IN), settings, tmp_path / "run")

    folder = RunFolder.open_run(tmp_path / "run")
    assert code_of_training(folder) == ["elsewhere/north.py"]
    folder.named = frozenset({"districts"})
    assert code_of_training(folder) == []
    folder.named = frozenset()
    with pytest.raises(UsageError, match="would be executed"):
        resume(folder, Budget(2))


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"policy": "independent"}, "policy: districts cannot share the weights of independent"),
        ({"critic": "central"}, "critic: a central critic sees"),
        ({"algorithm": "tabular-q"}, "policy|algorithm"),
        ({"also": ("grid_3x3_steady",)}, "also: "),
        ({"random": 3}, "random: "),
        ({"learners": 1}, "learners: "),
        ({"imitate": "actuated"}, "imitate: "),
        ({"target": "mine.py:Mine"}, "target"),
    ],
)
def test_what_districts_cannot_share_is_refused_before_anything_starts(settings, told, tmp_path):
    federation = Federation(("a=grid_2x2_smoke", "b=grid_3x3_steady"))
    with pytest.raises(UsageError, match=told):
        train(None, tmp_path / "run", federation=federation, iterations=1, **settings)
    assert not (tmp_path / "run").exists()


def test_a_target_is_refused_where_delays_stay_in_the_districts(tmp_path):
    federation = Federation(("a=grid_2x2_smoke", "b=grid_3x3_steady"), update_clip=1.0, noise=1.0)
    with pytest.raises(UsageError, match="with noise no delay leaves the districts"):
        train(None, tmp_path / "run", federation=federation, iterations=1, target="actuated")


def test_districts_of_a_scenario_are_told_before_anything_starts(tmp_path):
    with pytest.raises(UsageError, match="2 intersections are in no district"):
        train("grid_2x2_smoke", tmp_path / "run", federation=Federation(("a=*_1_1", "b=*_1_2")))
