import pytest

from traffic_marl.network.generators.phase_sets import phase_table

TURNS = ("left", "through", "right")
CROSS = [(side, turn) for side in "ENWS" for turn in TURNS]
T_WITHOUT_EAST = [
    ("N", "through"),
    ("N", "right"),
    ("W", "left"),
    ("W", "right"),
    ("S", "left"),
    ("S", "through"),
]


def phases(phase_set, streams):
    """Name -> movements, without right turns, of the rows that may be asked for."""
    return {
        row.name: {streams[index] for index in row.green if streams[index][1] != "right"}
        for row in phase_table(phase_set, streams)
        if row.name
    }


def test_two_phases_serve_an_axis_each():
    assert phases("two", CROSS) == {
        "NS": {(side, turn) for side in "NS" for turn in ("left", "through")},
        "EW": {(side, turn) for side in "EW" for turn in ("left", "through")},
    }


def test_four_phases_part_through_and_left():
    assert phases("four", CROSS) == {
        "NS through": {("N", "through"), ("S", "through")},
        "NS left": {("N", "left"), ("S", "left")},
        "EW through": {("E", "through"), ("W", "through")},
        "EW left": {("E", "left"), ("W", "left")},
    }


def test_eight_phases_add_one_for_each_side():
    eight = phases("eight", CROSS)
    assert list(eight)[4:] == ["N all", "S all", "E all", "W all"]
    assert eight["E all"] == {("E", "left"), ("E", "through")}


@pytest.mark.parametrize("phase_set", ["two", "four", "eight"])
def test_right_turns_are_green_in_every_row(phase_set):
    rights = {index for index, stream in enumerate(CROSS) if stream[1] == "right"}
    rows = phase_table(phase_set, CROSS)
    assert set(rows[0].green) == rights
    assert all(rights <= set(row.green) for row in rows)
    assert [row.name for row in rows if row.name] == [row.name for row in rows[1 : 1 + len(phases(phase_set, CROSS))]]


def test_eight_phases_keep_the_greens_that_two_of_them_share():
    rows = phase_table("eight", CROSS)
    kept = [{CROSS[index] for index in row.green if CROSS[index][1] != "right"} for row in rows[9:]]
    assert len(kept) == 8
    assert all(len(shared) == 1 for shared in kept)


def test_a_t_intersection_lets_the_only_left_turn_go_with_its_own_through_movement():
    assert phases("four", T_WITHOUT_EAST) == {
        "NS through": {("N", "through"), ("S", "through")},
        "S all": {("S", "left"), ("S", "through")},
        "W all": {("W", "left")},
    }
    assert phases("eight", T_WITHOUT_EAST) == phases("four", T_WITHOUT_EAST)
    assert list(phases("two", T_WITHOUT_EAST)) == ["NS", "EW"]


def test_a_street_without_crossing_has_one_phase():
    for phase_set in ("two", "four", "eight"):
        assert len(phases(phase_set, [("N", "through"), ("S", "through")])) == 1


def test_right_turns_alone_make_a_phase():
    rows = phase_table("four", [("N", "right"), ("E", "right")])
    assert [row.green for row in rows if row.name] == [(0, 1)]
