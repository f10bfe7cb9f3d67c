"""Recordings in the window: seeking any second, and two recordings of the same network side by side."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.helpers.recorded import recorded
from traffic_marl.errors import UsageError
from traffic_marl.viewer.recording.traffic_file import write_recording
from traffic_marl.viewer.replay import check_maps, replay, title

PATHS = (Path("one.traffic"), Path("other.traffic"))


def moved(recording):
    """The recording on a map that lies a metre further east."""
    lines = tuple(line + np.array([1.0, 0.0]) for line in recording.street_map.lane_lines)
    return replace(recording, street_map=replace(recording.street_map, lane_lines=lines))


def test_the_same_map_is_accepted():
    check_maps(PATHS, [recorded(), replace(recorded(), street_map=replace(recorded().street_map))])


def test_another_map_is_refused():
    with pytest.raises(UsageError, match=r"other.traffic: does not show the network of one.traffic"):
        check_maps(PATHS, [recorded(), moved(recorded())])


def test_the_title_names_each_run_once():
    other = replace(recorded(), origin=replace(recorded().origin, seed=4))
    assert title([recorded()]) == title([recorded(), recorded()]) == "crossing, seed 3"
    assert title([recorded(), other]) == "crossing, seed 3 / crossing, seed 4"


def test_the_window_shows_the_second_gone_to(tmp_path, monkeypatch):
    pytest.importorskip("pygame")
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    window = pytest.importorskip("traffic_marl.viewer.window.window")
    seen = []

    def show(self):
        self.state.playback.paused = True
        for wanted in (50.5, 20.0, 90.0):
            self.state.playback.seek(wanted)
            self.frame(0.0)
            while self.state.playback.goal is not None:
                self.frame(0.0)
            seen.append((self.state.pane.earlier.time, self.state.pane.earlier.under_way))

    monkeypatch.setattr(window.Window, "show", show)
    write_recording(recorded(), tmp_path / "run.traffic")
    replay([tmp_path / "run.traffic", tmp_path / "run.traffic"], speed=5.0)
    assert seen == [(second, recorded().moment_at(second).under_way) for second in (50, 20, 90)]
