import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers.made_up_runs import SMALL, empty_table
from traffic_marl.learning import tabular
from traffic_marl.learning.discretise import State, discretise, state_count
from traffic_marl.learning.settings import TrainingSettings
from traffic_marl.learning.tabular import QTable, Step, TabularLearner, exploration_at
from traffic_marl.observation import ObservationLayout
from traffic_marl.observation.features import MOVEMENT_FEATURES, OBSERVATIONS, PRESENT, names
from traffic_marl.scenario import GridNetwork, TurningFlows, seeds

LOCAL_FEATURES = names(MOVEMENT_FEATURES, PRESENT, *OBSERVATIONS["local"].groups)
LAYOUT = ObservationLayout(phases=3, movements=2, movement_features=LOCAL_FEATURES)
TRAINING = TrainingSettings(algorithm="tabular-q", policy="independent", learning_rate=0.1, copies=2)


def observation(vehicles, shown=0, allowed=(True, True, True)):
    """One of one copy and intersection: vehicles queued for each phase, the phase shown, those allowed."""
    seen = np.zeros((1, 1, LAYOUT.size), np.float32)
    movements, phases, _ = LAYOUT.split(seen)
    movements[..., 0, LOCAL_FEATURES.index("present")] = 1.0
    movements[0, 0, :, 0, LOCAL_FEATURES.index("queue")] = np.array(vehicles) / 40.0
    phases[0, 0, shown, 0] = 1.0
    phases[0, 0, :, 2] = allowed
    return seen


def state_of(*arguments, **named):
    return discretise(LAYOUT, observation(*arguments, **named)).numbers.item()


def test_demand_is_what_waits_or_is_near():
    seen = observation((3, 0, 7))
    movements = LAYOUT.split(seen)[0]
    movements[0, 0, 1, 1, LOCAL_FEATURES.index("moving_0_60")] = 2 / 40
    movements[0, 0, 1, 1, LOCAL_FEATURES.index("moving_60_120")] = 1 / 40
    movements[0, 0, 1, 1, LOCAL_FEATURES.index("backlog")] = 5 / 40
    movements[0, 0, 2, 1, LOCAL_FEATURES.index("moving_200_300")] = 9 / 40
    assert discretise(LAYOUT, seen).demands[0, 0] == pytest.approx([3, 8, 7], abs=1e-5)


def test_states_tell_apart_what_they_should():
    base = state_of((4, 0, 8))
    assert state_of((5, 0, 10)) == base
    assert state_of((4, 7, 8)) == base, "only the other phase with most waiting counts"
    assert (
        len({base, state_of((6, 0, 8)), state_of((4, 0, 11)), state_of((4, 8, 0)), state_of((4, 0, 8), shown=1)}) == 5
    )
    assert state_of((4, 0, 8), allowed=(True, False, False)) != base
    assert state_of((4, 0, 8), allowed=(True, True, False)) == base


@pytest.mark.parametrize(
    ("vehicles", "shown", "allowed", "choices"),
    [
        ((4, 5, 8), 0, (True, True, True), (True, False, True)),
        ((9, 5, 8), 0, (True, True, True), (True, False, True)),
        ((4, 5, 8), 2, (True, True, True), (False, True, True)),
        ((4, 5, 8), 0, (True, True, False), (True, False, False)),
        ((4, 5, 8), 0, (False, True, False), (False, True, False)),
        ((0, 0, 0), 0, (True, True, True), (True, True, False)),
    ],
)
def test_to_choose_from_are_the_phase_shown_and_the_other_with_most_demand(vehicles, shown, allowed, choices):
    assert discretise(LAYOUT, observation(vehicles, shown, allowed)).choices.tolist() == [[list(choices)]]


@given(
    st.lists(st.integers(0, 40), min_size=3, max_size=3),
    st.integers(0, 2),
    st.lists(st.booleans(), min_size=3, max_size=3),
)
@settings(max_examples=100, deadline=None)
def test_every_state_has_a_place_in_the_table(vehicles, shown, allowed):
    assert 0 <= state_of(vehicles, shown, allowed) < state_count(3)


def step(states_, actions, rewards, after, allowed):
    return Step(
        np.array(states_, np.int32),
        np.array(actions, np.int32),
        np.array(rewards, np.float32),
        np.array(after, np.int32),
        np.array(allowed, np.bool_),
    )


def test_the_update_worked_by_hand():
    table = QTable.empty(LAYOUT, ("a", "b"))
    table.values[0, 7] = [1.0, 3.0, 9.0]
    table.values[0, 5, 2] = 0.5
    # Agent a: in state 5 did 2, got -1, came to 7, where 0 and 1 are allowed: error -1 + 0.9 x 3 - 0.5 = 1.2.
    # Agent b: in state 5 did 2 too, got -2, came to a state of zeros: error -2.
    error = table.learn(step([[5, 5]], [[2, 2]], [[-1, -2]], [[7, 7]], [[[1, 1, 0], [1, 1, 1]]]), 0.1, 0.9)
    assert table.values[0, 5, 2] == pytest.approx(0.5 + 0.1 * 1.2)
    assert table.values[1, 5, 2] == pytest.approx(-0.2)
    assert error == pytest.approx(1.6)
    assert table.tries.sum() == 2
    assert table.tries[:, 5, 2].tolist() == [1, 1]
    assert np.count_nonzero(table.values) == 5


def test_of_several_copies_in_one_cell_the_mean_error_counts():
    table = QTable.empty(LAYOUT, ("a",))
    allowed = np.ones((3, 1, 3))
    table.learn(step([[5], [5], [6]], [[1], [1], [1]], [[-1], [-3], [-8]], [[0], [0], [0]], allowed), 0.5, 0.9)
    assert table.values[0, 5, 1] == pytest.approx(-1.0)
    assert table.values[0, 6, 1] == pytest.approx(-4.0)
    assert table.tries[0, 5:7, 1].tolist() == [2, 1]


def test_repeated_updates_find_the_values_of_a_small_chain():
    """Two states, reward -1 and -2, each leading to the other: V = r + g V'; solved in closed form."""
    table = QTable.empty(LAYOUT, ("a",))
    only = [[[True, False, False]]]
    for _ in range(400):
        table.learn(step([[0]], [[0]], [[-1]], [[1]], only), 0.2, 0.5)
        table.learn(step([[1]], [[0]], [[-2]], [[0]], only), 0.2, 0.5)
    first = (-1 + 0.5 * -2) / (1 - 0.25)
    assert table.values[0, :2, 0] == pytest.approx([first, -2 + 0.5 * first])


def test_the_best_of_the_actions_tried_is_taken_among_those_allowed():
    table = QTable.empty(LAYOUT, ("a",))
    seen = observation((1, 2, 9))
    place = discretise(LAYOUT, seen).numbers.item()
    assert table.greedy(seen).item() == 2, "nothing tried: the phase with most demand"
    table.values[0, place] = [-3.0, 0.0, -1.0]
    table.tries[0, place] = [4, 0, 4]
    assert table.greedy(seen).item() == 2, "the second is not to choose from"
    assert table.probabilities(seen).tolist() == [[[0.0, 0.0, 1.0]]]
    table.values[0, place] = [-3.0, 0.0, -4.0]
    assert table.greedy(seen).item() == 0
    table.tries[0, place] = [0, 0, 4]
    assert table.greedy(seen).item() == 2, "what was never tried says nothing"
    assert table.greedy(observation((1, 2, 9), allowed=(True, True, False))).item() == 0


def test_exploration_falls_to_its_last_value():
    assert exploration_at(0.0) == 0.2
    assert exploration_at(0.35) == pytest.approx(0.11)
    assert exploration_at(0.7) == exploration_at(1.0) == pytest.approx(0.02)


def test_only_phases_to_choose_from_are_tried():
    learner = TabularLearner(SMALL, TRAINING)
    choices = np.zeros((2, 2, 4), np.bool_)
    choices[..., 3] = choices[0, ..., 1] = True
    state = State(np.zeros((2, 2), np.int32), choices, np.zeros((2, 2, 4)))
    drawn = {tuple(learner._actions(state, 1.0).ravel().tolist()) for _ in range(50)}
    assert {actions[2:] for actions in drawn} == {(3, 3)}
    assert {actions[:2] for actions in drawn} == {(1, 1), (1, 3), (3, 1), (3, 3)}


def test_an_iteration_is_an_episode():
    learner = TabularLearner(SMALL, TRAINING)
    iteration = learner.iterate(0.0)
    assert iteration.agent_steps == 2 * 24 * 2
    assert learner.table.tries.sum() == iteration.agent_steps
    assert iteration.mean_return < 0.0
    assert iteration.training_delay > 0.0
    assert learner.env.next_seed == 2 * TRAINING.copies


def test_a_checkpoint_names_the_next_seed_by_its_place_among_all_training_seeds(tmp_path):
    training = replace(TRAINING, seed=4)
    learner = TabularLearner(SMALL, training)
    learner.iterate(0.0)
    learner.save(tmp_path)

    place = json.loads((tmp_path / "draws.json").read_text())["first_seed"]

    assert place == training.first_seed + training.copies
    assert learner.env.episode_seeds == tuple(seeds.TRAINING[place : place + training.copies])


@pytest.mark.parametrize("seed", [0, 4])
def test_going_on_is_as_if_never_stopped(tmp_path, seed):
    straight, interrupted, resumed = (TabularLearner(SMALL, replace(TRAINING, seed=seed)) for _ in range(3))
    for share in (0.0, 0.3, 0.6):
        straight.iterate(share)
    interrupted.iterate(0.0)
    interrupted.save(tmp_path)
    resumed.restore(tmp_path)
    for share in (0.3, 0.6):
        resumed.iterate(share)
    assert (straight.table.values == resumed.table.values).all()
    assert (straight.table.tries == resumed.table.tries).all()


def test_another_seed_learns_from_other_traffic():
    one, other = (
        TabularLearner(SMALL, TRAINING),
        TabularLearner(SMALL, TrainingSettings(**vars(TRAINING) | {"seed": 1})),
    )
    assert set(one.env.episode_seeds).isdisjoint(other.env.episode_seeds)


def test_learning_beats_random_phases(monkeypatch):
    crossing = GridNetwork(rows=1, columns=1, block_m=150.0)
    busy = SMALL.model_copy(update={"network": crossing, "demand": TurningFlows(inflow_vph=500.0), "duration_s": 600})
    choices = TrainingSettings(**vars(TRAINING) | {"copies": 32, "learning_rate": 0.3})
    learner, by_lot = TabularLearner(busy, choices), TabularLearner(busy, choices)
    for share in np.linspace(0.0, 1.0, 16):
        last = learner.iterate(float(share))
    monkeypatch.setattr(tabular, "exploration_at", lambda share: 1.0)
    assert last.training_delay < 0.85 * by_lot.iterate(0.0).training_delay


def test_an_empty_table_has_a_value_for_every_state():
    table = empty_table()
    assert table.values.shape == (2, state_count(4), 4)
