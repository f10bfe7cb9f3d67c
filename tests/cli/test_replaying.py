"""The command `replay`: files, windows and mistakes."""

from dataclasses import replace

import numpy as np
import pytest

from tests.helpers.recorded import recorded, shorter
from traffic_marl.cli.replaying import parse_size
from traffic_marl.errors import UsageError
from traffic_marl.viewer.page.html import page
from traffic_marl.viewer.recording.traffic_file import read_recording, write_recording


@pytest.fixture
def run_file(tmp_path):
    write_recording(recorded(), tmp_path / "run.traffic")
    return tmp_path / "run.traffic"


def test_a_page_and_a_picture_are_written(call, run_file, tmp_path):
    pytest.importorskip("traffic_marl.viewer.drawing.library")
    written, picture = tmp_path / "run.html", tmp_path / "run.png"
    code, out, err = call("replay", run_file, "--html", written, "--film", picture, "--to", 40, "--size", "320x240")
    assert (code, out, err) == (0, "", f"written: {picture}\nwritten: {written}\n")
    assert written.read_text().startswith("<!DOCTYPE html>")
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_two_recordings_are_written_as_one_page(call, run_file, tmp_path):
    other, written = tmp_path / "other.traffic", tmp_path / "two.html"
    write_recording(shorter(), other)
    code, out, err = call("replay", other, run_file, "--html", written)
    assert (code, out, err) == (0, "", f"written: {written}\n")
    assert written.read_text() == page([shorter(), recorded()])


@pytest.mark.parametrize("output", [[], ["--html"]], ids=["window", "page"])
def test_recordings_of_two_networks_are_refused_in_the_same_words(call, run_file, tmp_path, monkeypatch, output):
    pytest.importorskip("traffic_marl.viewer.drawing.library")
    monkeypatch.setattr("traffic_marl.viewer.window.window.Window", None)
    other, page_file = tmp_path / "other.traffic", tmp_path / "two.html"
    write_recording(replace(shorter(), street_map=moved(shorter().street_map)), other)
    code, out, err = call("replay", run_file, other, *(output and [*output, page_file]))
    assert (code, out) == (2, "")
    assert err == f"{other}: does not show the network of {run_file}; replay them one at a time\n"
    assert not page_file.exists()


def moved(streets):
    """The map, a metre further east."""
    return replace(streets, lane_lines=tuple(line + np.array([1.0, 0.0]) for line in streets.lane_lines))


def test_without_an_output_the_window_is_opened(call, run_file, monkeypatch):
    window = pytest.importorskip("traffic_marl.viewer.window.window")
    opened = []

    class Window:
        def __init__(self, sources, *, title, speed):
            opened.append((len(sources), title, speed, sources[0].last))

        def show(self):
            opened.append("shown")

    monkeypatch.setattr(window, "Window", Window)
    assert call("replay", run_file, run_file, "--speed", 5)[0] == 0
    assert opened == [(2, "crossing, seed 3", 5.0, recorded().last), "shown"]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["nothing.traffic"], "nothing.traffic: cannot be read"),
        (["RUN", "RUN", "RUN"], "3 recordings do not fit side by side"),
        (["RUN", "RUN", "--film", "OUT/a.gif"], "--film: a film shows a single recording; give one, or --html"),
        (["RUN", "RUN", "--film", "OUT/a.gif", "--html", "OUT/a.html"], "--film: a film shows a single recording"),
        (["RUN", "RUN", "RUN", "--html", "OUT/a.html"], "3 recordings do not fit side by side"),
        (["RUN", "--html", "OUT/nowhere/a.html"], "--html: there is no folder"),
        (["RUN", "RUN", "--html", "OUT/run.traffic"], "--html: OUT/run.traffic is the recording itself"),
        (["RUN", "--film", "OUT/a.avi"], "--film: a.avi has no suffix of a film"),
        (["RUN", "--html", "OUT/a.png", "--film", "OUT/a.png"], "is also the file of --html"),
        (["RUN", "--to", "5"], "--to: applies to a film or picture only"),
        (["RUN", "--html", "OUT/a.html", "--size", "320x240"], "--size: applies to a film or picture only"),
        (
            ["RUN", "--film", "OUT/a.png", "--to", "91"],
            "--to: 91 is not within the recording; give a second from 0 to 90",
        ),
        (["RUN", "--film", "OUT/a.png", "--from", "-1"], "--from: -1 is not within the recording"),
        (["RUN", "--film", "OUT/a.png", "--from", "9", "--to", "8"], "--from: 9 is after the end of the film, 8"),
        (["RUN", "--film", "OUT/a.png", "--size", "big"], "--size: 'big' is not a size"),
        (["RUN", "--speed", "0"], "--speed: 0 is not a speed"),
        (["RUN", "--speed", "inf"], "--speed: inf is not a speed"),
    ],
)
def test_mistakes_are_told_in_one_line(call, run_file, tmp_path, arguments, complaint):
    pytest.importorskip("traffic_marl.viewer.drawing.library")
    places = {"RUN": str(run_file), "OUT": str(tmp_path)}
    written = [text.replace("RUN", places["RUN"]).replace("OUT", places["OUT"]) for text in arguments]
    code, out, err = call("replay", *written)
    assert (code, out) == (2, "")
    assert complaint.replace("OUT", places["OUT"]) in err
    assert err.count("\n") == 1
    assert read_recording(run_file).last == recorded().last
    assert [path.name for path in tmp_path.iterdir()] == ["run.traffic"]


@pytest.mark.parametrize("text", ["", "x", "10", "10x", "x10", "10x20x30", "-1x10", "1e3x10", "1\u00b2x3"])
def test_sizes_are_numbers_with_a_cross(text):
    with pytest.raises(UsageError, match="is not a size"):
        parse_size(text)


def test_a_size_is_read():
    assert parse_size("1280X800") == (1280, 800)
