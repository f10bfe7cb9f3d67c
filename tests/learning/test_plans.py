"""Policies that observe the plans of their intersections are trained and used."""

import io

import numpy as np
import pytest
import torch

from tests.helpers.made_up_runs import actor_on, made_up_run
from tests.helpers.two_intersections import scenario
from traffic_marl import run, train
from traffic_marl.errors import UsageError
from traffic_marl.learning.learned import load_learned
from traffic_marl.learning.policies import ActorPolicy
from traffic_marl.learning.runs.budget import Validation
from traffic_marl.learning.settings import TrainingSettings
from traffic_marl.learning.starting.sources import first_weights, inherited, source_of
from traffic_marl.observation import groups_of
from traffic_marl.planning import Planner, PlanOptions
from traffic_marl.scenario import Messages, validation_seeds
from traffic_marl.strategies.conditions import conditions_of

PLAIN = scenario(duration_s=300)
FAILING = scenario(duration_s=300, messages=Messages(lost_share=0.3, false_share=0.5, delay_s=10))
SHORT = {"iterations": 1, "copies": 2, "hidden": (8, 8), "fragment": 20}
ONCE = Validation(every=1, seeds=2, classical=False)
OBSERVATION = "queue+plan"


@pytest.mark.parametrize(
    ("one", "choices"),
    [
        (PLAIN, {"policy": "shared"}),
        (PLAIN, {"policy": "shared", "network": "mlp"}),
        (PLAIN, {"policy": "shared", "action": "plan", "residual": True}),
        (PLAIN, {"policy": "shared", "residual": True, "algorithm": "appo"}),
        pytest.param(PLAIN, {"policy": "independent", "action": "gap_out"}, marks=pytest.mark.slow),
        (FAILING, {"policy": "attention"}),
        (FAILING, {"policy": "message"}),
    ],
)
def test_a_policy_that_sees_plans_is_used_as_it_was_validated(cluster, tmp_path, one, choices):
    report = train(one, tmp_path / "run", observation=OBSERVATION, validation=ONCE, **SHORT, **choices)
    delays = run(one, f"{tmp_path}/run:checkpoint=last", validation_seeds(2)).measures.mean_delay
    assert delays.mean() == report.delay


def test_a_policy_without_plans_begins_one_that_does_not_care_for_them_yet(tmp_path):
    source = made_up_run(tmp_path / "source", PLAIN, observation="queue", hidden=(8, 8))
    with np.load(source.checkpoint(source.state.last) / "policy.npz") as arrays:
        before = dict(arrays)
    settings = TrainingSettings(observation=OBSERVATION, hidden=(8, 8))
    begun = np.load(io.BytesIO(first_weights(source_of(str(source.path)), PLAIN, settings)["actor.npz"]))
    (name,) = (each for each in before if each.endswith(".phase.weight"))
    assert np.array_equal(begun[name][:, :3], before[name])
    assert begun[name].shape[1] == 5
    assert (begun[name][:, 3:] == 0.0).all()


def silent(path, **settings):
    """The name of a run whose network has the same logit for each phase, so that the plan alone decides."""
    scenario, training = PLAIN, TrainingSettings(observation=OBSERVATION, hidden=(8, 8), **settings)
    policy = ActorPolicy(actor_on(scenario, training), training.algorithm)
    for weight in policy.actor.network.score.parameters():
        weight.data.zero_()
    made_up_run(path, scenario, policy, observation=OBSERVATION, hidden=(8, 8), **settings)
    return str(path)


def test_a_residual_policy_begins_as_the_plan(tmp_path):
    """Its controller asks for the phase of least planned delay at each decision."""
    name = silent(tmp_path / "run", residual=True, interval=1)
    conditions = conditions_of(PLAIN, 1, (1, 2))
    controller = load_learned(name).start(conditions)
    planner = Planner(conditions.network, conditions.timing, 1, PlanOptions(), conditions.flow)
    simulation = PLAIN.simulation((1, 2))
    changes = 0
    for _ in range(200):
        readings = simulation.readings()
        delays, asked = planner(readings), controller.decide(readings)
        wanted = np.take_along_axis(delays, asked[:, :, None], axis=2)[:, :, 0]
        assert wanted == pytest.approx(delays.min(axis=2), abs=1e-3)
        changes += int((asked != readings.phase).sum())
        simulation.advance(asked, 1)
    assert changes > 10


def test_a_residual_policy_does_better_than_a_silent_one_that_sees_the_plan(tmp_path):
    names = [silent(tmp_path / str(residual), residual=residual, interval=1) for residual in (True, False)]
    planned, silenced = (run(PLAIN, name, validation_seeds(2)).measures.mean_delay.mean() for name in names)
    assert planned < 0.7 * silenced


def test_a_policy_without_plans_begins_a_residual_one(tmp_path):
    """Its probabilities are then those of the policy times those of the plan."""
    source = made_up_run(tmp_path / "source", PLAIN, observation="queue", hidden=(8, 8))
    settings = TrainingSettings(observation=OBSERVATION, hidden=(8, 8), residual=True)
    begun = np.load(io.BytesIO(first_weights(source_of(str(source.path)), PLAIN, settings)["actor.npz"]))
    actor = actor_on(PLAIN, settings)
    actor.load_state_dict({name: torch.from_numpy(begun[name]) for name in begun})
    seen = torch.rand(3, 2, actor.architecture.layout.size)
    phases = actor.architecture.layout.split(seen)[1]
    phases[..., 2] = 1.0
    before = source.policy(source.state.last).actor()
    narrow = before.architecture.layout
    movements, _, signal = actor.architecture.layout.split(seen)
    less = torch.cat((movements.flatten(2), phases[..., : len(narrow.phase_features)].flatten(2), signal), -1)
    wide = torch.cat((movements.flatten(2), phases.flatten(2), signal), -1)
    expected = before(less) + torch.log(phases[..., 3])
    assert torch.allclose(actor(wide), expected, atol=1e-5)


def test_a_run_goes_on_as_residual_if_it_began_so(tmp_path):
    source = made_up_run(tmp_path / "source", PLAIN, observation=OBSERVATION, residual=True, action="plan", interval=1)
    assert inherited(source_of(str(source.path)), {})["residual"] is True
    assert inherited(source_of(str(source.path)), {})["action"] == "plan"


def test_a_run_goes_on_without_the_plans_logits_if_it_began_so(tmp_path):
    choices = {"observation": OBSERVATION, "residual": False, "action": "plan", "interval": 1}
    source = source_of(str(made_up_run(tmp_path / "source", PLAIN, **choices).path))
    assert not TrainingSettings.chosen(**inherited(source, {})).residual


def test_a_policy_of_another_action_space_becomes_residual_with_plans(tmp_path):
    source = source_of(str(made_up_run(tmp_path / "source", PLAIN, observation="queue").path))
    chosen = {"action": "plan", "observation": OBSERVATION}
    assert TrainingSettings.chosen(**chosen, **inherited(source, chosen)).residual


def test_the_action_space_of_plans_begins_residual_and_sees_plans_unless_told_otherwise():
    settings = TrainingSettings.chosen(action="plan")
    assert (settings.residual, settings.interval) == (True, 1)
    assert groups_of(settings.observation) == groups_of("upstream+plan")
    assert not TrainingSettings.chosen(action="plan", algorithm="dqn").residual
    assert not TrainingSettings.chosen(action="plan", residual=False).residual


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ({"residual": True}, "residual: it needs the features of plan, which the observation lacks"),
        (
            {"action": "plan", "interval": 1},
            "action: its choices need the features of plan, which the observation lacks; give the observation upstream",
        ),
        (
            {"residual": True, "algorithm": "dqn", "observation": OBSERVATION},
            "residual: dqn learns values, which are not added to the logits of a plan",
        ),
    ],
)
def test_what_needs_a_plan_is_refused_without_one(choices, message):
    with pytest.raises(UsageError) as error:
        TrainingSettings(**choices)
    assert str(error.value).startswith(message)
