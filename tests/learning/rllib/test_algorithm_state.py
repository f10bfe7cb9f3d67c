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
