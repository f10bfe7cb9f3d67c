"""SUMO's networks: roads, lanes, connections, signals and right of way, against a town worked by hand."""

import gzip

import numpy as np
import pytest

from tests.helpers.sumo_town import TOWN, changed_town, town
from traffic_marl.errors import FileError, NetworkError
from traffic_marl.kernels.tables import NONE
from traffic_marl.network.formats.sumo.network import read_sumo_network


def connection(network, start, end):
    """The connection from one lane to another, by name."""
    names = network.lane_names
    pairs = list(zip(network.tables.start_lane.tolist(), network.tables.end_lane.tolist(), strict=True))
    return pairs.index((names.index(start), names.index(end)))


def precedence(network, one, other):
    """1 if a connection goes before another one, -1 if it yields, 0 if none does; None if they do not meet."""
    tables = network.tables
    for place in range(tables.crossing_start[one], tables.crossing_start[one + 1]):
        if tables.crossing_foe[place] == other:
            return int(tables.crossing_precedence[place])
    return None


def test_only_the_signal_is_an_intersection():
    network = town()
    assert network.intersections == ("C",)
    assert set(network.roads) == {"WC", "CW", "NC", "CN", "SC", "CS", "CT", "TC", "TE", "ET", "AT", "TA"}
    assert network.tables.intersection.max() == 1  # T comes after C


def test_the_footway_is_left_out_and_told():
    (remark,) = [str(each) for each in town().remarks if "edges" in each.what]
    assert remark == "town.net.xml: 1 of 13 edges left out, because no lane is for cars; it is foot"


def test_lanes_have_the_lengths_of_the_file_and_count_from_the_left():
    network = town()
    lanes = network.lanes_of("WC")
    assert network.tables.length[lanes].tolist() == [192.8, 192.8]
    left, right = (network.lane_lines[lane] for lane in lanes)
    assert left[0, 1] > right[0, 1]  # the road leads east


def test_movements_at_junctions_without_signals_have_no_intersection():
    network = town()
    at = dict(zip(network.movement_roads, network.tables.movement_intersection.tolist(), strict=True))
    assert at["WC", "CT"] == 0
    assert at["AT", "TC"] == at["CT", "TE"] == NONE
    assert not network.tables.served[network.tables.movement_intersection == NONE].any()
    lanes = network.lanes_of("AT")
    assert (network.tables.lane_intersection[lanes] == NONE).all()


def test_rows_with_yellow_are_no_phases():
    network = town()
    rows = network.tables.phase_row[0, : network.tables.phase_count[0]].tolist()
    table = network.graph.nodes["C"]["node"].rows
    assert rows == [row for row, each in enumerate(table) if each.is_phase]
    assert 0 < len(rows) < len(table)


def test_a_minor_road_yields_to_the_major_one():
    network = town()
    left, through = connection(network, "AT_0", "TC_0"), connection(network, "ET_0", "TC_0")
    assert precedence(network, left, through) == -1
    assert precedence(network, through, left) == 1


def test_a_permitted_left_turn_yields_to_the_opposite_through_movement():
    network = town()
    left, through = connection(network, "WC_0", "CN_0"), connection(network, "TC_0", "CW_0")
    assert precedence(network, left, through) == -1


def test_every_lane_leads_to_all_lanes_of_the_next_road():
    network = town()
    tables, names = network.tables, network.lane_names
    reached = {
        names[end] for start, end in zip(tables.start_lane, tables.end_lane, strict=True) if names[start] == "SC_0"
    }
    assert reached == {"CN_0", "CT_0", "CT_1", "CW_0", "CW_1"}
    plain, crossing = connection(network, "WC_0", "CT_0"), connection(network, "WC_0", "CT_1")
    assert tables.shift[[plain, crossing]].tolist() == [0, 2]  # the latter meets the way of lane 1


def test_a_packed_file_is_the_same_network(tmp_path):
    packed = tmp_path / "town.net.xml.gz"
    packed.write_bytes(gzip.compress(TOWN.read_bytes()))
    network, plain = read_sumo_network(packed), town()
    assert network.lane_names == plain.lane_names
    assert np.array_equal(network.tables.length, plain.tables.length)


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("<net ", "<network ", "begins with <network>"),
        ("</net>", "", "is not XML: line"),
        ("<net ", '<!DOCTYPE net [<!ENTITY a "b">]><net ', "defines entities"),
    ],
)
def test_a_file_that_is_no_network_is_refused(tmp_path, before, after, words):
    with pytest.raises(FileError, match=words):
        read_sumo_network(changed_town(tmp_path, (before, after)))


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ('speed="13.89"', 'speed="fast"', '"speed" is fast, which is not within 0 to 1000'),
        ('type="dead_end" x="0.00"', 'type="dead_end" x="x"', '"x" is x'),
        ('from="W" to="C"', 'from="W" to="nowhere"', "there is no junction nowhere"),
        ('linkIndex="13"', 'linkIndex="99"', "signal C: a phase has 14 letters, and a connection has linkIndex 99"),
        ('state="', 'state="Q', "'Q', which is no signal"),
        ('type="traffic_light"', 'type="priority"', None),
    ],
)
def test_a_wrong_element_is_told_with_its_place(tmp_path, before, after, words):
    path = changed_town(tmp_path, (before, after))
    if words is None:
        assert read_sumo_network(path).intersections == ("C",)
        return
    with pytest.raises(NetworkError) as caught:
        read_sumo_network(path)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_network_without_any_signal_is_refused(tmp_path):
    with pytest.raises(
        NetworkError, match="its signals let all cars pass at all times, so there is nothing to control"
    ):
        read_sumo_network(changed_town(tmp_path, (' tl="C"', "")))
