import numpy as np
import pytest

from traffic_marl.errors import NetworkError
from traffic_marl.kernels.tables import NONE
from traffic_marl.network.generators.grid import grid
from traffic_marl.network.model import Movement, Node, PhaseRow
from traffic_marl.network.phases import choose_rows, clearance_row, select_phases, with_clearance


def node(*greens, names=None):
    movements = tuple(Movement(f"in {index}", f"out {index}", "through", ()) for index in range(6))
    names = names or [f"phase {index}" for index in range(len(greens))]
    rows = tuple(PhaseRow(name, green, 30.0) for name, green in zip(names, greens, strict=True))
    return Node("crossing", (0.0, 0.0), 10.0, virtual=False, movements=movements, rows=rows)


def test_a_row_contained_in_all_others_is_no_phase():
    assert choose_rows([node((0,), (0, 1), (0, 2))], None) == [[1, 2]]


def test_a_row_contained_in_one_other_is_a_phase():
    assert choose_rows([node((0,), (0, 1), (2,))], None) == [[0, 1, 2]]


def test_a_single_row_is_a_phase():
    assert choose_rows([node((0,))], None) == [[0]]


def test_equal_rows_are_one_phase():
    assert choose_rows([node((0,), (0,))], None) == [[0]]
    assert choose_rows([node((0,), (1,), (0,))], None) == [[0, 1]]


def test_unnamed_rows_are_not_chosen_unasked():
    crossing = node((0,), (0, 1), (0, 2), (0, 1, 2), names=["", "a", "b", ""])
    assert choose_rows([crossing], None) == [[1, 2]]
    assert choose_rows([crossing], [0, 3]) == [[0, 3]]


def test_the_clearance_row_keeps_as_much_as_it_can():
    rows = node((0,), (0, 1, 2), (0, 1, 3), (0, 1), (0, 1, 2, 3)).rows
    assert clearance_row(rows, 1, 2) == 3
    assert clearance_row(rows, 1, 4) == 1
    assert clearance_row(rows, 1, 0) == 0
    assert clearance_row(rows, 2, 2) == 2


def test_an_all_red_row_is_added_only_where_it_is_needed():
    bare = with_clearance(node((0, 1), (2, 3)))
    assert [row.green for row in bare.rows] == [(0, 1), (2, 3), ()]
    assert clearance_row(bare.rows, 0, 1) == 2
    complete = node((0,), (0, 1), (0, 2))
    assert with_clearance(complete) is complete


def test_selected_phases_have_their_rows_and_movements():
    network = select_phases(grid(1, 2), [3, 1])
    tables = network.tables
    assert network.phase_names == (("EW through", "NS through"),) * 2
    assert tables.phase_row.tolist() == [[3, 1], [3, 1]]
    assert tables.clearance_row[0].tolist() == [[3, 0], [0, 1]]
    for movement, served in enumerate(tables.served):
        rows = network.row_movements[tables.movement_intersection[movement]]
        assert served.tolist() == [movement in rows[3], movement in rows[1]]


def test_right_turns_count_as_served_in_all_phases():
    network = grid(1, 1)
    rights = [turn == "right" for turn in network.movement_turns]
    assert network.tables.served[rights].all()
    assert not network.tables.served[~np.array(rights)].all(axis=1).any()


def test_padding_says_none():
    network = grid(1, 2, phases="eight", missing=[("intersection_1_1", "N")])
    tables = network.tables
    count = tables.phase_count[0]
    assert tables.phase_count.tolist() == [3, 8]
    assert (tables.phase_row[0, count:] == NONE).all()
    assert (tables.clearance_row[0, count:] == NONE).all()
    assert (tables.clearance_row[0, :, count:] == NONE).all()


def test_selecting_again_from_none_gives_the_first_choice_back():
    network = grid(1, 1)
    again = select_phases(select_phases(network, [2]), None)
    assert again.phase_names == network.phase_names
    assert np.array_equal(again.tables.served, network.tables.served)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([], "list of rows is empty"),
        ([1, 2, 1], "twice"),
        ([5], "not in the phase table"),
        ([-1], "not in the phase table"),
    ],
)
def test_a_bad_choice_is_refused(rows, words):
    with pytest.raises(NetworkError, match=words):
        select_phases(grid(1, 1), rows)


def test_a_row_without_movements_cannot_be_a_phase():
    network = grid(1, 1, lanes=[["left", "through"]])
    with pytest.raises(NetworkError, match="serves no movement"):
        select_phases(network, [0, 1])


def test_a_list_means_the_rows_that_each_table_has():
    nodes = [node((0,), (0, 1), (0, 2)), node((0,), (), (1,), (2,))]
    assert choose_rows(nodes, [3, 2, 1]) == [[2, 1], [3, 2]]


def test_an_intersection_with_none_of_the_rows_is_named():
    nodes = [node((0,), (1,), (2,)), node((0,), (1,))]
    with pytest.raises(
        NetworkError, match=r"^phases: row 2 serves no movement at crossing; add one of its phases, 0, 1"
    ):
        choose_rows(nodes, [2])


def test_rows_by_intersection_leave_the_others_their_default():
    network = select_phases(grid(1, 2), {"intersection_1_2": [3, 1]})
    assert network.phase_names[0] == grid(1, 2).phase_names[0]
    assert network.phase_names[1] == ("EW through", "NS through")
    assert network.tables.phase_count.tolist() == [4, 2]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (
            {"intersection_1_3": [1]},
            "phases[intersection_1_3]: there is no intersection with signals of this name; ",
        ),
        ({"west_1": [1]}, "phases[west_1]: there is no intersection with signals of this name; "),
        ({"intersection_1_1": []}, "phases[intersection_1_1]: the list of rows is empty; "),
        ({"intersection_1_1": [1, 1]}, "phases[intersection_1_1]: row 1 is given twice; "),
        ({"intersection_1_1": [9]}, "phases[intersection_1_1]: row 9 is not in its phase table; give rows from 0 to 4"),
    ],
)
def test_a_bad_choice_by_intersection_is_refused_with_its_name(rows, message):
    with pytest.raises(NetworkError) as caught:
        select_phases(grid(1, 2), rows)
    assert str(caught.value).startswith(message)
