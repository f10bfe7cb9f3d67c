"""A federated training of two small districts in this process."""

import math
from pathlib import Path

import numpy as np
import pytest

from tests.helpers.districts_here import DistrictsHere
from traffic_marl.errors import FileError, UsageError
from traffic_marl.learning.environment import STAND_IN
from traffic_marl.learning.federated.averaging import norm_of
from traffic_marl.learning.federated.checks import tasks_of
from traffic_marl.learning.federated.federation import Federation
from traffic_marl.learning.federated.learner import FederatedLearner
from traffic_marl.learning.federated.traffic import FederatedTraffic
from traffic_marl.learning.rllib.faults.runners import begin_again
from traffic_marl.learning.rllib.sampling.weights import MODULES
from traffic_marl.learning.runs.budget import Budget, Validation
from traffic_marl.learning.runs.state import RunSettings
from traffic_marl.learning.settings import TrainingSettings
from traffic_marl.learning.train import begin
from traffic_marl.scenario import GridNetwork, Signals, load_scenario

pytestmark = pytest.mark.usefixtures("cluster")


@pytest.fixture
def districts(one_way, tmp_path):
    """Two districts in files: the second one has another number of phases and twice the intersections."""
    wide = GridNetwork(rows=1, columns=2, block_m=150.0)
    other = one_way.model_copy(
        update={"name": "wide", "network": wide, "duration_s": 200, "signals": Signals(phases="two")}
    )
    for scenario in (one_way, other):
        scenario.save(tmp_path / f"{scenario.name}.json")
    return tuple(f"{each.name}={tmp_path / each.name}.json" for each in (one_way, other))


def begun(path, districts, scenario=STAND_IN, settings=None, **terms):
    """The folder of a new federated run."""
    federation = Federation(districts=districts, **{"average_every": 1, **terms})
    training = settings or TrainingSettings(copies=2, fragment=60, minibatch=64)
    run = RunSettings(training, Budget(3), Validation(every=1, seeds=1), federation=federation)
    return begin(load_scenario(scenario), run, Path(path))


def started(folder):
    """The districts and the learner of a run."""
    group = DistrictsHere(tasks_of(folder))
    return group, FederatedLearner(group, folder.settings.federation, folder.settings.training)


def runner_weights(training):
    """The weights with which the runner of a district samples."""
    found = training.learner.each_runner(lambda runner: runner.module["team"].state_dict())
    return {f"{name}": value.numpy() for name, value in found[0].items() if name.startswith("actor.")}


def critic_weights(training):
    """The weights of the critic of a district, and the scale of its returns."""
    state = training.learner._algorithm.learner_group.get_state(components=MODULES)
    module = state["learner"]["rl_module"]["team"]
    return {name: value.copy() for name, value in module.items() if name.startswith(("critic.", "return_scale."))}


def test_a_round_averages_what_districts_with_other_phases_have_learnt(tmp_path, districts):
    group, learner = started(begun(tmp_path / "run", districts))
    before = learner.common
    samples = {}
    weights = {}
    for training in group.trainings:
        round_of = training.train

        def watched(*arguments, training=training, round_of=round_of, **named):
            result = round_of(*arguments, **named)
            samples[training.task.number] = result.update.agent_steps
            weights[training.task.number] = training.learner.weights()
            return result

        training.train = watched

    iteration = learner.iterate(0.0)

    assert samples == {0: 2 * 60, 1: 2 * 40 * 2}, "copies, decisions and intersections"
    assert iteration.agent_steps == sum(samples.values())
    for name, array in learner.common.items():
        expected = weights[0][name] * 3.0 / 7.0 + weights[1][name] * 4.0 / 7.0
        assert np.allclose(array, expected, atol=1e-6), name
        assert name.startswith("actor."), "critics stay in their districts"
    assert any((learner.common[name] != before[name]).any() for name in before)
    group.close()


def test_a_critic_stays_in_its_district(tmp_path, districts):
    group, learner = started(begun(tmp_path / "run", districts))
    learner.iterate(0.0)
    critics = [critic_weights(training) for training in group.trainings]

    for training, before in zip(group.trainings, critics, strict=True):
        training.learner.replace(learner.common)
        after = critic_weights(training)
        assert all((after[name] == before[name]).all() for name in before)

    assert any((critics[0][name] != critics[1][name]).any() for name in critics[0])
    group.close()


def test_districts_sample_with_the_common_weights_even_after_rllib_has_counted_newer_ones(tmp_path, districts):
    group, learner = started(begun(tmp_path / "run", districts))
    learner.iterate(0.0)
    training = group.trainings[0]
    common = {name: array + 1.0 for name, array in learner.common.items()}

    training.learner.replace(common)

    for name, array in runner_weights(training).items():
        assert np.allclose(array, common[name]), name
    with pytest.raises(ValueError, match="another network"):
        training.learner.replace({"actor.other": np.zeros(1)})
    group.close()


def test_a_run_that_goes_on_is_the_one_that_was_not_interrupted(tmp_path, districts):
    folder = begun(tmp_path / "run", districts)
    group, learner = started(folder)
    learner.iterate(0.0)
    (tmp_path / "kept").mkdir()
    learner.save(tmp_path / "kept")
    learner.iterate(0.5)
    expected = learner.common
    group.close()

    folder.state = folder.state.__class__(validation_seeds=folder.state.validation_seeds, iteration=1, last="x")
    again, resumed = started(folder)
    resumed.restore(tmp_path / "kept")
    resumed.iterate(0.5)

    assert resumed.rounds == 2
    assert all((resumed.common[name] == expected[name]).all() for name in expected)
    again.close()


def test_with_noise_nothing_but_noised_updates_leaves_a_district(tmp_path, districts):
    group, learner = started(begun(tmp_path / "run", districts, update_clip=1e-3, noise=50.0))
    rounds = group.each("train", learner.common, 0.0)
    traffic = FederatedTraffic(group, learner.federation)

    numbers = sum(array.size for array in learner.common.values())
    for each in rounds:
        assert each.results is None
        assert norm_of(each.update.change) == pytest.approx(0.05 * numbers**0.5, rel=0.05)
    assert (rounds[0].update.change["actor.network.score.weight"] != 0.0).all()
    assert traffic.validated(learner.policy(), learner.settings) is None
    assert "validation_delay" in group.trainings[0].folder.rows[-1], "the district itself may see it"
    iteration = learner.iterate(0.0)
    privacy = learner.federation.privacy
    assert iteration.scalars["epsilon"] == privacy.epsilon(2), "the first updates have left, too"
    assert (iteration.mean_return, iteration.training_delay) == (None, None)
    assert set(iteration.scalars) == {
        "moved_bytes_of_updates",
        "epsilon",
        "update_norm_of_one_way",
        "update_norm_of_wide",
    }
    group.close()


def test_an_update_is_no_longer_than_its_bound(tmp_path, districts):
    group, learner = started(begun(tmp_path / "run", districts, update_clip=1e-3))
    for each in group.each("train", learner.common, 0.0):
        assert norm_of(each.update.change) == pytest.approx(1e-3, rel=1e-3)
    group.close()


def test_districts_that_divide_a_scenario_learn_from_their_own_intersections(tmp_path):
    parts = ("west=*_1_1+*_2_1", "east=*_1_2+*_2_2")
    folder = begun(tmp_path / "run", parts, "grid_2x2_smoke", divides=True)
    group, learner = started(folder)
    iteration = learner.iterate(0.0)
    assert iteration.agent_steps > 0
    traffic = FederatedTraffic(group, learner.federation)
    delays = traffic.validated(learner.policy(), learner.settings)
    assert set(delays.each) == {"west", "east"}
    assert all(delay > 1.0 for delay in delays.each.values())
    assert delays.mean == pytest.approx(math.sqrt(delays.each["west"] * delays.each["east"]))
    group.close()


def divided(path, **choices):
    """The districts and the learner of a run that divides a grid."""
    parts = ("west=*_1_1+*_2_1", "east=*_1_2+*_2_2")
    settings = TrainingSettings(**{"copies": 2, "fragment": 20, "minibatch": 64, "hidden": (8,)} | choices)
    return started(begun(path, parts, "grid_2x2_smoke", settings, divides=True))


def asked_of_all(runner):
    """The observations (B, N, F) of all intersections, and what they are asked for if they are not the district's."""
    runner.sample(num_timesteps=1, force_reset=True)
    return runner.env._seen, runner.env._of_others(runner.env._seen)


def test_the_neighbours_of_an_environment_that_is_made_within_a_round_follow_the_common_policy(tmp_path):
    group, learner = divided(tmp_path / "run")
    common = learner.policy()
    learner.iterate(0.0)
    for training in group.trainings:
        runner = training.learner._algorithm.env_runner
        former, runner.copies = runner.env, 3
        seen, asked = asked_of_all(runner)
        assert runner.env is not former
        assert len(asked) == 3
        assert (asked == common.probabilities(seen).argmax(-1)).all()
    group.close()


@pytest.mark.slow
def test_the_neighbours_of_a_successor_of_a_lost_runner_follow_the_common_policy_at_once(tmp_path):
    group, learner = divided(tmp_path / "run", runners=1)
    common = learner.policy()
    learner.iterate(0.0)
    training = group.trainings[1].learner
    training._runners._replace(1)
    begin_again(training._algorithm, training._algorithm.env_runner_group, [1])
    ((seen, asked),) = training.each_runner(asked_of_all)
    assert (asked == common.probabilities(seen).argmax(-1)).all()
    group.close()


def test_a_district_refuses_to_go_on_from_another_machine(tmp_path, districts):
    folder = begun(tmp_path / "run", districts)
    folder.state = folder.state.__class__(validation_seeds=folder.state.validation_seeds, iteration=1, last="x")
    with pytest.raises(FileError, match="holds no district on this machine"):
        started(folder)


def test_an_mlp_needs_districts_with_the_same_phases(tmp_path, districts):
    settings = TrainingSettings(network="mlp", copies=2, fragment=20)
    with pytest.raises(UsageError, match="use the phase network"):
        started(begun(tmp_path / "run", districts, settings=settings))
