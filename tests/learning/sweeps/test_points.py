"""Combinations of values: of a grid, at random, and those that Optuna asks for."""

import pytest

from traffic_marl.errors import UsageError
from traffic_marl.learning.sweeps.dimensions import dimensions_of
from traffic_marl.learning.sweeps.plan import RANDOM, Plan
from traffic_marl.learning.sweeps.points import asked, drawn, grid


def source(*texts, **settings):
    return Plan(dimensions_of(texts), settings, search=RANDOM, trials=1).source()


def nothing(line):
    raise AssertionError(line)


def test_a_grid_has_all_combinations_in_the_order_in_which_they_are_written():
    assert grid(source("policy=shared,independent", "epochs=1,4"), nothing) == [
        {"policy": "shared", "epochs": 1},
        {"policy": "shared", "epochs": 4},
        {"policy": "independent", "epochs": 1},
        {"policy": "independent", "epochs": 4},
    ]


def test_values_that_an_algorithm_does_not_use_make_one_combination():
    told = []
    found = grid(source("algorithm=ppo,reinforce", "clip=0.1,0.2"), told.append)
    assert found == [
        {"algorithm": "ppo", "clip": 0.1},
        {"algorithm": "ppo", "clip": 0.2},
        {"algorithm": "reinforce"},
    ]
    assert told == ["1 further combination differs in nothing that the algorithm uses"]


def test_combinations_that_cannot_be_trained_are_left_out_and_told():
    told = []
    found = grid(source("policy=shared,attention", network="mlp"), told.append)
    assert found == [{"policy": "shared"}]
    assert told == [
        "policy=attention cannot be trained and is left out "
        "(network: attention needs the phase network; use phase with attention)"
    ]


def test_a_grid_without_a_combination_that_can_be_trained_is_refused():
    with pytest.raises(UsageError, match="network: attention needs the phase network"):
        grid(source("policy=attention,message", network="mlp"), lambda line: None)


def test_a_grid_needs_values():
    with pytest.raises(UsageError, match=r"learning_rate=0.0001:0.01 is a range, and a grid needs values"):
        grid(source("learning_rate=1e-4:1e-2"), nothing)


def test_a_grid_of_millions_is_refused_before_it_is_made():
    many = ",".join(map(str, range(1, 500)))
    with pytest.raises(UsageError, match="249,001 combinations are too many"):
        grid(source(f"epochs={many}", f"copies={many}"), nothing)


def test_draws_are_the_same_for_a_seed_and_begin_those_of_a_longer_search():
    wide = source("learning_rate=1e-4:1e-2", "policy=shared,independent", "epochs=1:4")
    few, many = drawn(wide, 3, 7, nothing), drawn(wide, 8, 7, nothing)
    assert many[:3] == few
    assert len(many) == 8
    assert drawn(wide, 3, 8, nothing) != few
    assert all(1e-4 <= each["learning_rate"] <= 1e-2 and each["epochs"] in (1, 2, 3, 4) for each in many)


def test_draws_end_where_all_combinations_are_known():
    found = drawn(source("policy=shared,independent", "epochs=1,4"), 50, 0, nothing)
    assert len(found) == 4
    assert all(found.count(each) == 1 for each in found)


def test_optuna_asks_near_the_best_combinations_and_for_none_twice():
    pytest.importorskip("optuna")
    space = source("learning_rate=1e-4:1e-1", "policy=shared,independent")
    judged = []
    for _ in range(30):
        values = asked(space, judged)
        assert values not in [each for each, _ in judged]
        worse = 0.0 if values["policy"] == "shared" else 20.0
        judged.append((values, [50.0 + worse + 1000.0 * abs(values["learning_rate"] - 0.02)] * 2))
    last = [values for values, _ in judged[-10:]]
    assert sum(values["policy"] == "shared" for values in last) >= 7
    assert min(sum(delays) / 2 for _, delays in judged) < 53.0


def test_optuna_ends_where_all_combinations_are_known():
    pytest.importorskip("optuna")
    space = source("policy=shared,independent")
    assert asked(space, [({"policy": "shared"}, [50.0]), ({"policy": "independent"}, None)]) is None
