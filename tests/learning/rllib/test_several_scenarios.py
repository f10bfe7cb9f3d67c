import numpy as np
import pytest

from traffic_marl.errors import UsageError
from traffic_marl.learning.environment import ScenarioEnvironment
from traffic_marl.learning.rllib.build import architecture_of
from traffic_marl.learning.settings import TrainingSettings
from traffic_marl.scenario import load_scenario
from traffic_marl.scenario.seeds import TEST, TRAINING, VALIDATION


@pytest.fixture
def arterial(tmp_path):
    """The path of an arterial that lasts as long as the small grid."""
    path = tmp_path / "arterial.json"
    load_scenario("arterial_1x6").model_copy(update={"duration_s": 600}).save(path)
    return str(path)


def test_a_policy_is_trained_on_several_scenarios_at_once(arterial):
    settings = TrainingSettings(also=(arterial,), copies=2)
    grid = load_scenario("grid_2x2_smoke")
    env = ScenarioEnvironment(grid, settings)(2)
    assert env.reset().shape == (2, 4 + 6, env.layout.size)
    assert architecture_of(grid, settings).agents == 10
    _, rewards, *_ = env.step(np.zeros((2, 10), int))
    assert rewards.shape == (2, 10)
    assert TrainingSettings.from_json(settings.to_json()) == settings


def test_scenarios_that_do_not_go_together_are_refused():
    with pytest.raises(UsageError, match="differ in decisions"):
        ScenarioEnvironment(load_scenario("grid_2x2_smoke"), TrainingSettings(also=("arterial_1x6",)))(1)


@pytest.mark.parametrize("choices", [{"policy": "independent"}, {"critic": "central"}, {"stock": True}])
def test_several_scenarios_share_a_policy_and_a_local_critic(choices):
    with pytest.raises(UsageError, match="nothing but a shared policy and a local critic"):
        TrainingSettings(also=("arterial_1x6",), **choices)


def test_no_two_runners_meet_the_same_traffic():
    """Nor do they meet that of validations and tests."""
    grid, settings = load_scenario("grid_2x2_smoke"), TrainingSettings(seed=3)
    met = [set(ScenarioEnvironment(grid, settings)(2, runner, 3).seeds[:1000]) for runner in range(3)]
    assert len(set().union(*met)) == 3000
    assert min(min(each) for each in met) == TRAINING[settings.first_seed]
    assert not set().union(*met) & {*VALIDATION, *TEST}
