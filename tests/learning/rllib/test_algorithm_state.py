"""The state of an algorithm of RLlib comes back from files without pickles, and it is the whole state."""

import json
import pickletools

import numpy as np
import pytest

from tests.helpers.made_up_runs import SMALL
from traffic_marl.errors import FileError
from traffic_marl.learning.rllib.learner import RllibLearner
from traffic_marl.learning.settings import TrainingSettings

PARTS = ("env_runner", "training_iteration")  # of a state, besides the learner's
COUNTED = ("num_env_steps_sampled_lifetime", "num_episodes_lifetime")


@pytest.fixture
def learner(cluster):
    """Makes learners with a few weights, and closes them."""
    made = []

    def learner(**changes):
        made.append(RllibLearner(SMALL, TrainingSettings.chosen(**{"copies": 2, "hidden": (8, 8), **changes})))
        return made[-1]

    yield learner
    for each in made:
        each.close()


def state_of(learner):
    """The state of a learner's algorithm."""
    return learner._algorithm.get_state()


def ensure_same(one, other, place=""):
    """Asserts that two states are the same, with the place of the first difference."""
    assert type(one) is type(other), place
    if isinstance(one, dict):
        assert list(one) == list(other), place
        for key, value in one.items():
            ensure_same(value, other[key], f"{place}/{key}")
    elif isinstance(one, list | tuple):
        assert len(one) == len(other), place
        for each, another in zip(one, other, strict=True):
            ensure_same(each, another, place)
    else:
        assert np.array_equal(one, other), place


@pytest.mark.parametrize(
    "changes",
    [
        *({"algorithm": name} for name in ("ppo", "reinforce", "appo", "impala", "dqn")),
        *({"policy": "by-type", "critic": "central"}, {"stock": True}),
    ],
    ids=str,
)
def test_the_state_comes_back_without_pickles(learner, tmp_path, changes):
    trained = learner(**changes)
    for share in (0.0, 0.5):
        trained.iterate(share)
    trained.save(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["random_state.npz", "rllib.json", "rllib.npz"]
    expected = state_of(trained)
    restored = learner(seed=7, **changes)
    restored.restore(tmp_path)
    found = state_of(restored)
    for part in ("rl_module", "optimizer", "weights_seq_no"):
        one, other = (each["learner_group"]["learner"][part] for each in (expected, found))
        ensure_same(one, other, part)
    for part in PARTS:
        ensure_same(expected[part], found[part], part)
    for name in COUNTED:
        one, other = (
            each["metrics_logger"]["stats"][f"env_runners--{name}"]["lifetime_sum"] for each in (expected, found)
        )
        assert one == other
    assert restored.iterate(0.5).agent_steps > 0


def test_no_file_of_a_checkpoint_holds_a_pickle(learner, tmp_path):
    trained = learner()
    trained.iterate(0.0)
    trained.save(tmp_path)
    json.loads((tmp_path / "rllib.json").read_text())
    for name in ("rllib.npz", "random_state.npz"):
        with np.load(tmp_path / name, allow_pickle=False) as arrays:
            assert all(arrays[each].dtype.kind in "biuf" for each in arrays.files)
        with pytest.raises(ValueError, match=r"."):
            list(pickletools.genops((tmp_path / name).read_bytes()))


def test_a_state_without_a_weight_is_refused(learner, tmp_path):
    trained = learner()
    trained.iterate(0.0)
    trained.save(tmp_path)
    text = (tmp_path / "rllib.json").read_text()
    (tmp_path / "rllib.json").write_text(text.replace("actor.network.own.weight", "actor.network.other.weight"))
    with pytest.raises(KeyError, match=r"own\.weight"):
        trained.restore(tmp_path)
    (tmp_path / "rllib.npz").unlink()
    with pytest.raises(FileError, match=r"rllib\.npz is missing"):
        trained.restore(tmp_path)


# Weights to begin with


def weights_of(learner):
    """The weights of all modules of a learner, by name."""
    modules = learner._algorithm.learner_group.get_state(components="learner/rl_module")["learner"]["rl_module"]
    return {f"{module}/{name}": np.array(each) for module, own in modules.items() for name, each in own.items()}


def sampled_with(learner):
    """The weights of the actor that the runner of a learner asks."""
    return learner._algorithm.env_runner.module.get_state()["team"]


@pytest.mark.parametrize("name", ["ppo", "reinforce", "appo", "impala", "dqn"])
def test_learner_runner_and_target_network_begin_with_the_weights_that_are_taken(learner, name):
    former, new = learner(algorithm=name, seed=1), learner(algorithm=name, seed=2)
    arrays = former.policy().arrays()
    new.take(arrays)
    found = weights_of(new)
    for each, array in arrays.items():
        for prefix in ("actor", "target_actor"):
            if f"team/{prefix}.{each}" in found:
                assert np.array_equal(found[f"team/{prefix}.{each}"], array)
        assert np.array_equal(sampled_with(new)[f"actor.{each}"], array)
    assert new.iterate(0.0).agent_steps > 0


@pytest.mark.parametrize("policy", ["shared", "independent", "by-type"])
def test_modules_of_stock_sampling_begin_with_the_weights_that_are_taken(learner, policy):
    former, new = learner(policy=policy, seed=1), learner(policy=policy, seed=2, stock=True)
    critic = {
        name.removeprefix("team/critic."): each
        for name, each in weights_of(former).items()
        if name.startswith("team/critic.")
    }
    new.take(former.policy().arrays(), critic)
    assert all(np.array_equal(new.policy().arrays()[name], each) for name, each in former.policy().arrays().items())
    module = {"shared": "shared", "independent": "intersection_0", "by-type": "kind_0"}[policy]
    first = weights_of(new)[f"{module}/critic.network.1.weight"]
    prefix = {"shared": "network", "independent": "network.network", "by-type": "network.networks.0"}[policy]
    given = critic[f"{prefix}.1.weight"]
    assert np.array_equal(first, given[0].T if policy == "independent" else given)


def test_weights_of_another_network_are_refused(learner):
    new = learner()
    before = weights_of(new)
    arrays = new.policy().arrays()
    name = next(iter(arrays))
    for wrong in ({**arrays, "more": arrays[name]}, {**arrays, name: arrays[name][:1]}, dict(list(arrays.items())[1:])):
        with pytest.raises(ValueError, match="weights of another network"):
            new.take(wrong)
    assert all(np.array_equal(before[each], value) for each, value in weights_of(new).items())


@pytest.mark.parametrize(
    "changes", [{}, {"algorithm": "appo"}, {"algorithm": "impala"}, {"policy": "independent"}], ids=str
)
def test_a_critic_that_learns_alone_leaves_the_actor_and_its_moments_as_they_are(learner, changes):
    trained = learner(**changes)
    before = weights_of(trained)
    trained.iterate(0.0, critic_alone=True)
    after = weights_of(trained)
    changed = {name.split(".")[0] for name in before if not np.array_equal(before[name], after[name])}
    assert "team/critic" in changed
    assert not changed & {"team/actor", "team/target_actor"}
    optimiser = state_of(trained)["learner_group"]["learner"]["optimizer"]["team_default_optimizer"]
    assert len(optimiser["state"]["state"]) == sum("critic" in name for name in before), "the actor has no moments yet"
    trained.iterate(0.5)
    assert any(not np.array_equal(after[name], each) for name, each in weights_of(trained).items() if "/actor" in name)
