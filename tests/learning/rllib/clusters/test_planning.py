"""A plan by a real measurement."""

from traffic_marl import train
from traffic_marl.learning.placing.placement import Placement
from traffic_marl.learning.rllib.clusters.planning import plan_training
from traffic_marl.learning.runs.budget import Validation
from traffic_marl.learning.runs.folder import RunFolder
from traffic_marl.learning.settings import TrainingSettings

TINY = {"copies": 1, "epochs": 1, "fragment": 20}


def test_the_measurement_finds_the_machines_the_bytes_and_the_pace(cluster, one_way):
    settings = TrainingSettings.chosen(runners=1, **TINY)
    plan = plan_training(one_way, settings, Placement(), chooses=False, seconds=0.0)
    assert [share.runners for share in plan.shares if share.runners] == [1]
    assert (plan.agent_steps, len(plan.measured.costs)) == (20.0, 1)
    assert plan.sent > 20 * 4
    assert plan.received > 100
    assert plan.pace == plan.measured.agent_steps / plan.measured.costs[0].seconds
    assert set(plan.measured.homes.values()) == set(plan.measured.machines)


def test_auto_trains_with_the_number_of_runners_that_the_measurement_finds(cluster, one_way, tmp_path, monkeypatch):
    from traffic_marl.learning.rllib.clusters import planning

    monkeypatch.setattr(planning, "SECONDS", 0.0)
    monkeypatch.setattr(planning, "usable_cpus", lambda: 1)
    few = Validation(seeds=1, classical=False)
    train(one_way, tmp_path / "run", iterations=1, runners="auto", validation=few, **TINY)
    assert RunFolder.open_run(tmp_path / "run").settings.training.runners in (0, 1)
