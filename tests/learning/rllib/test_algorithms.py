import numpy as np
import pytest
import torch
from ray.rllib.algorithms.dqn import DQN

from tests.helpers.handmade_team import EPISODE, NETWORK, Copying, built
from traffic_marl.learning.algorithms import DQN as DEEP_Q
from traffic_marl.learning.networks.sharing import ParameterGroup
from traffic_marl.learning.rllib import configs, learners
from traffic_marl.learning.rllib.build import (
    actor_of,
    architecture_of,
    build_algorithm,
    set_progress,
    summary_of,
)
from traffic_marl.learning.rllib.learners import clip, kl_divergence
from traffic_marl.learning.rllib.modules import TEAM
from traffic_marl.learning.settings import TrainingSettings
from traffic_marl.scenario import load_scenario

EXPLORATION = DEEP_Q.exploration
pytestmark = pytest.mark.usefixtures("cluster")


@pytest.fixture
def train():
    """Builds an algorithm, has it train, and stops it at the end of the test."""
    running = []

    def start(iterations=0, **choices):
        algorithm = built(**choices)
        running.append(algorithm)
        return algorithm, [summary_of(algorithm.train()) for _ in range(iterations)]

    yield start
    for algorithm in running:
        algorithm.stop()


def right_share(algorithm, is_greedy=False):
    """Mean probability of the right phase on seeds never met; with `is_greedy` how often it is the greatest."""
    env = Copying(20, range(900, 940))
    observations, shares = env.reset(), []
    for _ in range(EPISODE):
        with torch.inference_mode():
            logits = actor_of(algorithm)(torch.from_numpy(observations))
        one_hot = torch.nn.functional.one_hot(logits.argmax(-1), 3)
        probabilities = one_hot if is_greedy else torch.softmax(logits, -1)
        shares.append(np.take_along_axis(probabilities.numpy(), env.wanted[..., None], -1).mean())
        observations, *_ = env.step(np.zeros((20, 2), int))
    return float(np.mean(shares))


def passes(algorithm, share, iterations):
    """Whether it comes to this share of right choices in so many iterations.

    Values of deep Q-learning are no logits: a network that treats phases alike may be right by chance.
    """
    has_values = isinstance(algorithm, DQN)
    assert right_share(algorithm, has_values) < 0.5
    for _ in range(iterations):
        algorithm.train()
        if right_share(algorithm, has_values) > share:
            return True
    return False


def weights_of(algorithm):
    return {name: value.clone() for name, value in actor_of(algorithm).state_dict().items()}


def same(one, other):
    return all(torch.equal(one[name], other[name]) for name in one)


@pytest.mark.parametrize(
    "choices",
    [
        {"algorithm": "ppo"},
        {"algorithm": "ppo", "policy": "independent", "critic": "central"},
        {"algorithm": "ppo", "policy": "by-type", "network": "mlp"},
        {"algorithm": "ppo", "policy": "attention"},
        {"algorithm": "reinforce"},
        {"algorithm": "dqn", "network": "mlp"},
        {"algorithm": "impala"},
        {"algorithm": "appo", "policy": "independent"},
    ],
    ids=lambda choices: "-".join(choices.values()),
)
def test_every_algorithm_learns_to_choose_what_it_is_shown(train, choices):
    algorithm, _ = train(copies=16, discount=0.0, **choices)
    assert passes(algorithm, 0.9, 40)


@pytest.mark.parametrize(
    ("algorithm", "discount", "learns"),
    [*((name, 0.9, True) for name in ("ppo", "reinforce", "dqn", "impala", "appo")), ("ppo", 0.0, False)],
)
def test_what_is_earned_later_counts_as_the_discount_says(train, algorithm, discount, learns):
    algorithm, _ = train(algorithm=algorithm, copies=16, network="mlp", discount=discount, late=True)
    assert passes(algorithm, 0.8, 60 if learns else 20) == learns


@pytest.mark.parametrize(
    "choices",
    [
        {"algorithm": "ppo"},
        {"algorithm": "ppo", "policy": "independent"},
        {"algorithm": "ppo", "policy": "attention"},
        {"algorithm": "reinforce"},
        {"algorithm": "dqn", "network": "mlp"},
        {"algorithm": "impala"},
        {"algorithm": "appo"},
    ],
    ids=lambda choices: "-".join(choices.values()),
)
def test_every_algorithm_learns_from_choices_at_moments_of_their_own(train, choices):
    algorithm, _ = train(copies=32, discount=0.5, action="gap_out", seldom=True, **choices)
    assert passes(algorithm, 0.85, 60)


def test_an_iteration_is_told_in_numbers(train):
    _, summaries = train(1)
    assert summaries[0]["env_steps"] == 3 * EPISODE
    assert summaries[0]["agent_steps"] == 3 * EPISODE * 2
    assert summaries[0]["mean_delay"] == 1.0
    assert 0.0 <= summaries[0]["return"] <= EPISODE
    assert summaries[0]["learning_rate"] == 1e-2
    assert {"policy_loss", "value_loss", "entropy"} <= set(summaries[0])


FIGURES = {"policy_loss", "entropy", "kl_divergence", "actor_gradient_norm", "learning_rate"}
OF_CRITICS = {"value_loss", "critic_gradient_norm"}


@pytest.mark.parametrize(
    ("algorithm", "figures"),
    [
        ("ppo", FIGURES | OF_CRITICS | {"explained_variance"}),
        ("appo", FIGURES | OF_CRITICS),
        ("impala", FIGURES | OF_CRITICS),
        ("reinforce", FIGURES - {"kl_divergence"}),
        ("dqn", {"value_loss", "td_error", "value", "actor_gradient_norm", "learning_rate"}),
    ],
)
def test_each_algorithm_tells_the_figures_that_it_has(train, algorithm, figures):
    _, summaries = train(6, algorithm=algorithm, copies=16)
    told = {**summaries[-2], **summaries[-1]}
    assert set(told) - {"env_steps", "agent_steps", "return", "mean_delay"} == figures
    assert told["actor_gradient_norm"] > 0.0
    if "kl_divergence" in figures:
        assert 0.0 < told["kl_divergence"] < 1.0
    if "explained_variance" in figures:
        assert -1.0 <= told["explained_variance"] <= 1.0


def test_the_divergence_of_two_policies_is_that_of_their_definition():
    former, present = torch.tensor([[0.0, 0.0, -torch.inf], [1.0, 1.0, 1.0]]), torch.zeros(2, 3)
    present[0] = torch.tensor([0.0, np.log(3.0), -torch.inf])
    expected = 0.5 * np.log(0.5 / 0.25) + 0.5 * np.log(0.5 / 0.75)
    assert kl_divergence(former, present).tolist() == pytest.approx([expected, 0.0], abs=1e-6)


def test_an_iteration_without_the_end_of_an_episode_tells_no_return(train):
    _, summaries = train(1, fragment=2)
    assert "return" not in summaries[0]
    assert "mean_delay" not in summaries[0]


def test_rates_follow_the_budget(train):
    algorithm, _ = train()
    settings = TrainingSettings(learning_rate=1e-2, entropy=0.5)
    set_progress(algorithm, settings, 0.5)
    assert summary_of(algorithm.train())["learning_rate"] == pytest.approx(0.55e-2)
    learner = algorithm.learner_group._learner
    assert learner.entropy_coeff_schedulers_per_module[TEAM].get_current_value() == pytest.approx(0.25)
    set_progress(algorithm, settings, 1.0)
    assert summary_of(algorithm.train())["learning_rate"] == pytest.approx(1e-3)


def test_exploration_falls_with_the_budget(train):
    algorithm, _ = train(algorithm="dqn")
    settings = TrainingSettings(algorithm="dqn")
    set_progress(algorithm, settings, 0.25)
    assert algorithm.env_runner.module[TEAM].exploration == EXPLORATION.at(0.25)
    assert EXPLORATION.at(0.0) == 1.0
    assert EXPLORATION.at(0.25) == pytest.approx(0.525)
    assert [EXPLORATION.at(0.5), EXPLORATION.at(1.0)] == pytest.approx([0.05, 0.05])


@pytest.mark.parametrize("algorithm", ["dqn", "appo"])
def test_a_target_network_of_version_0_1_is_loaded_under_its_former_name(train, algorithm):
    module = train(algorithm=algorithm)[0].learner_group._learner.module[TEAM]
    state = {name: np.array(value) for name, value in module.get_state().items()}
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.add_(1.0)
    module.set_state({name.replace("target_actor.", "older_actor."): value for name, value in state.items()})
    assert any(name.startswith("target_actor.") for name in state)
    assert all((value == state[name]).all() for name, value in module.get_state().items())


def test_a_run_that_goes_on_is_the_run_that_was_not_interrupted(train, tmp_path):
    straight, _ = train(2)
    straight.save_to_path(str(tmp_path / "here"))
    resumed, _ = train(seed=5)
    resumed.restore_from_path(str(tmp_path / "here"))
    assert same(weights_of(straight), weights_of(resumed))
    one, other = (algorithm.learner_group._learner.get_state()["optimizer"] for algorithm in (straight, resumed))
    one, other = (next(iter(state.values()))["state"]["state"] for state in (one, other))
    assert all((one[n]["exp_avg"] == other[n]["exp_avg"]).all() and one[n]["step"] == other[n]["step"] for n in one)
    assert resumed.training_iteration == 2
    resumed.train()
    assert resumed.env_runner.num_env_steps_sampled_lifetime == 3 * 3 * EPISODE
    assert resumed.env_runner.env.next_seed == 4 * 3  # the fourth episode's have been drawn


def test_samples_are_the_same_after_a_run_was_interrupted(train, tmp_path):
    straight, _ = train(2)
    straight.save_to_path(str(tmp_path / "here"))
    resumed, _ = train(seed=5)
    resumed.restore_from_path(str(tmp_path / "here"))
    for one, other in zip(straight.env_runner.sample(), resumed.env_runner.sample(), strict=True):
        assert (one.columns["obs"] == other.columns["obs"]).all()
        assert (one.columns["actions"] == other.columns["actions"]).all()


@pytest.mark.slow
def test_a_runner_in_a_process_of_its_own_samples_learns_and_resumes(train, tmp_path):
    def seeds_met(algorithm):
        return algorithm.env_runner_group.foreach_env_runner(lambda runner: runner.env.met, local_env_runner=False)[0]

    algorithm, summaries = train(2, runners=1)
    assert summaries[-1]["env_steps"] == 3 * EPISODE
    set_progress(algorithm, TrainingSettings(), 0.5)
    algorithm.train()
    held = algorithm.env_runner_group.foreach_env_runner(
        lambda runner: runner.module[TEAM].actor.state_dict(), local_env_runner=False
    )
    assert same(weights_of(algorithm), held[0])
    assert seeds_met(algorithm) == [9, 10, 11]  # of the fourth episode, which has begun
    algorithm.save_to_path(str(tmp_path / "here"))
    algorithm.stop()
    resumed, _ = train(runners=1)
    resumed.restore_from_path(str(tmp_path / "here"))
    resumed.train()
    assert seeds_met(resumed) == [12, 13, 14]


def test_a_scenario_is_trained_on_training_seeds():
    settings = TrainingSettings(copies=2, fragment=3, seed=1)
    smoke = load_scenario("grid_2x2_smoke")
    algorithm = build_algorithm(smoke, settings)
    assert summary_of(algorithm.train())["agent_steps"] == 2 * 3 * 4
    assert algorithm.env_runner.env.episode_seeds == (200_000, 200_001)
    actor = actor_of(algorithm)
    algorithm.stop()
    assert actor.architecture == architecture_of(smoke, settings)


def test_the_threads_of_a_learner_change_no_number(monkeypatch):
    monkeypatch.setattr(learners, "free_threads", lambda most: most)  # whatever else computes on this machine
    learnt = []
    for threads in (1, 2):
        monkeypatch.setattr(configs, "threads_for_learning", lambda settings, threads=threads: threads)
        algorithm = build_algorithm(
            load_scenario("grid_2x2_smoke"), TrainingSettings(fragment=40)
        )  # more than a minibatch
        algorithm.train()
        learnt.append(weights_of(algorithm))
        algorithm.stop()
    assert same(*learnt)
    assert torch.get_num_threads() == 1  # as before


def test_taking_the_actor_out_changes_no_draw(train):
    algorithm, _ = train(1)
    before = torch.random.get_rng_state()
    actor_of(algorithm)
    assert torch.equal(before, torch.random.get_rng_state())


def test_a_gradient_is_cut_to_its_limit_and_a_short_one_left():
    parameters = tuple(torch.nn.Parameter(torch.zeros(size)) for size in (2, 1))
    for length, expected in ((10.0, 0.5), (0.3, 0.3)):
        gradients = {each: torch.full_like(each, length / 3**0.5) for each in parameters}
        clip(ParameterGroup(parameters, False, 4), gradients, 4, 0.5)
        norm = sum(gradient.square().sum() for gradient in gradients.values()).sqrt()
        assert norm.item() == pytest.approx(expected)


def test_each_policy_of_a_stack_has_its_gradient_cut_by_itself():
    parameter = torch.nn.Parameter(torch.zeros(3, 2))
    gradients = {parameter: torch.tensor([[3.0, 4.0], [0.03, 0.04], [0.0, 0.0]])}
    clip(ParameterGroup((parameter,), True, 1), gradients, 3, 0.5)
    assert torch.allclose(gradients[parameter], torch.tensor([[0.3, 0.4], [0.09, 0.12], [0.0, 0.0]]), atol=1e-6)


def test_intersections_trained_apart_get_the_gradients_of_training_alone(train):
    """A stack's gradient, scaled back, is that of each intersection's own loss."""
    algorithm, _ = train(policy="independent")
    learner = algorithm.learner_group._learner
    module = learner.module[TEAM]
    x = torch.rand(8, len(NETWORK.intersections), module.architecture.layout.size)
    alone = [torch.autograd.grad(module.critic(x)[:, n].square().mean(), module.critic.parameters()) for n in range(2)]
    module.critic(x).square().mean().backward()
    gradients = {each: each.grad for each in module.critic.parameters()}
    for group_gradient, one, other in zip(gradients.values(), *alone, strict=True):
        expected = torch.stack((one[0], other[1]))
        assert torch.allclose(2 * group_gradient, expected, atol=1e-6)


def test_what_is_remembered_comes_back_as_it_was():
    from tests.helpers.handmade_team import LAYOUT, MakeCopying
    from traffic_marl.learning.rllib.episode import TeamEpisode
    from traffic_marl.learning.rllib.memory import TeamMemory

    env = MakeCopying()(1)
    observations = [env.reset()]
    rewards, actions = [], []
    for now in range(4):
        actions.append(np.full((1, 2), now % 3))
        after, reward, *_ = env.step(actions[-1])
        observations.append(after)
        rewards.append(reward)
    columns = {"obs": observations[:4], "actions": actions, "rewards": rewards}
    episode = TeamEpisode({name: np.stack(each)[:, 0] for name, each in columns.items()}, observations[4][0], False)
    memory = TeamMemory(capacity=3, seed=0, discount=0.9, interval=1, layout=LAYOUT)
    memory.add([episode])
    drawn = memory.sample(num_items=50)[0]
    assert len(memory) == 3
    now = np.round(LAYOUT.split(drawn.columns["obs"])[2][:, 0, 0] * 100).astype(int)
    following = np.round(LAYOUT.split(drawn.columns["new_obs"])[2][:, 0, 0] * 100).astype(int)
    assert set(now) == {1, 2, 3}  # the first decision has given way
    assert (following == now + 1).all()
    assert (drawn.columns["actions"][:, 0] == now % 3).all()
