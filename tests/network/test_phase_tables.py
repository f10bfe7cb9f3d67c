import pytest
from hypothesis import given
from hypothesis import strategies as st

from traffic_marl.network.generators.grid import grid
from traffic_marl.network.model import Node, PhaseRow, signalised_nodes
from traffic_marl.network.phase_tables import ALL_RED_ROW, Change, change_of, is_plain, purposes
from traffic_marl.network.phases import clearance_row, with_clearance


def table(*rows):
    """Rows of (time, movements), named as a reader of CityFlow's files names them."""
    return tuple(PhaseRow(f"phase {place}", tuple(green), float(time)) for place, (time, green) in enumerate(rows))


def node(*rows):
    return Node("crossing", (0.0, 0.0), 10.0, virtual=False, rows=table(*rows))


def phases(*rows):
    return purposes(table(*rows)).phases


def test_published_tables_have_eight_phases_and_need_no_remark():
    rights = [10, 2, 3, 6]
    pairs = [(0, 7), (4, 11), (1, 8), (5, 9), (0, 1), (7, 8), (4, 5), (9, 11)]
    rows = table((5, rights), *((30, [*rights, *pair]) for pair in pairs))
    found = purposes(rows)
    assert found.phases == (1, 2, 3, 4, 5, 6, 7, 8)
    assert is_plain(rows, found)
    assert change_of(node((5, rights), *((30, [*rights, *pair]) for pair in pairs))) == Change(5, 0)


def test_the_same_short_row_of_right_turns_after_each_phase_needs_no_remark():
    rights = (5, [2])
    rows = table((30, [0, 2]), rights, (30, [1, 2]), rights, (30, [3, 2]), rights)
    assert purposes(rows).phases == (0, 2, 4)
    assert is_plain(rows, purposes(rows))
    other = table((30, [0, 2]), rights, (30, [1, 2]), (4, [2]))
    assert not is_plain(other, purposes(other))


@pytest.mark.parametrize(
    "yellow",
    [
        ([2], [2]),  # green in both phases
        ([0, 2], [1, 2]),  # the greens that end
        ([1, 2], [0, 2]),  # the greens that begin
        ([0, 1, 2], [0, 1, 2]),  # all
        ([2], [1]),
        ([], []),
    ],
)
@pytest.mark.parametrize("time", [1, 3, 4.5, 6])
def test_short_rows_between_greens_are_no_phases_whatever_they_keep(yellow, time):
    assert phases((30, [0, 2]), (time, yellow[0]), (15, [1, 2]), (time, yellow[1])) == (0, 2)


def test_yellow_and_all_red_in_a_row_are_no_phases():
    assert phases((30, [0]), (3, [0]), (2, []), (30, [1]), (3, [1]), (2, [])) == (0, 3)


def test_a_longer_row_is_a_phase():
    assert phases((30, [0, 2]), (7, [2, 0, 1]), (30, [1, 2])) == (0, 1, 2)


def test_a_short_row_that_alone_serves_a_movement_is_a_phase():
    rows = table((30, [0]), (5, [2]), (30, [1]), (5, [1, 2]))
    found = purposes(rows)
    assert (found.phases, found.yellow, found.needed) == ((0, 1, 2), (3,), (1,))
    assert not is_plain(rows, found)


@pytest.mark.parametrize("time", [0, 1, 5, 6, 30])
def test_rows_of_one_time_are_all_phases(time):
    assert phases((time, [0]), (time, [1]), (time, [0, 2]), (time, [1, 2])) == (0, 1, 2, 3)


def test_among_short_rows_the_longest_are_green():
    assert phases((5, [0, 2]), (2, [2, 0]), (5, [1, 2]), (2, [1])) == (0, 2)


def test_a_row_of_time_0_is_a_phase():
    assert phases((0, [0]), (5, []), (30, [1, 2]), (5, [])) == (0, 2)


def test_of_equal_rows_the_first_is_the_phase():
    rows = table((30, [0, 2]), (30, [1]), (20, [2, 0]), (30, [1]))
    found = purposes(rows)
    assert (found.phases, found.repeats) == ((0, 1), ((2, 0), (3, 1)))
    assert not is_plain(rows, found)


def test_a_table_without_greens_has_its_first_row():
    assert phases((5, []), (30, [])) == (0,)


def test_rows_of_a_table_without_names_may_be_phases():
    rows = tuple(PhaseRow("", green, 30.0) for green in ((0,), (1,), ()))
    assert purposes(rows).phases == (0, 1)


def test_no_movement_loses_its_green():
    rows = table((30, [0, 3]), (3, [3]), (6, [2]), (3, [2, 3]), (30, [1, 3]), (3, [1, 4]), (0, [5]), (30, [0, 3]))
    found = purposes(rows)
    assert {movement for row in found.phases for movement in rows[row].green} == {0, 1, 2, 3, 4, 5}


@pytest.mark.parametrize(
    ("rows", "change"),
    [
        ([(30, [0]), (30, [1])], None),
        ([(30, [0, 2]), (3, [2]), (30, [1, 2]), (4, [1])], (4, 0)),
        ([(30, [0]), (3, [0]), (2, []), (30, [1]), (3, [1]), (1, [])], (3, 2)),
        ([(2, []), (30, [0]), (3, [0]), (2, []), (30, [1]), (3, [1])], (3, 2)),  # the cycle begins with an all-red
        ([(30, [0]), (6, [0]), (5, []), (30, [1])], (6, 5)),
        ([(30, [0]), (2.5, [0]), (0.7, []), (30, [1])], (3, 1)),
        ([(30, [0]), (3, []), (1, []), (1, [1]), (30, [1])], (3, 2)),
        ([(29, [0, 2]), (5, [2]), (6, [2]), (5, []), (29, [1, 2]), (5, [])], (5, 0)),  # 6 s of green between yellows
        ([(5, [2]), (30, [0, 2]), (30, [1, 2]), (5, [])], (5, 0)),  # rows beside each other that follow no phase
        ([(30, [0]), (20, []), (30, [1])], None),
    ],
)
def test_yellow_and_all_red_are_those_of_the_table(rows, change):
    assert change_of(node(*rows)) == change


def test_an_added_all_red_row_has_no_time_of_its_own():
    crossing = with_clearance(node((30, [0]), (3, [0]), (30, [1]), (3, [1])))
    assert crossing.rows[-1] == ALL_RED_ROW
    assert change_of(crossing) == Change(3, 0)
    assert change_of(with_clearance(node((30, [0]), (30, [1])))) is None


@pytest.mark.parametrize("kind", ["two", "four", "eight"])
def test_generated_tables_keep_their_named_phases_and_their_change(kind):
    for crossing in signalised_nodes(grid(2, 2, phases=kind, missing=[("intersection_1_1", "N")]).graph):
        found = purposes(crossing.rows)
        assert found.phases == tuple(place for place, row in enumerate(crossing.rows) if row.name)
        assert is_plain(crossing.rows, found)
        assert change_of(crossing) == Change(5, 0)


def test_the_row_between_two_phases_serves_only_movements_that_both_serve():
    rows = with_clearance(node((30, [0, 2]), (3, [0, 1, 2]), (30, [1, 2]), (3, [0]))).rows
    for one, other in ((0, 2), (2, 0)):
        assert set(rows[clearance_row(rows, one, other)].green) <= {2}


tables = st.lists(
    st.tuples(st.sampled_from([0, 1, 3, 5, 6, 7, 15, 30]), st.frozensets(st.integers(0, 4))), min_size=1, max_size=9
).filter(lambda rows: any(green for _, green in rows))


@given(tables)
def test_any_table_keeps_the_green_of_every_movement_and_is_safe_between_phases(rows):
    crossing = with_clearance(node(*((time, sorted(green)) for time, green in rows)))
    chosen = purposes(crossing.rows).phases
    greens = [set(row.green) for row in crossing.rows]
    assert all(greens[row] for row in chosen)
    assert len({frozenset(greens[row]) for row in chosen}) == len(chosen)
    assert set().union(*(greens[row] for row in chosen)) == set().union(*greens)
    for one in chosen:
        for other in chosen:
            assert greens[clearance_row(crossing.rows, one, other)] <= greens[one] & greens[other]


@given(tables)
def test_any_table_has_its_phases_among_the_rows_that_last_longer_than_its_yellow(rows):
    found = purposes(table(*((time, sorted(green)) for time, green in rows)))
    longest = max(time for time, green in rows if green)
    assert all(0 < rows[row][0] <= 6 and rows[row][0] < longest for row in found.yellow)
    assert not set(found.yellow) & set(found.phases)
