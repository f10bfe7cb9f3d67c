import numpy as np
import pytest

from tests.helpers.samples import AGENTS, DISCOUNT, LAYOUT, episode, steps_of, team, values
from traffic_marl.learning.rllib.batches.scale import ReturnScale
from traffic_marl.learning.rllib.batches.transitions import Transitions
from traffic_marl.learning.rllib.memory import TeamMemory


def memory_of(one, interval=1):
    memory = TeamMemory(100, 0, DISCOUNT, interval, LAYOUT)
    memory.add([one])
    return memory


def stored(memory):
    """The columns of the memory, one row for each transition of a team."""
    return {name: ring[: len(memory)] for name, ring in memory._columns.items()}


@pytest.mark.parametrize("choices", [1.0, 0.4])
def test_a_transition_goes_from_one_choice_to_the_next(choices):
    one = episode(25, 1, choices=choices)
    columns = stored(memory_of(one))
    seen = np.concatenate((one.columns["obs"], one.last_observation[None]))
    for n in range(AGENTS):
        rows = np.flatnonzero(columns["spans"][:, n])
        steps = steps_of(one, n)
        assert columns["spans"][rows, n].tolist() == [span for _, _, span in steps]
        assert columns["rewards"][rows, n] == pytest.approx([reward for _, reward, _ in steps], abs=1e-5)
        assert columns["new_obs"][rows, n] == pytest.approx(
            np.array([seen[now + span, n] for now, _, span in steps]), abs=1e-3
        )


def test_spans_are_in_seconds():
    assert set(stored(memory_of(episode(5), interval=5))["spans"].flat) == {5}


def test_transitions_have_a_row_for_each_intersection_and_a_weight():
    memory = memory_of(episode(25, 2, choices=0.4))
    batch = Transitions(DISCOUNT, team())(memory.sample(num_items=40), values, ReturnScale(1))
    assert batch["obs"].shape == batch["new_obs"].shape == (40, AGENTS, LAYOUT.size)
    assert batch["actions"].shape == batch["rewards"].shape == batch["n_step"].shape == (40 * AGENTS,)
    assert ((batch["weights"] > 0) == (batch["n_step"] > 0)).all()
    assert batch["weights"].mean().item() == pytest.approx(1.0)
    assert not batch["terminateds"].any()


def test_rewards_are_scaled():
    one = episode(25, 3)
    one.columns["rewards"] *= 1000.0
    batch = Transitions(DISCOUNT, team())(memory_of(one).sample(num_items=40), values, ReturnScale(1))
    assert batch["rewards"].abs().max() < 10.0
