"""The table of a run comes back as it was written, and damage in it is an error of one kind."""

import math

import pytest

from traffic_marl.learning.runs.table import from_csv, to_csv

ROWS = [
    {"iteration": 1, "agent_steps": 10, "mean_return": -1.5, "validation_delay": "", "loss": 3},
    {"iteration": 2, "agent_steps": 20, "mean_return": "", "validation_delay": 44.25, "loss": -0.5},
]


def test_a_table_comes_back():
    assert from_csv(to_csv(ROWS)) == ROWS
    assert from_csv(to_csv([])) == []
    later = [{"iteration": 1, "agent_steps": 1}, {"iteration": 2, "agent_steps": 2, "loss": 0.5}]
    assert from_csv(to_csv(later))[0] == {"iteration": 1, "agent_steps": 1, "loss": ""}


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_loss_that_is_no_number_is_left_empty(value):
    assert from_csv(to_csv([ROWS[0] | {"loss": value}])) == [ROWS[0] | {"loss": ""}]


def test_a_loss_that_an_earlier_version_wrote_as_nan_is_read_as_empty():
    assert from_csv("iteration,agent_steps,loss\n1,2,nan\n") == [{"iteration": 1, "agent_steps": 2, "loss": ""}]


@pytest.mark.parametrize(
    "text",
    [
        "iteration,agent_steps\none,two\n",
        "iteration,agent_steps\n1e19,2\n",
        "iteration,agent_steps\n1,1e19\n",
        "iteration,agent_steps\n-1,2\n",
        "iteration,agent_steps\n1,\n",
        "iteration,agent_steps\n1\n",
        "iteration,agent_steps\n1,2,3\n",
        "iteration\n1\n",
        "agent_steps\n1\n",
        "iteration,agent_steps,loss\n1,2,Infinity\n",
        "iteration,agent_steps,mean_return\n1,2,nan\n",
        "iteration,agent_steps,loss\n1,2,1e999\n",
        f"iteration,agent_steps\n{'9' * 5000},2\n",
        f"iteration,agent_steps,loss\n1,2,{'9' * 200_000}\n",
        "iteration,agent_steps\n\u00b2,2\n",
        "iteration,agent_steps\n1\0,2\n",
    ],
)
def test_damage_is_told(text):
    with pytest.raises(ValueError, match=r"."):
        from_csv(text)
