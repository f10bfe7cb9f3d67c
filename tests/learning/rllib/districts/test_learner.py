"""The learner of a district between two rounds."""

from types import SimpleNamespace

from traffic_marl.learning.rllib.districts.learner import DistrictLearner
from traffic_marl.learning.rllib.faults.runners import NoRunnerError


def test_a_district_whose_last_runner_dies_between_two_rounds_goes_on():
    asked = []

    def foreach_env_runner(function):
        asked.append(function)
        raise NoRunnerError

    learner = object.__new__(DistrictLearner)
    learner._algorithm = SimpleNamespace(env_runner_group=SimpleNamespace(foreach_env_runner=foreach_env_runner))

    learner.prepare_environments(print)

    assert len(asked) == 1
