"""The command `watch`: windows, recordings, mistakes, and a real window with real keys."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.helpers.own_strategies import write
from tests.helpers.small_town import TOWN
from traffic_marl.viewer.window.areas import BAR_HEIGHT, PANEL_WIDTH

ROOT = Path(__file__).parents[2]
SIZE = (1280, 800)


@pytest.fixture
def opened(monkeypatch):
    """What windows would have been opened."""
    pytest.importorskip("pygame")
    from traffic_marl.viewer import watch

    found = []

    class Window:
        def __init__(self, sources, *, title, speed):
            found.append(([source.label for source in sources], [source.seed for source in sources], title, speed))
            self.sources = sources

        def show(self):
            found.append([(source.interval, source.last) for source in self.sources])

    monkeypatch.setattr(watch, "Window", Window)
    return found


@pytest.fixture
def small(tmp_path):
    TOWN.save(tmp_path / "small.json")
    return tmp_path / "small.json"


def test_a_window_is_opened_on_the_run_asked_for(call, opened, small):
    options = ("--strategy", "sotl:platoon_veh=0", "--seed", 7, "--speed", 50, "--interval", 20, "--until", 100)
    assert call("watch", small, *options)[0] == 0
    assert opened == [(["sotl:platoon_veh=0"], [7], "small_town, seed 7", 50.0), [(1, 100)]]


def test_two_strategies_are_opened_side_by_side_on_the_same_seed(call, opened, small):
    assert call("watch", small, "--strategy", "fixed_time", "--versus", "max_pressure")[0] == 0
    assert opened[0][:2] == (["fixed_time", "max_pressure"], [0, 0])


def test_own_strategies_are_opened_side_by_side(call, opened, small, tmp_path):
    mine = write(tmp_path)
    options = ("--strategy", f"{mine}:Greedy:greed=2", "--versus", f"{mine}:Plain:first=20,last=1")
    assert call("watch", small, *options)[0] == 0
    assert opened[0][0] == [f"{mine}:Greedy:greed=2", f"{mine}:Plain:first=20,last=1"]
    assert opened[1] == [(TOWN.decision_interval_s, 640), (10, 640)]


def test_an_own_strategy_runs_in_a_window_and_its_mistake_is_one_line(call, small, tmp_path, monkeypatch):
    pytest.importorskip("pygame")
    from traffic_marl.viewer.window.window import Window

    def show(self):
        self.state.playback.seek(30.0)
        while self.state.playback.goal is not None:
            self.frame(0.0)
        shown.append(self.state.pane.earlier.time)

    shown = []
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    monkeypatch.setattr(Window, "show", show)
    mine = write(tmp_path)
    assert call("watch", small, "--strategy", f"{mine}:alternating:every=10")[0] == 0
    assert shown == [30]
    for name, complaint in (("unknown_phase", "asks for phase 9"), ("failing", "has no attribute 'nosuch'")):
        code, _, err = call("watch", small, "--strategy", f"{mine}:{name}")
        assert (code, err.count("\n")) == (2, 1)
        assert complaint in err


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["nowhere"], "scenario: unknown scenario 'nowhere'"),
        (["--strategy", "nobody"], "--strategy: unknown strategy 'nobody'"),
        (["--strategy", "fixed_time,sotl"], "--strategy: 'fixed_time,sotl' lists several strategies"),
        (["--versus", "fixed_time,sotl"], "--versus: 'fixed_time,sotl' lists several strategies"),
        (["--versus", "nosuch.py:Mine"], "--versus: there is no file nosuch.py"),
        (["--versus", "nobody"], "--versus: unknown strategy 'nobody'"),
        (["--seed", -1], "--seed: -1 is not a seed"),
        (["--speed", 0], "--speed: 0 is not a speed"),
        (["--speed", "nan"], "--speed: nan is not a speed"),
        (["--speed", 5000], "--speed: 5000 is not a speed"),
        (["--interval", 0], "--interval: 0 is too small"),
        (["--until", 99999], "--until: 99999 is past the end"),
        (["--phases", "1-4"], "--phases: phases can be chosen for data sets only"),
        (["--versus", "sotl", "--record", "x.gif"], "--versus: only one run can be recorded"),
        (["--record", "x.docx"], "--record: x.docx names no form of recording"),
        (["--record", "no/such/folder/x.png"], "--record: there is no folder"),
    ],
)
def test_a_mistake_is_told_in_one_line(call, opened, arguments, complaint):
    code, out, err = call("watch", *arguments)
    assert (code, out, opened) == (2, "", [])
    assert err.startswith(complaint)
    assert err.count("\n") == 1


def test_a_recording_is_labelled_with_an_own_strategy(call, small, tmp_path):
    from traffic_marl.viewer.recording.traffic_file import read_recording

    mine, path = write(tmp_path), tmp_path / "run.traffic"
    strategy = f"{mine}:alternating:every=10"
    assert call("watch", small, "--until", 30, "--strategy", strategy, "--record", path)[0] == 0
    recording = read_recording(path)
    assert recording.label == strategy
    assert recording.states.phase[-1].tolist() == [0] * 4
    assert (recording.states.phase[15] == 1).all()


@pytest.mark.parametrize("suffix", ["png", "traffic"])
def test_a_recording_is_written_without_a_window(call, opened, small, tmp_path, suffix):
    path = tmp_path / f"run.{suffix}"
    code, out, err = call("watch", small, "--until", 40, "--record", path)
    assert (code, out) == (0, "")
    assert err.endswith(f"written: {path}\n")
    assert path.stat().st_size > 1000
    assert opened == []


def run_watch(*arguments, environment, code="", **more):
    """The command in a process of its own."""
    command = [
        sys.executable,
        "-c",
        f"{code}\nfrom traffic_marl.cli import main; main()",
        "watch",
        *map(str, arguments),
    ]
    return subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True, cwd=more.get("cwd", ROOT))


def plain_environment():
    displays = ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER")
    return {name: value for name, value in os.environ.items() if name not in displays} | {"PYTHONPATH": str(ROOT)}


def test_without_pygame_the_command_says_how_to_install_it(small):
    watching = run_watch(small, environment=plain_environment(), code="import sys; sys.modules['pygame'] = None")
    assert (
        watching.communicate(timeout=60)[1]
        == 'the viewer: pygame is not installed; run: pip install "traffic-marl[viewer]"\n'
    )
    assert watching.returncode == 2


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a display")
def test_without_a_display_the_command_says_so(small):
    pytest.importorskip("pygame")
    watching = run_watch(small, environment=plain_environment())
    line = watching.communicate(timeout=60)[1].splitlines()[-1]
    assert line.startswith("the viewer: there is no display to open a window on; ")
    assert watching.returncode == 2


@pytest.fixture
def display(tmp_path):
    """A display of its own, with a program that presses its keys; skipped where they are missing."""
    for program in ("Xvfb", "xdotool"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
    pytest.importorskip("pygame")
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", f"{SIZE[0]}x{SIZE[1]}x24"],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    with os.fdopen(reading) as told:
        number = told.readline().strip()
    yield f":{number}"
    server.terminate()
    server.wait()


def test_a_real_window_obeys_real_keys_and_a_real_mouse(display, small, tmp_path):
    """Pictures that it saves show what it did: a selected intersection, another view, another time."""
    environment = plain_environment() | {"DISPLAY": display}
    watching = run_watch(small, "--speed", 2, "--until", 200, environment=environment, cwd=tmp_path)

    def press(*what):
        subprocess.run(["xdotool", *map(str, what)], env=environment, check=True, capture_output=True)
        time.sleep(0.4)

    def saved(times):
        """Presses P until there is a picture of one of these times."""
        end = time.monotonic() + 90.0
        names = {f"traffic_0-{second // 60:02}-{second % 60:02}.png" for second in times}
        while not names & {each.name for each in tmp_path.glob("*.png")}:
            assert watching.poll() is None, "the window was closed"
            assert time.monotonic() < end, "no such picture was saved"
            press("key", "p")

    try:
        saved(range(60))  # the window is open, and has the keys
        press("mousemove", 400, 300, "click", 4)
        press("key", "space")
        press("mousemove", (SIZE[0] - PANEL_WIDTH) // 2, SIZE[1] - BAR_HEIGHT // 2, "click", 1)
        saved((100,))  # the middle of the bar, and paused
        press("key", "h")
        press("key", "q")
        assert watching.wait(timeout=30) == 0
    finally:
        watching.kill()
        watching.wait()
        assert watching.stderr is not None
        watching.stderr.close()
