"""A plan by a real measurement."""

from tests.helpers.measured import measurement
from traffic_marl import train
from traffic_marl.learning.placing import choosing
from traffic_marl.learning.placing.demand import Demand, Node
from traffic_marl.learning.placing.placement import Placement
from traffic_marl.learning.placing.plan import planned_best
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
    node = Node("a", "here", 2, 0, 2, 0)
    plan = planned_best(Demand(0, 0), [node], 1, measurement({1: 0.01}), measurement({0: 0.01}), 2)
    asked = []
    monkeypatch.setattr(choosing, "make_plan", lambda *known, **others: asked.append((known, others)) or plan)
    few = Validation(seeds=1, classical=False)
    away = Placement(address="10.0.0.7:6379")
    train(one_way, tmp_path / "run", iterations=1, runners="auto", validation=few, placement=away, **TINY)
    ((scenario, settings, placement), others) = asked[0]
    assert (scenario, settings.runners, placement, others) == (one_way, 0, away, {"chooses": True})
    assert RunFolder.open_run(tmp_path / "run").settings.training.runners == plan.runners == 0


def test_a_number_that_is_found_replaces_auto(one_way, monkeypatch):
    node = Node("a", "here", 2, 0, 2, 0)
    plan = planned_best(Demand(0, 0), [node], 1, measurement({1: 9.0, 2: 9.0}), measurement({0: 90.0}), 2)
    monkeypatch.setattr(choosing, "make_plan", lambda *known, **others: plan)
    told = []
    away = Placement(address="10.0.0.7:6379")
    settings, where = choosing.with_chosen_runners(one_way, TrainingSettings.chosen(), away, told.append)
    assert (settings.runners, where) == (2, away)
    assert told == [plan.why]
