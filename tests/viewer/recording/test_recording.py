"""A recording shows its run, comes back from its file unchanged, and other files are refused."""

import json
import shutil
import zipfile
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

from tests.helpers.random_traffic import draw_case
from tests.helpers.recorded import CROSSING, SECONDS, recorded
from tests.helpers.small_town import parts_of
from traffic_marl.errors import FileError, UsageError
from traffic_marl.kernels.tables import YELLOW
from traffic_marl.rollout import run
from traffic_marl.scenario import Incident, load_scenario
from traffic_marl.simulation import Closure, Simulation
from traffic_marl.strategies.catalogue import parse
from traffic_marl.strategies.named import NamedStrategy
from traffic_marl.viewer.page.html import write_page
from traffic_marl.viewer.recording.recorder import ensure_recordable, record, take
from traffic_marl.viewer.recording.recording import Origin, Tape
from traffic_marl.viewer.recording.tracks import packed, rows_of, tracks, unpacked_floats, unpacked_ints
from traffic_marl.viewer.recording.traffic_file import HEADER, read_recording, write_recording
from traffic_marl.viewer.scene.moment import Moment, moment
from traffic_marl.viewer.scene.street_map import StreetMap, street_map

OLD = Path(__file__).parents[2] / "data" / "recording_0.1.0.traffic"
FINENESS = {"distance": 0.01, "speed": 0.01, "length": 0.01, "delay": 0.1}  # that a recording keeps


def assert_shows(found: Moment, expected: Moment) -> None:
    """The moment of a recording agrees with that of the run: exactly, or rounded down where it keeps less."""
    there = parts_of(expected)
    for name, one in parts_of(found).items():
        if name in FINENESS:
            assert np.allclose(one, there[name] - FINENESS[name] / 2, atol=0.51 * FINENESS[name]), name
        else:
            assert np.array_equal(one, there[name], equal_nan=name == "mean_delay"), name


def assert_same(one, other) -> None:
    """Two recordings hold the same, to the last bit."""
    assert one.origin == other.origin
    assert one.closures == other.closures
    pairs = [(one.start, other.start), (one.length, other.length), (one.mean_delay, other.mean_delay)]
    pairs += [*zip(one.rows, other.rows, strict=True), *zip(one.states, other.states, strict=True)]
    for field in fields(StreetMap):
        first, second = getattr(one.street_map, field.name), getattr(other.street_map, field.name)
        if isinstance(first, np.ndarray):
            pairs.append((first, second))
        elif field.name.endswith("_lines"):
            pairs += zip(first, second, strict=True)
        else:
            assert first == second, field.name
    for first, second in pairs:
        assert first.dtype == second.dtype
        assert np.array_equal(first, second, equal_nan=first.dtype == np.float64)


def random_recording(seed: int):
    """A recording of a run at random, with all moments of it."""
    case = draw_case(seed, seconds=120)
    simulation = Simulation(case.network, [case.trips], case.timing, threads=1)
    tape, seen = Tape(), [moment(simulation)]
    for phases in np.repeat(case.requests, case.interval, axis=0):
        simulation.advance(phases[None], 1)
        seen.append(moment(simulation))
    for each in seen:
        tape.add(each)
    origin = Origin("random", "0" * 12, "at random", case.interval, seed, "0")
    streets = replace(street_map(case.network), left_hand=seed % 2 == 1)
    return tape.recording(origin, streets, seen[-1].time), seen


def rewritten(path, change):
    """The recording in `path` with its entries changed: name -> bytes."""
    with zipfile.ZipFile(path) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    change(entries)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return path


@pytest.fixture
def file(tmp_path):
    """The file of a recording."""
    write_recording(recorded(), tmp_path / "run.traffic")
    return tmp_path / "run.traffic"


# What is recorded


@pytest.mark.parametrize("second", [0, 1, 6, 7, 8, 50, 89, 90])
def test_a_moment_is_that_of_the_run(second):
    simulation = (
        run(CROSSING, parse("longest_queue"), (3,), until=second).simulation if second else CROSSING.simulation([3])
    )
    assert_shows(recorded().moment_at(second), moment(simulation))


def test_recording_does_not_change_the_run():
    whole = take(CROSSING, parse("max_pressure"), 5)
    rollout = run(CROSSING, parse("max_pressure"), (5,))
    assert whole.last == rollout.simulation.time > CROSSING.duration_s
    assert whole.mean_delay[-1] == rollout.measures.mean_delay[0]
    assert whole.states.completed[-1] == rollout.measures.completed[0]
    assert whole.origin.interval == 7


def test_a_label_with_a_blank_that_is_not_printable_is_read_back(tmp_path):
    named = NamedStrategy("\u65e5\u3000\u672c/pol", parse("fixed_time").strategy)
    write_recording(take(CROSSING, named, 5, until=5), tmp_path / "run.traffic")
    assert read_recording(tmp_path / "run.traffic").origin.strategy == "\u65e5\\u3000\u672c/pol"


def test_a_strategy_that_decides_each_second_is_recorded_alike():
    found = take(CROSSING, parse("fixed_time"), 5, until=40)
    assert found.origin.interval == 1
    assert_shows(found.moment_at(40), moment(run(CROSSING, parse("fixed_time"), (5,), until=40).simulation))


def test_lanes_that_are_closed_for_a_time_are_recorded_and_come_back_from_the_file(tmp_path):
    network = CROSSING.build_network()
    road = next(each for each in network.roads if each not in network.exit_roads)
    closed = CROSSING.model_copy(update={"incidents": (Incident(road=road, from_s=20, until_s=35),)})
    lanes = list(network.lanes_of(road))
    seen = take(closed, parse("fixed_time"), 5, until=60)
    write_recording(seen, tmp_path / "run.traffic")
    read = read_recording(tmp_path / "run.traffic")
    assert_same(read, seen)
    assert read.closures == tuple(Closure(lane, 20, 35) for lane in lanes)
    shown = [read.moment_at(second).positions.closed.tolist() for second in (20, 21, 35, 36)]
    assert shown == [[], lanes, lanes, []]
    assert_shows(read.moment_at(30), moment(run(closed, parse("fixed_time"), (5,), until=30).simulation))


def test_a_recording_without_closed_lanes_can_be_read_by_the_first_version(file):
    with zipfile.ZipFile(file) as archive:
        assert json.loads(archive.read(HEADER))["version"] == 1
        assert "closures" not in archive.namelist()


def test_progress_grows_to_the_end():
    shares = []
    take(CROSSING, parse("fixed_time"), 5, until=40, progress=lambda label, share: shares.append(share))
    assert shares == sorted(shares)
    assert shares[0] == 0.0
    assert 0.9 < shares[-1] <= 1.0


def test_a_yellow_and_a_turning_vehicle_are_in_the_recording():
    found = recorded()
    assert (found.states.interval == YELLOW).any()
    assert (found.rows.drivable >= len(found.street_map.lane_lines)).any()


@pytest.mark.parametrize("seed", range(6))
def test_any_traffic_comes_back_from_a_file(seed, tmp_path):
    found, seen = random_recording(seed)
    write_recording(found, tmp_path / "run.traffic")
    back = read_recording(tmp_path / "run.traffic")
    assert_same(back, found)
    for each in seen:
        assert_shows(back.moment_at(each.time), each)


def test_the_same_run_gives_the_same_bytes(tmp_path):
    for name in ("one.traffic", "other.traffic"):
        record(CROSSING, parse("longest_queue"), 3, tmp_path / name, until=SECONDS)
    one, other = (path.read_bytes() for path in sorted(tmp_path.iterdir()))
    assert one == other


def test_a_file_takes_few_bytes_a_vehicle_and_second(tmp_path):
    long = take(CROSSING, parse("longest_queue"), 3)
    write_recording(long, tmp_path / "run.traffic")
    network = tmp_path / "empty.traffic"
    write_recording(take(CROSSING, parse("longest_queue"), 3, until=1), network)
    taken = (tmp_path / "run.traffic").stat().st_size - network.stat().st_size
    assert taken / len(long.rows.vehicle) < 3.0


# How numbers are kept


def test_integers_come_back_from_their_bytes():
    values = np.array([[0, 1, -1], [2**29, -(2**29), 255]], np.int32)
    assert np.array_equal(unpacked_ints(packed(values), (2, 3)), values)


def test_floats_come_back_from_their_bytes():
    values = np.array([0.0, -1.5, np.nan, 1e300])
    assert np.array_equal(unpacked_floats(packed(values), (4,)), values, equal_nan=True)


def test_bytes_of_another_size_are_refused():
    with pytest.raises(ValueError, match="reshape"):
        unpacked_ints(packed(np.zeros(3, np.int32)), (4,))


def test_rows_by_vehicle_have_no_gap_and_lead_back():
    found = recorded()
    parts = tracks(found.start, found.rows)
    assert parts.seconds.sum() == len(found.rows.vehicle) == len(parts.drivable)
    start, rows = rows_of(parts, found.last + 1)
    assert np.array_equal(start, found.start)
    assert all(np.array_equal(one, other) for one, other in zip(rows, found.rows, strict=True))


def test_a_recording_of_version_0_1_0_is_read_as_the_run_of_today(tmp_path):
    """The file was written by `watch grid_2x2_smoke --strategy longest_queue --seed 3 --until 60 --record FILE`."""
    old = read_recording(OLD)
    new = take(load_scenario("grid_2x2_smoke"), parse("longest_queue:interval_s=5"), 3, until=60)
    assert (old.label, old.origin.version, old.last) == ("longest_queue", "0.1.0", 60)
    assert_same(replace(old, origin=new.origin), new)
    write_page([old], tmp_path / "old.html")
    assert "longest_queue on grid_2x2_smoke" in (tmp_path / "old.html").read_text()


# Files that are no recording


def test_a_file_that_is_not_there_cannot_be_read(tmp_path):
    with pytest.raises(FileError, match="cannot be read: No such file"):
        read_recording(tmp_path / "nothing.traffic")


def test_a_folder_is_no_recording(tmp_path):
    with pytest.raises(FileError, match="cannot be read"):
        read_recording(tmp_path)


def test_a_text_file_is_no_recording(tmp_path):
    (tmp_path / "run.traffic").write_text("time, phase\n0, 1\n")
    with pytest.raises(FileError, match="is not a recording"):
        read_recording(tmp_path / "run.traffic")


def test_another_archive_is_no_recording(tmp_path):
    shutil.make_archive(str(tmp_path / "other"), "zip", tmp_path)
    with pytest.raises(FileError, match="not a recording"):
        read_recording(tmp_path / "other.zip")


@pytest.mark.parametrize("share", [0.0, 0.3, 0.6, 0.99])
def test_a_part_of_a_file_is_refused_as_incomplete(file, share):
    content = file.read_bytes()
    file.write_bytes(content[: int(share * len(content))])
    with pytest.raises(FileError, match="not a complete one"):
        read_recording(file)


def test_a_byte_that_changed_is_noticed(file):
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0xFF
    file.write_bytes(content)
    with pytest.raises(FileError, match=r"run.traffic"):
        read_recording(file)


def test_a_recording_of_a_newer_version_asks_for_an_update(file):
    def newer(entries):
        entries[HEADER] = entries[HEADER].replace(b'"version": 1', b'"version": 3', 1)

    with pytest.raises(FileError, match=r"newer version .format 3, this version reads up to 2.*install the latest"):
        read_recording(rewritten(file, newer))


def test_a_column_that_is_missing_is_named(file):
    with pytest.raises(FileError, match=r"damaged.*vehicle\.speed"):
        read_recording(rewritten(file, lambda entries: entries.pop("vehicle.speed")))


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("lane_road", lambda streets: len(streets.roads)),
        ("lane_intersection", lambda streets: len(streets.intersections)),
        ("vehicle.drivable", lambda streets: len(streets.lines)),
        ("vehicle.came_from", lambda streets: len(streets.lines)),
    ],
)
def test_an_index_that_is_one_too_far(file, name, count):
    first_too_far = count(read_recording(file).street_map)

    def far(entries):
        size = len(entries[name]) // 4
        entries[name] = packed(np.full(size, first_too_far, np.int32))

    with pytest.raises(FileError, match="damaged"):
        read_recording(rewritten(file, far))


@pytest.mark.parametrize(
    "name", ["vehicle.drivable", "vehicle.came_from", "row", "phase", "lane_road", "vehicle.first"]
)
def test_a_number_that_points_to_nothing(file, name):
    def far(entries):
        size = len(entries[name]) // 4
        entries[name] = packed(np.full(size, 10_000, np.int32))

    with pytest.raises(FileError, match="damaged"):
        read_recording(rewritten(file, far))


@pytest.mark.parametrize(
    ("key", "value"),
    [("columns", None), ("columns", {"row": 3}), ("map", {"intersections": 4}), ("origin", []), ("version", "new")],
)
def test_a_header_with_something_else_in_it(file, key, value):
    def change(entries):
        entries[HEADER] = json.dumps({**json.loads(entries[HEADER]), key: value}).encode()

    with pytest.raises(FileError, match=r"run.traffic"):
        read_recording(rewritten(file, change))


def test_columns_of_different_length(file):
    def shorter(entries):
        header = json.loads(entries[HEADER])
        kind, size = header["columns"]["vehicle.delay"]
        header["columns"]["vehicle.delay"] = [kind, size - 1]
        entries[HEADER] = json.dumps(header).encode()
        entries["vehicle.delay"] = packed(np.zeros(size - 1, np.int32))

    with pytest.raises(FileError, match="differ in length"):
        read_recording(rewritten(file, shorter))


# What can be recorded


def test_an_unknown_form_is_refused_before_the_run(tmp_path, monkeypatch):
    monkeypatch.setattr(
        "traffic_marl.viewer.recording.recorder.take", lambda *arguments, **named: pytest.fail("it ran")
    )
    with pytest.raises(UsageError, match=r"--record: run.avi names no form of recording; end it with .traffic"):
        record(CROSSING, parse("fixed_time"), 0, tmp_path / "run.avi", flag="--record")


def test_a_missing_folder_is_refused_before_the_run(tmp_path):
    with pytest.raises(FileError, match=r"--record: there is no folder"):
        ensure_recordable(tmp_path / "nowhere" / "run.traffic", "--record")
