import pytest

from traffic_marl.cli.layout import lay_out
from traffic_marl.comparison.table import CellKind, Column, TextTable

NAME, LONG_NAME = "max_pressure:interval_s=5", "pretrained/a_policy_with_a_name_of_fifty_one_letters"
TABLE = TextTable(
    "title",
    (
        Column("rank", CellKind.TEXT),
        Column("strategy", CellKind.NAME),
        Column("delay\n[s/veh]"),
        Column("stops\n[1/veh]"),
    ),
    (("1", NAME, "40.0 +- 3.9", "1.25"), ("2", "random", "99.0 +- 9.9", "6.00")),
    ("a note that is longer than the screen is wide and goes on in the next line",),
)
WIDE = TextTable(
    "title",
    (
        Column("rank", CellKind.TEXT),
        Column("strategy", CellKind.NAME),
        *(Column(f"measure {number}\n[unit]") for number in range(9)),
    ),
    (("1", LONG_NAME, *map(str, range(1000, 1009))), ("2", "random", *map(str, range(2000, 2009)))),
)
PROSE = TextTable(
    "title",
    (Column("measure", CellKind.NAME), Column("value"), Column("definition", CellKind.PROSE)),
    (("mean_delay", "1.50", "travel time less free travel time, mean over all vehicles, from their departure on"),),
)


def rows_with(lines, name):
    return [line.split() for line in lines if name in line.split()]


def test_a_table_that_fits_is_one_grid_with_numbers_at_the_right():
    assert lay_out(TABLE, 80)[:-1] == [
        "title",
        "",
        "                                       delay    stops",
        "rank  strategy                       [s/veh]  [1/veh]",
        "----  -------------------------  -----------  -------",
        "1     max_pressure:interval_s=5  40.0 +- 3.9     1.25",
        "2     random                     99.0 +- 9.9     6.00",
        "",
    ]


def test_columns_stand_closer_before_anything_else_gives_way():
    lines = lay_out(TABLE, 50)
    assert "1    max_pressure:interval_s=5 40.0 +- 3.9    1.25" in lines
    assert max(map(len, lines)) <= 50


def test_a_name_that_is_too_long_stands_above_its_row():
    lines = lay_out(TABLE, 44)
    place = lines.index("1    max_pressure:interval_s=5")
    assert lines[place + 1].split() == ["40.0", "+-", "3.9", "1.25"]
    assert lines[place + 2].split() == ["2", "random", "99.0", "+-", "9.9", "6.00"]
    assert max(map(len, lines)) <= 44


def test_a_name_takes_the_blanks_before_the_number_beside_it():
    rows = (("1", NAME, "4.0", "1.25"), TABLE.rows[1])
    assert lay_out(TextTable("title", TABLE.columns, rows), 47)[5:7] == [
        "1    max_pressure:interval_s=5      4.0    1.25",
        "2    random                 99.0 +- 9.9    6.00",
    ]


@pytest.mark.parametrize("width", [1, 20, 40, 60, 80, 120, 200])
@pytest.mark.parametrize("table", [TABLE, WIDE, PROSE])
def test_no_width_cuts_a_word(table, width):
    words = [word for line in lay_out(table, width) for word in line.split()]
    wanted = [table.title, *table.notes, *(cell for row in table.rows for cell in row)]
    wanted += [column.head for column in table.columns]
    assert {word for text in wanted for word in text.split()} <= set(words)


@pytest.mark.parametrize("width", [60, 80, 100])
def test_a_table_that_is_too_wide_is_split_and_each_part_names_its_rows(width):
    lines = lay_out(WIDE, width)
    assert max(map(len, lines)) <= width
    parts = sum(line.split()[:1] in (["rank"], ["strategy"]) for line in lines)
    assert parts >= 2
    assert len(rows_with(lines, LONG_NAME)) == len(rows_with(lines, "random")) == parts
    numbers = [word for row in rows_with(lines, "random") for word in row if word.isdigit()]
    assert numbers == ["2", *map(str, range(2000, 2009))]


def test_prose_goes_on_below_itself():
    lines = lay_out(PROSE, 60)
    assert lines[4] == "mean_delay   1.50  travel time less free travel time, mean"
    assert lines[5].startswith(" " * 19 + "over all vehicles")


def test_notes_are_wrapped_between_words_and_nothing_ends_in_blanks():
    lines = lay_out(TABLE, 48)
    assert lines[-2:] == ["a note that is longer than the screen is wide", "and goes on in the next line"]
    assert lay_out(TABLE, 80)[-1] == TABLE.notes[0]
    assert all(line == line.rstrip() for line in lines)


def test_a_table_without_notes_ends_with_its_last_row():
    assert lay_out(WIDE, 200)[-1].split() == ["2", "random", *map(str, range(2000, 2009))]


def test_a_table_without_rows_shows_its_heads():
    empty = TextTable("title", TABLE.columns, ())
    assert lay_out(empty, 80)[3].split() == ["rank", "strategy", "[s/veh]", "[1/veh]"]
