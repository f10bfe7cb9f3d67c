"""Films and pictures of a recording, and messages about missing libraries."""

import sys

import numpy as np
import pytest

from tests.helpers.recorded import CROSSING, SECONDS, recorded
from traffic_marl.errors import FileError, UsageError
from traffic_marl.strategies.catalogue import parse
from traffic_marl.viewer.recording import film as films
from traffic_marl.viewer.recording.film import Cut, ensure_filmable, film
from traffic_marl.viewer.recording.recorder import record
from traffic_marl.viewer.scene.colours import LIGHTS

SIZE = (320, 240)


@pytest.fixture
def pygame():
    return pytest.importorskip("pygame")


@pytest.fixture
def image():
    return pytest.importorskip("PIL.Image")


def fake_ffmpeg(tmp_path, monkeypatch, script):
    """Replaces ffmpeg by a shell script. The last argument of the script is the film."""
    program = tmp_path / "ffmpeg"
    program.write_text(f"#!/bin/sh\nfor film; do :; done\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setattr(films, "_ffmpeg", lambda where: str(program))


@pytest.mark.parametrize(
    ("cut", "times"),
    [
        (Cut(0, 3, 1.0), [0, 1, 2, 3]),
        (Cut(0, 3, 2.0), [0, 2, 3]),
        (Cut(5, 6, 0.4), [5, 5.4, 5.8, 6]),
        (Cut(5, 5, 1.0), [5]),
        (Cut(0, 7, 0.7 / 10), [0.07 * frame for frame in range(101)]),  # the quotient is 100.00000000000001
        (Cut(0, 1, 10.0), [0, 1]),
    ],
)
def test_a_film_begins_and_ends_where_it_should(cut, times):
    assert list(cut.times()) == pytest.approx(times)
    assert cut.frames == len(times)


def test_a_picture_shows_the_last_moment(pygame, image, tmp_path):
    from traffic_marl.viewer.drawing.picture import Picture

    film(recorded(), tmp_path / "end.png", size=SIZE)
    drawn = Picture(recorded().street_map, SIZE).draw(recorded().moment_at(SECONDS), label="longest_queue")
    assert np.array_equal(np.asarray(image.open(tmp_path / "end.png").convert("RGB")), drawn)


def test_a_gif_has_a_frame_for_each_step(pygame, image, tmp_path):
    shares = []
    film(
        recorded(), tmp_path / "run.gif", size=SIZE, speed=50.0, first=20, last=60,
        progress=lambda label, share: shares.append(share),
    )  # fmt: skip
    found = image.open(tmp_path / "run.gif")
    assert (found.n_frames, found.size, found.info["duration"], found.info["loop"]) == (9, SIZE, 100, 0)
    assert shares == pytest.approx(np.arange(1, 10) / 9)


def test_a_gif_keeps_the_colours_of_the_lights(pygame, image, tmp_path):
    film(recorded(), tmp_path / "run.gif", size=(640, 480), first=80)
    shown = np.asarray(image.open(tmp_path / "run.gif").convert("RGB")).reshape(-1, 3)
    for light in (LIGHTS[0], LIGHTS[2]):
        assert (shown == light).all(axis=1).any()


def test_an_mp4_is_fed_every_frame(pygame, tmp_path, monkeypatch):
    fake_ffmpeg(tmp_path, monkeypatch, 'cat > "$film"')
    film(recorded(), tmp_path / "run.mp4", size=SIZE, speed=25.0, first=10, last=14)
    assert (tmp_path / "run.mp4").stat().st_size == 5 * 3 * SIZE[0] * SIZE[1]


def test_an_ffmpeg_that_fails_is_quoted(pygame, tmp_path, monkeypatch):
    fake_ffmpeg(tmp_path, monkeypatch, 'echo "Unknown encoder libx264" >&2; exit 1')
    with pytest.raises(FileError, match=r"Unknown encoder libx264.*install an ffmpeg with libx264"):
        film(recorded(), tmp_path / "run.mp4", size=SIZE)
    assert [path.name for path in tmp_path.iterdir()] == ["ffmpeg"]


def test_a_real_mp4_is_made(pygame, tmp_path):
    try:
        films._ffmpeg("test")
    except UsageError as error:
        pytest.skip(str(error))
    film(recorded(), tmp_path / "run.mp4", size=SIZE, speed=25.0, last=4)
    assert (tmp_path / "run.mp4").read_bytes()[4:8] == b"ftyp"


def test_a_run_is_recorded_as_a_picture_at_once(pygame, image, tmp_path):
    record(CROSSING, parse("fixed_time"), 0, tmp_path / "run.PNG", until=5, size=SIZE)
    assert image.open(tmp_path / "run.PNG").size == SIZE


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"size": (321, 240)}, "321x240 is not a size"),
        ({"size": (100, 240)}, "100x240 is not a size"),
        ({"speed": 0.0}, "0 is not a speed"),
        ({"speed": float("nan")}, "nan is not a speed"),
    ],
)
def test_sizes_and_speeds_that_make_no_film(pygame, tmp_path, changes, complaint):
    with pytest.raises(UsageError, match=complaint):
        film(recorded(), tmp_path / "run.png", **changes)


def test_what_is_missing_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "PIL.Image", None)
    with pytest.raises(UsageError, match=r"--film: pillow is not installed.*pip install pillow"):
        ensure_filmable(tmp_path / "run.gif", "--film")
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UsageError, match=r"--film: there is no ffmpeg.*pip install imageio-ffmpeg"):
        ensure_filmable(tmp_path / "run.mp4", "--film")
    monkeypatch.setitem(sys.modules, "pygame", None)
    monkeypatch.delitem(sys.modules, "traffic_marl.viewer.drawing.library", raising=False)
    with pytest.raises(UsageError, match=r"pygame is not installed.*pip install"):
        ensure_filmable(tmp_path / "run.png", "--film")


def test_another_suffix_is_refused(tmp_path):
    with pytest.raises(UsageError, match=r"run.webm has no suffix of a film or picture; use .gif, .mp4, .png"):
        ensure_filmable(tmp_path / "run.webm", None)
