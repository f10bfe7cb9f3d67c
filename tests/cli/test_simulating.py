"""`simulate` with places, fuel and logs: what is printed and written."""

import csv
import json
import math
from pathlib import Path

import pytest

from tests.cli.test_commands import SMALL
from traffic_marl.local_measures import KINDS, LOCAL_DEFINITIONS
from traffic_marl.rollout import run


@pytest.fixture
def small(tmp_path):
    path = tmp_path / "small.json"
    SMALL.save(path)
    return path


def rows_of(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def local():
    return run(SMALL, "fixed_time", [3], by_movement=True).local


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_place_is_printed_with_its_level_of_service(call, small, local, kind, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    code, out, _ = call("simulate", small, "--strategy", "fixed_time", "--seed", 3, "--by", kind)
    assert code == 0
    table = local.of(kind)
    for place, level in zip(table.places, table.levels(0), strict=True):
        (line,) = [line for line in out.splitlines() if line.startswith(f"{place.name} ") and f" {level} " in line][:1]
        assert f" {table.demand[0, table.places.index(place)]} " in line
    assert "Highway Capacity Manual" in out
    assert "A 10 B 20 C 35 D 55 E 80 s/veh, F above" in " ".join(out.split())


def test_places_are_written_with_all_numbers(call, small, local, tmp_path):
    path = tmp_path / "places.csv"
    assert call("simulate", small, "--strategy", "fixed_time", "--seed", 3, "--places", path)[0] == 0
    rows = rows_of(path)
    for kind in KINDS:
        own = [row for row in rows if row["kind"] == kind]
        table = local.of(kind)
        assert [row["approach"] for row in own] == [place.road for place in table.places]
        for name in LOCAL_DEFINITIONS:
            for row, value in zip(own, getattr(table, name)[0].tolist(), strict=True):
                assert (row[name] == "") if not math.isfinite(value) else float(row[name]) == pytest.approx(value)


def test_json_has_the_places_beside_the_measures(call, small, local):
    code, out, _ = call("simulate", small, "--strategy", "fixed_time", "--seed", 3, "--by", "movement", "--json")
    found = json.loads(out)
    assert code == 0
    assert found["measures"]["demanded"] > 0
    assert [each["mean_delay"] for each in found["places"]["approach"]] == local.approaches.mean_delay[0].tolist()
    assert sum(found["places"]["balance"][part] for part in ("places", "elsewhere", "unfinished")) == pytest.approx(
        found["measures"]["mean_delay"] * found["measures"]["demanded"]
    )


def test_fuel_is_added(call, small):
    code, out, _ = call("simulate", small, "--strategy", "fixed_time", "--fuel")
    assert code == 0
    assert "fuel_per_distance" in out
    assert "HBEFA3/PC_G_EU4" in out
    code, out, _ = call("simulate", small, "--strategy", "fixed_time", "--fuel", "--json")
    assert json.loads(out)["fuel"]["fuel_l"] > 0.1


def test_events_are_written_with_their_detectors(call, small, tmp_path):
    path = tmp_path / "events.csv"
    code, out, _ = call("simulate", small, "--strategy", "actuated", "--events", path)
    assert code == 0
    assert "split" in out
    events, detectors = rows_of(path), rows_of(tmp_path / "events_detectors.csv")
    assert list(events[0]) == ["TimeStamp", "DeviceId", "EventId", "Parameter"]
    assert [row["TimeStamp"] for row in events] == sorted(row["TimeStamp"] for row in events)
    assert {row["EventId"] for row in events} >= {"1", "7", "8", "9", "10", "11", "81", "82"}
    numbers = {row["Parameter"] for row in detectors}
    assert {row["Parameter"] for row in events if row["EventId"] == "82"} <= numbers
    assert {row["Function"] for row in detectors} == {"Presence", "Advance"}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--by", "road"), "--by: unknown kind of place 'road'; "),
        (("--by", "movments"), "--by: unknown kind of place 'movments'; "),
        (("--places", "/nowhere/p.csv"), "--places: there is no folder"),
        (("--events", "/nowhere/e.csv"), "--events: there is no folder"),
        (("--places", "{}/a.csv", "--trips", "{}/a.csv"), "is also the file of"),
        (("--events", "{}/a.csv", "--trips", "{}/a_detectors.csv"), "is also the file of"),
    ],
)
def test_mistakes_are_told_before_the_run(call, small, tmp_path, words, told):
    code, out, err = call("simulate", small, "--strategy", "random", *(word.format(tmp_path) for word in words))
    assert (code, out) == (2, "")
    assert told in err
    assert len(err.splitlines()) == 1
    assert {path.name for path in tmp_path.iterdir()} == {"small.json"}


def test_beside_a_device_no_file_of_detectors_is_written(call, small):
    assert call("simulate", small, "--strategy", "random", "--until", 30, "--events", "/dev/null")[0] == 0
    assert not Path("/dev/null_detectors").exists()
