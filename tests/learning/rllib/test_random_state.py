import random
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from traffic_marl.learning.rllib.learner import FORMER_RANDOM_STATE, RANDOM_STATE, RllibLearner
from traffic_marl.learning.rllib.random_state import restore_random_state, save_random_state
from traffic_marl.learning.trust import FORMER_CHECKPOINT


def draws():
    """Numbers of all three libraries."""
    return random.random(), np.random.rand(), torch.rand(1).item()  # noqa: NPY002


def test_draws_continue_as_they_would_have(tmp_path):
    save_random_state(tmp_path / "state.npz")
    expected = draws()
    assert draws() != expected
    restore_random_state(tmp_path / "state.npz")
    assert draws() == expected


@pytest.mark.parametrize("name", [RANDOM_STATE, FORMER_RANDOM_STATE])
def test_a_checkpoint_of_version_0_1_holds_it_under_another_name(tmp_path, name):
    learner = RllibLearner.__new__(RllibLearner)
    learner._algorithm = SimpleNamespace(restore_from_path=lambda path: None)
    (tmp_path / FORMER_CHECKPOINT).mkdir()
    save_random_state(tmp_path / RANDOM_STATE)
    (tmp_path / RANDOM_STATE).rename(tmp_path / name)
    expected = draws()
    learner.restore(tmp_path, is_trusted=True)
    assert draws() == expected
