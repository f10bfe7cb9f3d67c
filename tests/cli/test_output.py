import pytest
from rich.console import Console

from traffic_marl.cli import output
from traffic_marl.comparison.table import Table

TABLE = Table(
    "title",
    ("rank", "strategy", "delay\n[s/veh]", "stops\n[1/veh]"),
    (("1", "max_pressure:interval_s=5", "40.0 +- 3.9", "1.25"), ("2", "random", "99.0 +- 9.9", "6.00")),
    ("a note that is longer than the screen is wide and goes on in the next line",),
    key=1,
    split=3,
)


@pytest.fixture
def printed(monkeypatch, capsys):
    def printed(width):
        monkeypatch.setattr(output, "_console", lambda: Console(width=width, markup=False, highlight=False))
        output.print_table(TABLE)
        return capsys.readouterr().out.splitlines()

    return printed


def test_table_that_fits_is_one(printed):
    lines = printed(60)
    assert sum("max_pressure:interval_s=5" in line for line in lines) == 1
    (line,) = [line for line in lines if "max_pressure" in line]
    assert line.split() == ["1", "max_pressure:interval_s=5", "40.0", "+-", "3.9", "1.25"]


def test_table_that_does_not_fit_is_split_and_rows_are_named_again(printed):
    rows = [line.split() for line in printed(48) if "max_pressure" in line]
    assert rows == [
        ["1", "max_pressure:interval_s=5", "40.0", "+-", "3.9"],
        ["max_pressure:interval_s=5", "1.25"],
    ]


def test_notes_are_wrapped_between_words_and_nothing_ends_in_blanks(printed):
    lines = printed(48)
    assert lines[-2:] == ["a note that is longer than the screen is wide", "and goes on in the next line"]
    assert printed(80)[-1] == TABLE.notes[0]
    assert all(line == line.rstrip() for line in lines)


def test_no_bar_where_nobody_looks(capsys):
    with output.progress_bar() as progress:
        progress("random", 0.5)
    assert capsys.readouterr().err == ""
