"""Films and pictures of a recording: GIF through Pillow, MP4 through ffmpeg, PNG through pygame."""

import math
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from traffic_marl.arrays import Bytes
from traffic_marl.errors import FileError, UsageError
from traffic_marl.files import ensure_writable, replace
from traffic_marl.viewer.recording.recording import Recording
from traffic_marl.viewer.scene.colours import LIGHTS, SPEED_COLOURS
from traffic_marl.viewer.scene.vehicles import moment_between

FILMS = (".gif", ".mp4", ".png")
SPEED = 10.0  # [s] of traffic in a second of film
RATES = {".gif": 10, ".mp4": 25}  # frames a second
PALETTE = 256  # colours of a GIF
SAMPLES = 5  # frames that the colours of a GIF are chosen from

Size = tuple[int, int]  # [px] width and height
SIZE: Size = (1280, 800)
SMALLEST, LARGEST = 160, 7680  # [px] of a side
Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Cut:
    """The frames of a film: which times it shows."""

    first: int  # [s]
    last: int  # [s]
    step: float  # [s] of traffic from frame to frame

    def times(self) -> Iterator[float]:
        """[s] of each frame; the last one is always shown."""
        for frame in range(self.frames - 1):
            yield self.first + frame * self.step
        yield float(self.last)

    @property
    def frames(self) -> int:
        """How many there are."""
        return math.ceil((self.last - self.first) / self.step) + 1


def ensure_filmable(path: Path, flag: str | None) -> None:
    """Checks before a long run that a film or picture can be made and written.

    Raises:
        UsageError: the suffix names no form of film, or the library for it is missing.
        FileError: the file cannot be written.
    """
    where, suffix = flag or str(path), path.suffix.lower()
    if suffix not in FILMS:
        raise UsageError(where, f"{path.name} names no form of film", f"end it with one of {', '.join(FILMS)}")
    if suffix == ".gif":
        _library("PIL.Image", "pillow", where, "GIF")
    if suffix == ".mp4":
        _ffmpeg(where)
    import_module("traffic_marl.viewer.drawing.library")
    ensure_writable(path, where)


def film(
    recording: Recording,
    path: Path,
    *,
    speed: float = SPEED,
    size: Size = SIZE,
    first: int = 0,
    last: int | None = None,
    flag: str | None = None,
    progress: Progress | None = None,
) -> None:
    """Draws a recording as a film (.gif, .mp4), or its last moment as a picture (.png).

    Args:
        recording: what is to be seen.
        path: where the result goes; an existing file is replaced.
        speed: [s] of traffic in a second of film, above 0.
        size: [px] width and height.
        first: [s] where the film begins.
        last: [s] where it ends, and the moment of the picture; None takes the recording's end.
        flag: what the user called the path; None where the path itself was the argument.
        progress: told how much of the film is done.

    Raises:
        UsageError: a size or a speed that makes no film, or the library for the form is missing.
        FileError: the file cannot be written.
    """
    ensure_filmable(path, flag)
    _check(speed, size)
    suffix = path.suffix.lower()
    end = recording.last if last is None else last
    if suffix == ".png":
        replace(path, flag, lambda draft: _write_png(recording, end, size, draft))
        return
    cut = Cut(first, end, speed / RATES[suffix])
    write = _write_gif if suffix == ".gif" else _write_mp4
    replace(path, flag, lambda draft: write(recording, cut, size, draft, progress))


def _check(speed: float, size: Size) -> None:
    if not (math.isfinite(speed) and speed > 0):
        raise UsageError("speed", f"{speed:g} is not a speed", "give seconds of traffic in a second of film, above 0")
    if not all(SMALLEST <= side <= LARGEST and side % 2 == 0 for side in size):
        what = f"{size[0]}x{size[1]} is no size for a film"
        raise UsageError("size", what, f"give even numbers of pixels from {SMALLEST} to {LARGEST}")


def _frames(recording: Recording, cut: Cut, size: Size, progress: Progress | None) -> Iterator[Bytes]:
    """The pictures of a film (height, width, 3), one after the other."""
    draw = _artist(recording, size)
    for frame, time in enumerate(cut.times()):
        yield draw(time)
        if progress is not None:
            progress("drawing", (frame + 1) / cut.frames)


def _artist(recording: Recording, size: Size) -> Callable[[float], Bytes]:
    """Draws the recording at a time [s]; within a second with the lights that were shown in it."""
    from traffic_marl.viewer.drawing.picture import Picture

    streets = recording.street_map
    picture = Picture(streets, size)

    def draw(time: float) -> Bytes:
        second = math.floor(time)
        moment = recording.moment_at(math.ceil(time))
        if time > second:
            moment = moment_between(streets, recording.moment_at(second), moment, time - second)
        return picture.draw(moment, recording.label)

    return draw


def _write_png(recording: Recording, second: int, size: Size, draft: Path) -> None:
    from traffic_marl.viewer.drawing.library import pygame

    pixels = _artist(recording, size)(second)
    pygame.image.save(pygame.surfarray.make_surface(pixels.swapaxes(0, 1)), draft)


def _write_gif(recording: Recording, cut: Cut, size: Size, draft: Path, progress: Progress | None) -> None:
    image = import_module("PIL.Image")
    palette = _palette(recording, cut, size, image)
    frames = (
        image.fromarray(pixels).quantize(palette=palette, dither=image.Dither.NONE)
        for pixels in _frames(recording, cut, size, progress)
    )
    next(frames).save(draft, "GIF", save_all=True, append_images=frames, duration=1000 // RATES[".gif"], loop=0)


def _palette(recording: Recording, cut: Cut, size: Size, image: Any) -> Any:
    """An image whose palette suits the whole film: the scene's own colours, and the commonest mixtures of them."""
    draw = _artist(recording, size)
    times = np.linspace(cut.first, cut.last, SAMPLES)
    samples = np.concatenate([draw(float(time)) for time in times])
    own = [*SPEED_COLOURS, *LIGHTS]
    mixed = image.fromarray(samples).quantize(PALETTE - len(own), dither=image.Dither.NONE)
    colours = [channel for colour in own for channel in colour] + mixed.getpalette()
    palette = image.new("P", (1, 1))
    palette.putpalette(colours[: 3 * PALETTE])
    return palette


def _write_mp4(recording: Recording, cut: Cut, size: Size, draft: Path, progress: Progress | None) -> None:
    raw = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{size[0]}x{size[1]}", "-r", str(RATES[".mp4"]), "-i", "-"]
    coded = ["-c:v", "libx264", "-pix_fmt", "yuv420p", "-movflags", "+faststart", "-f", "mp4", str(draft)]
    command = [_ffmpeg(str(draft)), "-y", "-loglevel", "error", *raw, *coded]
    with tempfile.TemporaryFile() as complaints:
        with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=complaints) as process:
            _feed(process, _frames(recording, cut, size, progress))
        if process.returncode != 0:
            complaints.seek(0)
            lines = complaints.read().decode(errors="replace").split("\n")
            what = (
                f"ffmpeg could not make the film ({next((line for line in lines if line.strip()), 'without a word')})"
            )
            raise FileError(command[0], what, "install an ffmpeg with libx264, or make a .gif")


def _feed(process: "subprocess.Popen[bytes]", frames: Iterator[Bytes]) -> None:
    """Hands pictures to a process until it has all or wants no more."""
    assert process.stdin is not None, "a pipe was asked for"
    try:
        for pixels in frames:
            process.stdin.write(pixels.tobytes())
        process.stdin.close()
    except BrokenPipeError:  # it has given up, and says why elsewhere
        process.stdin = None  # what is left in the pipe's buffer can go nowhere


def _ffmpeg(where: str) -> str:
    """The program that makes films: the one of the package imageio-ffmpeg, or the system's.

    Raises:
        UsageError: there is neither.
    """
    try:
        found: str = import_module("imageio_ffmpeg").get_ffmpeg_exe()
        return found
    except (ImportError, RuntimeError):  # the package is not there, or brings no ffmpeg for this system
        system = shutil.which("ffmpeg")
    if system is None:
        raise UsageError(where, "there is no ffmpeg to make an MP4 with", "run: pip install imageio-ffmpeg")
    return system


def _library(module: str, package: str, where: str, purpose: str) -> None:
    """Checks that a library is there.

    Raises:
        UsageError: it is not.
    """
    try:
        import_module(module)
    except ImportError as error:
        raise UsageError(
            where, f"{package} is not installed, which makes {purpose}", f"run: pip install {package}"
        ) from error
