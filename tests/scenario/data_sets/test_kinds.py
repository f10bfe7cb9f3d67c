import json
import os

import pytest

from tests.helpers import odd_data_sets
from traffic_marl.network.formats.contents import Kind
from traffic_marl.scenario.data_sets.kinds import files_by_kind, kind_of

CONTENTS = {
    "roadnet": ('{"intersections": [], "roads": []}', Kind.ROADNET),
    "roads first": ('{"roads": [{"id": "a", "points": []}]}', Kind.ROADNET),
    "byte order mark": ('\ufeff {"intersections": []}', Kind.ROADNET),
    "replay": ('{"static": {"nodes": [], "edges": []}}', Kind.REPLAY),
    "flow": ('[\n {"vehicle": {"length": 5.0}, "route": ["a"]}]', Kind.FLOW),
    "flow, route first": ('[{"route": ["a", "b"], "interval": 1}]', Kind.FLOW),
    "config": ('{"interval": 1.0, "roadnetFile": "r.json"}', Kind.CONFIG),
    "scenario": ('{"name": "x", "network": {"kind": "grid"}}', None),
    "list": ("[1, 2]", None),
    "empty": ("", None),
    "text": ("roads: [", None),
}


@pytest.mark.parametrize(("content", "kind"), CONTENTS.values(), ids=CONTENTS)
def test_kind_is_told_from_the_content(tmp_path, content, kind):
    (tmp_path / "any.json").write_text(content, encoding="utf-8")
    assert kind_of(tmp_path / "any.json") is kind


def test_written_files_are_known(tmp_path):
    folder = odd_data_sets.write(tmp_path)
    assert kind_of(folder / "roadnet.json") is Kind.ROADNET
    assert kind_of(folder / "flow.json") is Kind.FLOW


def test_a_long_file_is_known_from_its_head(tmp_path):
    flows = [odd_data_sets.flow(["w_in", "e_out"])] * 2000
    (tmp_path / "flow.json").write_text(json.dumps(flows) + "}}")
    assert kind_of(tmp_path / "flow.json") is Kind.FLOW


def test_what_is_no_file_has_no_kind(tmp_path):
    os.mkfifo(tmp_path / "pipe.json")
    assert [kind_of(path) for path in (tmp_path, tmp_path / "pipe.json", tmp_path / "none.json")] == [None] * 3


def test_files_of_a_folder_are_sorted_by_kind_and_name(tmp_path):
    for name in ("b.json", "a.json", "a.txt"):
        (tmp_path / name).write_text(CONTENTS["flow"][0])
    (tmp_path / "c.cfg").write_text(CONTENTS["config"][0])
    (tmp_path / "folder.json").mkdir()
    found = files_by_kind(tmp_path)
    assert [path.name for path in found[Kind.FLOW]] == ["a.json", "b.json"]
    assert [path.name for path in found[Kind.CONFIG]] == ["c.cfg"]
    assert found[Kind.ROADNET] == found[Kind.REPLAY] == []
    assert not any(files_by_kind(tmp_path / "none").values())
