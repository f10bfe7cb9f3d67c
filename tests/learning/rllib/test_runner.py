import numpy as np
import pytest
import torch

from tests.helpers.handmade_team import EPISODE, LAYOUT, job
from traffic_marl.learning.rllib.configs import configuration
from traffic_marl.learning.rllib.episode import TeamEpisode
from traffic_marl.learning.rllib.modules import TEAM
from traffic_marl.learning.rllib.runner import TeamRunner


@pytest.fixture
def make_runner(cluster):
    def make(worker_index=0, **choices):
        return TeamRunner(config=configuration(job(**choices)), worker_index=worker_index)

    return make


def decisions_of(episode):
    """Number of the decision that each observation belongs to."""
    return np.round(LAYOUT.split(episode.columns["obs"])[2][:, 0, 0] * 100).astype(int).tolist()


def seed_of(episode):
    seeds = np.round(LAYOUT.split(episode.columns["obs"])[2][..., 1] * 1000)
    assert (seeds == seeds[0, 0]).all()
    return int(seeds[0, 0])


def test_a_fragment_gives_an_episode_for_each_copy(make_runner):
    episodes = make_runner(fragment=4).sample()
    assert [len(episode) for episode in episodes] == [4, 4, 4]
    assert [seed_of(episode) for episode in episodes] == [0, 1, 2]
    assert all(decisions_of(episode) == [0, 1, 2, 3] for episode in episodes)
    assert not any(episode.is_done for episode in episodes)


def test_an_episode_goes_on_in_the_next_fragment_and_ends_with_its_last_moment(make_runner):
    runner = make_runner(fragment=4)
    runner.sample()
    ended, begun = runner.sample()[:3], runner.sample()[:3]
    assert [decisions_of(episode) for episode in ended] == [[4, 5]] * 3
    assert all(episode.is_done for episode in ended)
    last = LAYOUT.split(np.stack([episode.last_observation for episode in ended]))[2][:, 0]
    assert np.allclose(last[:, 0], EPISODE / 100)
    assert np.allclose(last[:, 1], np.arange(3) / 1000)
    assert [decisions_of(episode) for episode in begun] == [[2, 3, 4, 5]] * 3
    assert [seed_of(episode) for episode in begun] == [3, 4, 5]


def test_what_follows_a_cut_is_the_next_observation(make_runner):
    runner = make_runner(fragment=2)
    first, second = runner.sample()[0], runner.sample()[0]
    assert (first.last_observation == second.columns["obs"][0]).all()


def test_columns_tell_what_was_done(make_runner):
    runner = make_runner(fragment=5)
    episodes = runner.sample()
    for copy, episode in enumerate(episodes):
        asked = np.stack([actions[copy] for actions in runner.env.asked])
        assert (episode.columns["actions"] == asked).all()
        wanted = LAYOUT.split(episode.columns["obs"])[0][..., 0, 1].argmax(-1)
        assert (episode.columns["rewards"] == (asked == wanted)).all()
        logits = torch.from_numpy(episode.columns["action_dist_inputs"])
        log_probs = torch.log_softmax(logits, -1).gather(-1, torch.from_numpy(asked)[..., None])[..., 0]
        assert np.allclose(episode.columns["action_logp"], log_probs, atol=1e-6)


def test_phases_are_drawn_as_likely_as_the_policy_says(make_runner):
    runner = make_runner(fragment=6, copies=60)
    bias = torch.tensor([0.0, 1.0, 2.0])
    runner.module[TEAM].actor.network.register_forward_hook(lambda module, seen, logits: bias.expand_as(logits))
    actions = np.concatenate([np.stack([e.columns["actions"] for e in runner.sample()]).ravel() for _ in range(4)])
    share = np.bincount(actions, minlength=3) / len(actions)
    assert np.allclose(share, torch.softmax(bias, 0), atol=0.03)


def test_the_best_phase_is_taken_where_nothing_is_explored(make_runner):
    for episode in make_runner(fragment=6).sample(explore=False):
        best = episode.columns["action_dist_inputs"].argmax(-1)
        assert (episode.columns["actions"] == best).all()


def test_whole_episodes_are_given_where_episodes_are_asked_for(make_runner):
    runner = make_runner(fragment=4)
    runner.sample()
    episodes = runner.sample(num_episodes=4)
    assert [len(episode) for episode in episodes] == [EPISODE] * 6
    assert all(episode.is_done for episode in episodes)
    assert decisions_of(runner.sample()[0])[0] == 0


def test_runners_meet_seeds_of_their_own(make_runner):
    met = [seed_of(e) for index in (1, 2) for e in make_runner(index, fragment=6, runners=2).sample()]
    assert sorted(met) == list(range(6))


def test_a_runner_goes_on_with_the_seeds_that_come_next(make_runner):
    runner = make_runner(fragment=4)
    for _ in range(4):  # 16 decisions: the third episode has begun
        runner.sample()
    later = make_runner(fragment=4)
    later.set_state(runner.get_state())
    episodes = later.sample()
    assert [seed_of(episode) for episode in episodes] == [9, 10, 11]
    assert later.num_env_steps_sampled_lifetime == 5 * 4 * 3


def balanced_runner(make_runner):
    """The first of two runners after two episodes with five of the six copies, and its place in the metrics."""
    runner = make_runner(1, fragment=4, runners=2)
    runner.copies = 5
    for _ in range(3):
        runner.sample()
    return runner, int(runner.get_metrics()["begun_seeds"]["1"].peek())


@pytest.mark.parametrize(("is_successor", "first"), [(False, 10), (True, 10 + 2 * 6)])
def test_after_a_runner_with_more_copies_another_one_begins_with_later_seeds(make_runner, is_successor, first):
    runner, begun = balanced_runner(make_runner)
    assert begun == 2 * 5, "the third episode has no decision yet"
    later = make_runner(1, fragment=4, runners=2)
    later.begin_again(2 * EPISODE * 6, begun, is_successor=is_successor)
    expected = [2 * place for place in range(first, first + 3)]  # runners take turns with the seeds
    assert [seed_of(episode) for episode in later.sample()] == expected
    assert begun + later.get_metrics()["begun_seeds"]["1"].peek() == first + 3
    if is_successor:
        met = {seed_of(episode) for _ in range(2) for episode in runner.sample()}  # what the metrics never had
        assert len(met) == 2 * 5
        assert not met & set(expected)


def test_a_runner_draws_on_where_another_stopped(make_runner):
    runner, later = make_runner(fragment=6), make_runner(fragment=6)
    later.sample()  # its random state differs now
    later.set_state(runner.get_state())
    later.env.next_seed = runner.env.next_seed = 0
    for one, other in zip(runner.sample(), later.sample(force_reset=True), strict=True):
        assert (one.columns["action_logp"] == other.columns["action_logp"]).all()


def test_older_weights_are_not_taken_over(make_runner):
    runner, other = make_runner(seed=1), make_runner(seed=2)
    mine = {name: value.clone() for name, value in runner.module[TEAM].state_dict().items()}
    runner._weights_seq_no = 5
    theirs = other.get_state()
    runner.set_state(theirs | {"weights_seq_no": 4})
    assert all((value == mine[name]).all() for name, value in runner.module[TEAM].state_dict().items())
    runner.set_state(theirs | {"weights_seq_no": 6})
    assert any((value != mine[name]).any() for name, value in runner.module[TEAM].state_dict().items())


def test_metrics_tell_steps_and_episodes(make_runner):
    runner = make_runner(fragment=EPISODE)
    episodes = runner.sample()
    metrics = runner.get_metrics()
    assert metrics["num_env_steps_sampled"].peek() == 18
    assert metrics["num_agent_steps_sampled"]["all"].peek() == 36
    assert metrics["num_episodes"].peek() == 3
    assert metrics["mean_delay"].peek() == 1.0
    team = np.mean([episode.columns["rewards"].sum() for episode in episodes])
    assert metrics["episode_return_mean"].peek() == pytest.approx(team)
    assert metrics["agent_episode_returns_mean"]["all"].peek() == pytest.approx(team / 2)


def test_parts_of_an_episode_fit_together():
    columns = {"obs": np.arange(10.0).reshape(5, 2), "rewards": np.ones((5, 2))}
    episode = TeamEpisode(columns, np.array([10.0, 11.0]), True)
    first, second = episode[:2], episode.slice(slice(2, None), len_lookback_buffer=0)
    assert (len(first), len(second)) == (2, 3)
    assert (first.is_done, second.is_done) == (False, True)
    assert (first.last_observation == columns["obs"][2]).all()
    assert (second.last_observation == episode.last_observation).all()
    assert first.agent_steps() + second.agent_steps() == episode.agent_steps()
