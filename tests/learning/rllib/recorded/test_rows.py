"""Learning from recorded decisions by RLlib's offline data."""

import numpy as np
import pytest
import torch

import traffic_marl
from tests.helpers.handmade_team import LAYOUT, Copying
from traffic_marl.errors import UsageError
from traffic_marl.learning.choosing import choose_strategy
from traffic_marl.learning.offline.recording import record
from traffic_marl.learning.rllib.batches.scale import ReturnCode
from traffic_marl.learning.rllib.batches.team import Team
from traffic_marl.learning.rllib.recorded.rows import Rows
from traffic_marl.learning.runs.budget import Validation
from traffic_marl.learning.settings import TrainingSettings

DISCOUNT = 0.5


def team(is_single):
    return Team(LAYOUT, 1, [0, 0], [0, 0], is_single)


@pytest.fixture
def rows():
    """Twelve decisions: two episodes of six, in which each intersection has a choice at every third one."""
    env = Copying(2, range(10), seldom=True)
    seen, rewards = [env.reset()], []
    for _ in range(6):
        observations, reward, *_ = env.step(np.zeros((2, 2), int))
        seen.append(observations)
        rewards.append(reward)
    observations, earned = np.stack(seen[:6]), np.stack(rewards)  # (T, B, N, F), (T, B, N)
    return {
        "obs": np.concatenate([observations[:, copy].reshape(6, -1) for copy in (0, 1)]),
        "actions": np.zeros((12, 2), np.int32),
        "rewards": np.concatenate([earned[:, copy] for copy in (0, 1)]),
        "truncateds": np.tile(np.arange(6) == 5, 2),
    }


def choices(rows):
    allowed = LAYOUT.allowed(rows["obs"].reshape(12, 2, LAYOUT.size))
    return allowed.sum(-1) > 1


def test_choices_of_single_intersections_become_rows(rows):
    columns = Rows(team(True), DISCOUNT, 2, None).columns(rows)
    assert columns["obs"].shape == (choices(rows).sum(), 1, LAYOUT.size)
    assert np.array_equal(columns["obs"][:, 0], rows["obs"].reshape(12, 2, -1)[choices(rows)])
    assert set(columns) == {"obs", "actions"}


def test_decisions_of_a_team_become_rows_with_a_mask(rows):
    columns = Rows(team(False), DISCOUNT, 2, None).columns(rows)
    some = choices(rows).any(1)
    assert columns["obs"].shape == (some.sum(), 2, LAYOUT.size)
    assert np.array_equal(columns["loss_mask"], choices(rows)[some])


def test_returns_are_discounted_to_the_end_of_their_own_episode(rows):
    columns = Rows(team(True), DISCOUNT, 2, (0.0, 1.0)).columns(rows)
    rewards = rows["rewards"].reshape(2, 6, 2)
    returns = np.zeros_like(rewards)
    for now in range(5, -1, -1):
        returns[:, now] = rewards[:, now] + (DISCOUNT * returns[:, now + 1] if now < 5 else 0.0)
    left = DISCOUNT ** np.arange(6, 0, -1)  # weight of what comes after the episode
    known = np.tile(left <= 0.05, 2)[:, None] & choices(rows)
    expected = ReturnCode().encode(torch.from_numpy(returns.reshape(12, 2)[known]))
    assert known.sum() > 0
    assert np.allclose(columns["value_targets"][:, 0], expected.numpy())


@pytest.fixture(scope="module")
def recorded(one_way, tmp_path_factory):
    """Decisions of actuated control where traffic comes from the west alone."""
    out = tmp_path_factory.mktemp("recorded") / "data"
    settings = TrainingSettings.chosen(action="phase", interval=5, copies=2)
    return record(one_way, choose_strategy("longest_queue", "strategy"), out, hours=0.5, settings=settings).path


@pytest.mark.slow
@pytest.mark.usefixtures("cluster")
def test_a_policy_learns_recorded_choices_and_goes_on_in_traffic(one_way, recorded, tmp_path):
    validation = Validation(every=30, seeds=1, classical=False)
    common = {"iterations": 30, "validation": validation}
    report = traffic_marl.train(
        one_way, tmp_path / "run", algorithm="marwil", data=str(recorded), discount=0.9, **common
    )
    first = float((tmp_path / "run" / "progress.csv").read_text().splitlines()[1].split(",")[6])
    assert report.best_delay < 0.5 * first
    assert report.agent_steps > 0
    on = traffic_marl.train(
        one_way, tmp_path / "on", start=tmp_path / "run", algorithm="ppo", iterations=1, validation=validation, copies=1
    )
    assert on.best_delay <= report.best_delay + 1e-9


@pytest.mark.usefixtures("cluster")
def test_episodes_too_short_for_returns_are_told(one_way, recorded, tmp_path):
    with pytest.raises(UsageError, match="too short for returns"):
        traffic_marl.train(one_way, tmp_path / "run", algorithm="marwil", data=str(recorded), discount=0.999)


@pytest.mark.parametrize(
    "choices",
    [
        {"algorithm": "bc"},
        {"algorithm": "ppo", "data": "x"},
        {"algorithm": "bc", "data": "x", "also": ("grid_2x2_smoke",)},
        {"algorithm": "bc", "data": "x", "random": 2},
        {"algorithm": "bc", "data": "x", "runners": 1},
        {"algorithm": "bc", "data": "x", "learners": 1},
        {"algorithm": "bc", "data": " "},
        {"algorithm": "bc", "data": "x", "critic": "central"},
        {"algorithm": "marwil", "data": "x", "epochs": 3},
    ],
)
def test_settings_that_exclude_each_other_are_refused(choices):
    with pytest.raises(UsageError):
        TrainingSettings.chosen(**choices)
