"""Phases in a notation of their own: split phasing, leading and lagging left turns, right turns with a green arrow."""

import pytest

from traffic_marl.errors import NetworkError
from traffic_marl.network.generators.arterial import arterial
from traffic_marl.network.generators.grid import grid
from traffic_marl.network.generators.phase_rows import Place, checked_row, table_of_rows

TURNS = ("left", "through", "right")
CROSS = [(side, turn) for side in "ENWS" for turn in TURNS]
LEAD_LAG = ("E all", "EW through", "W all", "NS through", "NS left")


def table(rows, streams=CROSS, *, is_alone=True):
    """Name -> movements of each phase."""
    place = Place("intersection_1", streams, "phases[intersection_1]", is_alone)
    return {row.name: {streams[index] for index in row.green} for row in table_of_rows(rows, place) if row.is_phase}


def without_rights(greens):
    return {name: {stream for stream in green if stream[1] != "right"} for name, green in greens.items()}


def test_a_part_names_sides_and_a_turn():
    found = without_rights(table(("E all", "NS through", "W", "NS left + W through")))
    assert found == {
        "E all": {("E", "left"), ("E", "through")},
        "NS through": {("N", "through"), ("S", "through")},
        "W": {("W", "left"), ("W", "through")},
        "NS left + W through": {("N", "left"), ("S", "left"), ("W", "through")},
    }


def test_phases_keep_the_order_of_the_rows():
    assert grid(1, 1, phases=LEAD_LAG).phase_names == (LEAD_LAG,)


def test_right_turns_are_green_throughout_unless_a_row_names_them():
    rights = {(side, "right") for side in "ENWS"}
    assert all(rights <= green for green in table(("EW", "NS")).values())
    found = table(("E all", "W all", "NS + E right"))
    assert [("E", "right") in green for green in found.values()] == [True, False, True]
    assert all(rights - {("E", "right")} <= green for green in found.values())


def test_a_row_is_shown_between_any_two_phases_that_keeps_what_they_share():
    network = grid(1, 1, phases=LEAD_LAG)
    rows = network.row_movements[0]
    tables = network.tables
    lead, both = (set(rows[row]) for row in tables.phase_row[0, :2])
    assert set(rows[tables.clearance_row[0, 0, 1]]) == lead & both
    through = network.movement_roads.index(("road_east_1_W", "road_1_1_W"))
    assert through in lead & both


def test_rows_are_phases_even_where_one_serves_nothing_of_its_own():
    assert len(table(("NS through", "NS left", "N all", "EW"))) == 4


def test_a_left_turn_may_yield_where_a_row_says_so_but_not_to_a_crossing_street():
    network = grid(1, 1, phases=("EW", "NS through", "NS left"))
    assert network.phase_names == (("EW", "NS through", "NS left"),)
    with pytest.raises(NetworkError, match=r"phases\[intersection_1_1\]: in 'EW \+ N through', .* cross"):
        grid(1, 1, phases=("EW + N through", "NS"))


def test_single_intersections_have_phases_of_their_own():
    network = arterial(3, phases={"intersection_2": ("E", "W", "NS"), "intersection_3": "two"})
    assert network.phase_names[0] == ("NS through", "NS left", "EW through", "EW left")
    assert network.phase_names[1] == ("E", "W", "NS")
    assert network.phase_names[2] == ("NS", "EW")


def test_rows_for_all_leave_out_what_an_intersection_lacks():
    network = grid(1, 2, phases=("E all", "W all", "N all", "S all"), missing=[("intersection_1_2", "E")])
    assert network.phase_names == (("E all", "W all", "N all", "S all"), ("W all", "N all", "S all"))


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (("E all", "E left + E through"), "'E left . E through' serves the same as 'E all'"),
        (("EW", "NS", "E right"), "'E right' serves the same|lacks"),
    ],
)
def test_rows_of_one_intersection_are_told_what_is_wrong(rows, message):
    streams = [stream for stream in CROSS if stream != ("E", "right")]
    with pytest.raises(NetworkError, match=message):
        table(rows, streams)


def test_a_movement_that_the_intersection_lacks_is_named():
    streams = [stream for stream in CROSS if stream[0] != "E"]
    with pytest.raises(NetworkError, match="'E all' serves 'E all', which intersection_1 lacks"):
        table(("E all", "W all", "NS"), streams)
    assert list(table(("E all", "W all", "NS"), streams, is_alone=False)) == ["W all", "NS"]


def test_an_intersection_that_no_row_serves_is_named():
    with pytest.raises(NetworkError, match="no row serves a movement at intersection_1"):
        table(("E all",), [("N", "through"), ("S", "through")], is_alone=False)


def test_a_movement_without_a_green_is_named():
    with pytest.raises(NetworkError, match="no phase serves road_"):
        grid(1, 1, phases=("EW", "NS through"))


@pytest.mark.parametrize("row", ["", "X all", "EE", "E left right", "NS turn", "E +", "+", "e all", "E ALL"])
def test_other_texts_are_refused(row):
    with pytest.raises(NetworkError, match="is no part of a phase; write it like"):
        checked_row("phases", row)


def test_blanks_do_not_matter():
    assert checked_row("phases", "  NS   left+E  ") == "NS left + E"


@pytest.mark.parametrize("phases", ["five", (), 4, ("EW", 1), {"intersection_1": ()}])
def test_other_choices_are_refused(phases):
    with pytest.raises(NetworkError, match="use one of two, four, eight, or a list of phases"):
        arterial(1, phases=phases)


def test_phases_of_an_unknown_intersection_are_refused():
    with pytest.raises(NetworkError, match=r"phases\[intersection_9\]: there is no intersection of this name"):
        arterial(1, phases={"intersection_9": "two"})
