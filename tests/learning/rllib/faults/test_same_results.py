"""One runner in a process of its own learns the same as the main process, and goes on the same from a checkpoint."""

from contextlib import closing

import numpy as np
import pytest

from tests.helpers.made_up_runs import SMALL
from traffic_marl.learning.rllib.learner import RllibLearner
from traffic_marl.learning.settings import TrainingSettings

SHARES = (0.0, 0.5)  # of the budget, before each iteration


def weights_of(learner):
    """The weights of all modules, by name."""
    modules = learner._algorithm.learner_group.get_state(components="learner/rl_module")["learner"]["rl_module"]
    return {f"{module}/{name}": np.array(each) for module, own in modules.items() for name, each in own.items()}


def trained(algorithm, runners, folder=None):
    """The weights after two iterations. The state after the first one is kept in a folder."""
    settings = TrainingSettings.chosen(algorithm=algorithm, runners=runners, copies=2, hidden=(8,))
    with closing(RllibLearner(SMALL, settings)) as learner:
        for share in SHARES:
            learner.iterate(share)
            if share == SHARES[0] and folder is not None:
                learner.save(folder)
        return weights_of(learner)


def went_on(algorithm, runners, folder):
    """The weights of a new learner that goes on from the state in a folder."""
    settings = TrainingSettings.chosen(algorithm=algorithm, runners=runners, copies=2, hidden=(8,))
    with closing(RllibLearner(SMALL, settings)) as learner:
        learner.restore(folder)
        learner.iterate(SHARES[1])
        return weights_of(learner)


def differences(one, other):
    """The names of the weights that are not equal to the last digit."""
    assert one.keys() == other.keys()
    return [name for name in one if not np.array_equal(one[name], other[name])]


@pytest.mark.parametrize("algorithm", ["ppo", pytest.param("dqn", marks=pytest.mark.slow)])
def test_one_runner_gives_the_weights_that_the_main_process_gives(cluster, tmp_path, algorithm):
    here = trained(algorithm, 0)
    apart = trained(algorithm, 1, tmp_path)
    assert differences(here, apart) == []
    if algorithm == "ppo":  # the memory of deep Q-learning is no part of a checkpoint
        assert differences(apart, went_on(algorithm, 1, tmp_path)) == []
