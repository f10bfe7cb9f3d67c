"""All-red rows during which some streams stay green are no phases."""

import pytest

from traffic_marl.network.formats.sumo.signals import Program, rows_of
from traffic_marl.remarks import RemarkBook


@pytest.mark.parametrize(
    ("states", "phases"),
    [
        (("Grg", "yrg", "rrg", "rGg", "ryg", "rrg"), [0, 3]),  # a right turn is green all along
        (("Grg", "yrg", "rrg", "rGr"), [0, 2, 3]),  # what stays green ends with the next phase: a phase of its own
        (("Grr", "yrr", "rrr", "rGr", "ryr", "rrr"), [0, 3]),
        (("Grg", "rrg", "rGg"), [0, 1, 2]),  # no yellow comes before it
    ],
)
def test_a_row_after_yellow_is_no_phase_if_all_it_shows_is_green_before_and_after(states, phases):
    program = Program("J", states, (10.0,) * len(states), ("",) * len(states), 0.0)

    rows = rows_of(program, [[0], [1], [2]], RemarkBook("net"))

    assert [place for place, row in enumerate(rows) if row.is_phase] == phases
