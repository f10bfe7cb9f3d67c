"""SUMO's networks with an odd attribute: each is read or refused in one line."""

import pytest

from tests.helpers.odd_attributes import odd_texts, refusals
from tests.helpers.sumo_town import TOWN, changed_town
from traffic_marl.errors import NetworkError
from traffic_marl.network.formats.sumo.network import read_sumo_network


def test_an_odd_attribute_anywhere_is_read_or_told(tmp_path):
    path = tmp_path / "odd.net.xml"

    def read(text):
        path.write_text(text, encoding="utf-8")
        return [str(remark) for remark in read_sumo_network(path).remarks]

    told = refusals(odd_texts(TOWN.read_text()), read)
    assert len(told) > 100
    assert all(line.isprintable() for line in told)
    assert any('"length" is nan, which is not within 0 to 100000; give metres in this range' in line for line in told)


@pytest.mark.parametrize("shape", [" ", "\t "])
def test_a_blank_shape_is_told(tmp_path, shape):
    path = changed_town(tmp_path, ('shape="198.40,210.40 198.40,189.60"', f'shape="{shape}"'))
    with pytest.raises(NetworkError, match='lane :C_1_0: "shape" has no point; give x,y in metres, at least twice'):
        read_sumo_network(path)


@pytest.mark.parametrize(("text", "seconds"), [("-5", -5.0), ("00:01:10", 70.0), ("begin", 0.0), ("2.5", 2.5)])
def test_an_offset_is_read_in_all_ways_of_sumo(tmp_path, text, seconds):
    network = read_sumo_network(changed_town(tmp_path, ('offset="0"', f'offset="{text}"')))
    assert network.graph.nodes["C"]["node"].offset == seconds


def test_an_offset_that_is_no_time_is_told(tmp_path):
    path = changed_town(tmp_path, ('offset="0"', 'offset="x"'))
    with pytest.raises(NetworkError, match=r'tlLogic C: "offset" is x, which is not within .*; give seconds in this'):
        read_sumo_network(path)
