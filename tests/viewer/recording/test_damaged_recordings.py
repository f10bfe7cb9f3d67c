"""Recordings that a stranger has changed: each is refused in one line, or it plays. None takes much memory or time."""

import copy
import json
import os
import random
import resource
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as draws

from tests.helpers.recorded import CROSSING, recorded
from traffic_marl.errors import FileError
from traffic_marl.strategies.catalogue import parse
from traffic_marl.viewer.page.html import page
from traffic_marl.viewer.recording import recorder, traffic_file
from traffic_marl.viewer.recording.columns import CLOSURES, FLOATS, KNOWN
from traffic_marl.viewer.recording.recording import Recording
from traffic_marl.viewer.recording.tracks import packed
from traffic_marl.viewer.recording.traffic_file import HEADER, read_recording, write_recording
from traffic_marl.viewer.scene.vehicles import boxes, delay_steps, moment_between, speed_steps

OLD = Path(__file__).parents[2] / "data" / "recording_0.1.0.traffic"  # small, of 61 s
MOST_MEMORY = 300 * 2**20  # [B] that all damaged recordings together may add to the process
ODD = (None, True, -1, 0, 1, 0.5, 1e308, float("nan"), float("inf"), 2**31, 2**63, 10**30, 10**400)
ODD += (
    "",
    " ",
    "\n",
    "\x1b[31mred",
    "\0",
    "\ud800",
    "x" * 10_000,
    "</script><script>",
    [],
    {},
    [[]],
    [[[0.5]]],
    [None],
)
ODD_INTEGERS = (-(2**31), -1, 0, 1, 2, 10**6, 2**31 - 1)
ODD_FLOATS = (float("nan"), float("inf"), -1.0, 0.0, 1e-300, 1e300)

with zipfile.ZipFile(OLD) as archive:
    ENTRIES = {name: archive.read(name) for name in archive.namelist()}
CLOSED = np.array([[0, 10, 20]], np.int32)  # a lane with the seconds of its closure, which that file has not
KNOWN_HEADER = json.loads(ENTRIES[HEADER])
KNOWN_HEADER["columns"][CLOSURES] = ["int32", *CLOSED.shape]
ENTRIES |= {HEADER: json.dumps(KNOWN_HEADER).encode(), CLOSURES: packed(CLOSED)}


real = zipfile.ZipFile.open


def written(entries: dict[str, bytes], path: Path) -> Path:
    """An archive with these entries."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as changed:
        for name, content in entries.items():
            changed.writestr(name, content)
    return path


def with_header(change, path: Path) -> Path:
    """The recording with another header. `change` alters the object in the header, or gives another one."""
    header = json.loads(ENTRIES[HEADER])
    other = change(header)
    content = json.dumps(header if other is None else other).encode("utf-8", "surrogatepass")
    return written({**ENTRIES, HEADER: content}, path)


def refusal(path: Path) -> str:
    """The line with which a file is refused."""
    with pytest.raises(FileError) as caught:
        read_recording(path)
    assert str(caught.value).isprintable()
    return str(caught.value)


def read_or_refused(path: Path) -> tuple[Recording | None, str]:
    """The recording in a file, or the line with which it is refused."""
    try:
        return read_recording(path), ""
    except FileError as error:
        return None, str(error)


def play(recording: Recording) -> None:
    """Makes all that the window and the page show of a recording, at a few of its times."""
    streets = recording.street_map
    for second in {0, recording.last // 2, recording.last}:
        there = recording.moment_at(second)
        between = moment_between(streets, recording.moment_at(max(0, second - 1)), there, 0.5)
        assert np.isfinite(boxes(streets, between.positions).front).all()
        speed_steps(streets, between.positions), delay_steps(between.positions)
    assert recording.label.isprintable()
    assert "</script><script>" not in page([recording])


def places(value, path=()):
    """The paths to all members of a JSON value."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, member in members:
        yield (*path, key)
        yield from places(member, (*path, key))


def some_bytes(dice: random.Random, path: Path) -> Path:
    """The file with some bytes changed, or cut off."""
    content = bytearray(OLD.read_bytes())
    for _ in range(dice.choice((1, 1, 3, 20))):
        content[dice.randrange(len(content))] = dice.randrange(256)
    path.write_bytes(content if dice.random() < 0.8 else content[: dice.randrange(len(content))])
    return path


def some_header(dice: random.Random, path: Path) -> Path:
    """The file with members of its header replaced, left out or taken from elsewhere."""

    def change(header):
        for _ in range(dice.choice((1, 1, 2))):
            *way, last = dice.choice(list(places(header)))
            owner = header
            for key in way:
                owner = owner[key]
            kind = dice.random()
            if kind < 0.2:
                del owner[last]
            elif kind < 0.3 and isinstance(owner, list):
                owner.append(copy.deepcopy(owner[last]))
            else:
                owner[last] = copy.deepcopy(dice.choice(ODD))

    return with_header(change, path)


def some_numbers(dice: random.Random, path: Path) -> Path:
    """The file with numbers of some columns replaced. Their sizes stay as they are."""
    entries = dict(ENTRIES)
    for name in dice.sample([name for name in entries if name != HEADER], dice.choice((1, 1, 2))):
        is_float = name in FLOATS
        size = len(entries[name]) // (8 if is_float else 4)
        kind, odd = (np.float64, ODD_FLOATS) if is_float else (np.int32, ODD_INTEGERS)
        values = np.zeros(size, kind)
        values[[dice.randrange(size) for _ in range(dice.choice((1, 5)))]] = dice.choice(odd)
        kept = np.frombuffer(entries[name], np.uint8)
        changed = np.frombuffer(packed(values), np.uint8)
        entries[name] = (kept ^ changed).tobytes() if dice.random() < 0.7 else packed(values)
    return written(entries, path)


@settings(max_examples=250, deadline=None, derandomize=True, database=None)
@given(seed=draws.integers(0, 2**32), damage=draws.sampled_from((some_bytes, some_header, some_header, some_numbers)))
def test_a_damaged_recording_is_refused_in_one_line_or_plays(tmp_path_factory, seed, damage):
    path = damage(random.Random(seed), tmp_path_factory.getbasetemp() / "damaged.traffic")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    recording, line = read_or_refused(path)
    assert line.isprintable()
    assert len(line) < 1000
    if recording is not None:
        play(recording)
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 < MOST_MEMORY


# Sizes


@pytest.mark.parametrize("name", ["queue", "vehicle.speed", "lane_lines.points", "mean_delay", "length"])
def test_declared_sizes_beyond_the_limit_are_refused_before_anything_is_unpacked(name, tmp_path, monkeypatch):
    def change(header):
        kind, *shape = header["columns"][name]
        header["columns"][name] = [kind, 10**9, *shape[1:]]

    path = with_header(change, tmp_path / "run.traffic")
    read = []
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda self, entry, *others: read.append(entry) or real(self, entry))
    assert "its numbers take " in refusal(path)
    assert [getattr(entry, "filename", entry) for entry in read] == [HEADER]


def test_an_entry_that_unpacks_to_more_than_its_column_is_not_unpacked(tmp_path):
    path = written({**ENTRIES, "queue": bytes(400 * 2**20)}, tmp_path / "run.traffic")
    assert path.stat().st_size < 2**20
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert "queue has another size than the header says" in refusal(path)
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 < 50 * 2**20


def test_an_entry_that_lies_about_its_size_is_unpacked_up_to_that_size_only(tmp_path):
    """The size in the archive's own list is that of the column, but the packed bytes hold 200 MB."""
    path = written({**ENTRIES, "queue": bytes(200 * 2**20)}, tmp_path / "run.traffic")
    content, size = bytearray(path.read_bytes()), len(ENTRIES["queue"])
    told = (200 * 2**20).to_bytes(4, "little")
    while told in content:
        place = content.index(told)
        content[place : place + 4] = size.to_bytes(4, "little")
    path.write_bytes(content)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert "run.traffic" in refusal(path)
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 < 50 * 2**20


def test_a_header_of_many_megabytes_is_refused(tmp_path):
    path = written({**ENTRIES, HEADER: b"[" * (20 * 2**20)}, tmp_path / "run.traffic")
    assert "is too large" in refusal(path)


def test_an_archive_with_many_entries_is_refused_before_they_are_listed(tmp_path):
    others = {f"entry {number}": b"" for number in range(1000)}
    assert "is not a recording" in refusal(written({**ENTRIES, **others}, tmp_path / "run.traffic"))


def test_an_entry_that_is_packed_in_another_way_is_refused(tmp_path):
    path = written({name: content for name, content in ENTRIES.items() if name != "queue"}, tmp_path / "run.traffic")
    with zipfile.ZipFile(path, "a", zipfile.ZIP_LZMA) as archive:
        archive.writestr("queue", ENTRIES["queue"])
    assert "queue is packed in an unknown way" in refusal(path)


def test_a_device_a_pipe_and_a_huge_file_are_no_recordings(tmp_path):
    os.mkfifo(tmp_path / "pipe.traffic")
    with (tmp_path / "sparse.traffic").open("wb") as file:
        file.truncate(10 * 2**30)
    assert "it is a device, not a file" in refusal(Path("/dev/zero"))
    assert "it is a pipe, not a file" in refusal(tmp_path / "pipe.traffic")
    assert "it is a folder, not a file" in refusal(tmp_path)
    assert "is too large to be read" in refusal(tmp_path / "sparse.traffic")


def test_a_run_too_long_for_a_file_is_refused_as_soon_as_it_is(tmp_path, monkeypatch):
    monkeypatch.setattr(traffic_file, "LARGEST_CONTENT", 20_000)
    with pytest.raises(FileError, match=r"--record: the numbers up to second \d+ take more .* --until \d+, or"):
        recorder.record(CROSSING, parse("longest_queue"), 0, tmp_path / "run.traffic", until=110, flag="--record")
    with pytest.raises(FileError, match="take more than"):
        write_recording(recorded(), tmp_path / "run.traffic")
    assert list(tmp_path.iterdir()) == []


def test_a_tape_counts_at_most_the_bytes_of_its_file():
    """A run that is recorded to its end can be written."""
    found = recorded()
    columns = traffic_file._columns_of(found).values()
    tape = recorder.Tape()
    for second in range(found.last + 1):
        tape.add(found.moment_at(second))
    assert 0.5 * sum(column.nbytes for column in columns) < tape.size <= sum(column.nbytes for column in columns)


# Names and numbers


@pytest.mark.parametrize(
    ("place", "value", "line"),
    [
        (("map", "intersections", 0), "\x1b[31mred", "a name is no text of one line"),
        (("map", "roads", 0), "two\nlines", "a name is no text of one line"),
        (("map", "phase_names", 0, 0), "\0", "a name is no text of one line"),
        (("map", "roads", 0), 7, "a name is no text of one line"),
        (("map", "roads"), "roads", "roads is not a list"),
        (("map", "movement_turns", 0), "sideways", "movement_turns has an unknown turn"),
        (("map", "row_movements", 0, 0, 0), 0.5, "a green is not the index of a movement"),
        (("map", "row_movements", 0, 0, 0), True, "a green is not the index of a movement"),
        (("map", "row_movements", 0, 0, 0), 10**30, "green is out of range"),
        (("map", "row_movements", 0, 0), 3, "row_movements is not a list"),
        (("origin", "strategy"), "\x1b]0;title\x07", "is not a name"),
        (("origin", "scenario"), "x" * 5000, "origin.scenario is too long"),
        (("origin", "interval"), 2.5, "2.5 is no whole number from 1"),
        (("origin", "interval"), 10**400, "is no whole number from 1"),
        (("origin", "seed"), -1, "-1 is no whole number from 0"),
        (("version",), 0.5, "0.5 is no whole number from 1"),
        (("columns", "queue", 1), 2.5, "column queue has no size"),
        (("columns", "queue", 1), -61, "column queue has no size"),
        (("columns", "queue", 0), "object", "column queue holds numbers of another kind"),
        (("columns", "strange"), ["int32", 1], "unknown column strange"),
    ],
)
def test_each_name_and_number_of_the_header_is_checked(place, value, line, tmp_path):
    def change(header):
        owner = header
        for key in place[:-1]:
            owner = owner[key]
        owner[place[-1]] = value

    assert line in refusal(with_header(change, tmp_path / "run.traffic"))


@pytest.mark.parametrize("name", [name for name in KNOWN if name not in ("seconds", "mean_delay")])
def test_a_huge_number_in_any_column_is_refused(name, tmp_path):
    kind, odd = (np.float64, 1e300) if name in FLOATS else (np.int32, 2**31 - 1)
    content = packed(np.full(len(ENTRIES[name]) // np.dtype(kind).itemsize, odd, kind))
    line = refusal(written({**ENTRIES, name: content}, tmp_path / "run.traffic"))
    assert "is a damaged recording" in line


def test_a_name_in_a_recording_becomes_no_part_of_the_page(tmp_path):
    evil = "</script><script>alert(1)</script><!--@@SCRIPT@@"

    def change(header):
        header["origin"].update(strategy=evil, scenario=evil)
        header["map"]["intersections"][0] = evil
        header["map"]["phase_names"][0][0] = evil

    html = page([read_recording(with_header(change, tmp_path / "run.traffic"))])
    assert html.count("<script") == page([read_recording(OLD)]).count("<script") == 3
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)" in html.partition("<title>")[2].partition("</title>")[0]
