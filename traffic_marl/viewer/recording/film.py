"""Films and pictures of a recording: GIF by Pillow, MP4 by ffmpeg, PNG by pygame."""

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
RATES = {".gif": 10, ".mp4": 25}  # [frames/s]
ROUNDING = 1e-6  # of a number of frames
PALETTE = 256  # colours of a GIF
SAMPLES = 5  # frames from which the colours of a GIF are chosen

Size = tuple[int, int]  # [px] width and height
SIZE: Size = (1280, 800)
MOST_FRAMES = 1_000_000  # of a film, 11 h
LARGEST_GIF = 2**32  # [B] of all frames
SMALLEST, LARGEST = 160, 7680  # [px] of width and height
Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Cut:
    """The times that a film shows."""

    first: int  # [s]
    last: int  # [s]
    step: float  # [s] of traffic from frame to frame

    def times(self) -> Iterator[float]:
        """[s] of each frame. The last time is always shown."""
        for frame in range(self.frames - 1):
            yield self.first + frame * self.step
        yield float(self.last)

    @property
    def frames(self) -> int:
        """Number of frames."""
        return math.ceil((self.last - self.first) / self.step - ROUNDING) + 1


def ensure_filmable(path: Path, flag: str | None) -> None:
    """Checks that a film or picture can be made and written, before a long run.

    Raises:
        UsageError: the suffix is unknown, or the library for it is missing.
        FileError: the file cannot be written.
    """
    where, suffix = flag or str(path), path.suffix.lower()
    if suffix not in FILMS:
        raise UsageError(where, f"{path.name} has no suffix of a film or picture", f"use {', '.join(FILMS)}")
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
        recording: the recording to draw.
        path: file of the result. An existing file is replaced.
        speed: [s] of traffic in a second of film, above 0.
        size: [px] width and height.
        first: [s] start of the film.
        last: [s] end of the film, and time of the picture. None means the end of the recording.
        flag: name of the option that gave the path, for messages. None names the path itself.
        progress: called with the share of the film that is done.

    Raises:
        UsageError: size or speed is invalid, or a library is missing.
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
    _ensure_short(cut, size, suffix)
    write = _write_gif if suffix == ".gif" else _write_mp4
    replace(path, flag, lambda draft: write(recording, cut, size, draft, progress))


def _check(speed: float, size: Size) -> None:
    if not (math.isfinite(speed) and speed > 0):
        raise UsageError(
            "speed", f"{speed:g} is not a speed", "give seconds of traffic for each second of film, above 0"
        )
    if not all(SMALLEST <= side <= LARGEST and side % 2 == 0 for side in size):
        what = f"{size[0]}x{size[1]} is not a size for a film"
        raise UsageError("size", what, f"give even numbers of pixels from {SMALLEST} to {LARGEST}")


def _ensure_short(cut: Cut, size: Size, suffix: str) -> None:
    """Checks the number of frames, which all stay in memory until a GIF is written.

    Raises:
        UsageError: there are too many.
    """
    most = min(MOST_FRAMES, LARGEST_GIF // (size[0] * size[1])) if suffix == ".gif" else MOST_FRAMES
    if cut.last - cut.first > most * cut.step:
        what = f"the film would have more than {most:,} frames"
        remedy = "give a higher speed or fewer seconds" + (", or write an .mp4" if suffix == ".gif" else "")
        raise UsageError("speed", what, remedy)


def _frames(recording: Recording, cut: Cut, size: Size, progress: Progress | None) -> Iterator[Bytes]:
    """The frames of a film (height, width, 3)."""
    draw = _artist(recording, size)
    for frame, time in enumerate(cut.times()):
        yield draw(time)
        if progress is not None:
            progress("drawing", (frame + 1) / cut.frames)


def _artist(recording: Recording, size: Size) -> Callable[[float], Bytes]:
    """Returns a function that draws the recording at a time [s]. Within a second it shows the lights of that second."""
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
    """An image with a palette for the whole film: the colours of vehicles and lights, and the most frequent others."""
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
            what = f"ffmpeg could not make the film ({next((line for line in lines if line.strip()), 'no message')})"
            raise FileError(command[0], what, "install an ffmpeg with libx264, or make a .gif")


def _feed(process: "subprocess.Popen[bytes]", frames: Iterator[Bytes]) -> None:
    """Writes frames to a process until all are written or the process ends."""
    assert process.stdin is not None, "the process has no pipe"
    try:
        for pixels in frames:
            process.stdin.write(pixels.tobytes())
        process.stdin.close()
    except BrokenPipeError:  # the process has failed and says why on stderr
        process.stdin = None  # the rest of the pipe's buffer cannot be written


def _ffmpeg(where: str) -> str:
    """The ffmpeg of the package imageio-ffmpeg, or else of the system.

    Raises:
        UsageError: there is neither.
    """
    try:
        found: str = import_module("imageio_ffmpeg").get_ffmpeg_exe()
        return found
    except (ImportError, RuntimeError):  # not installed, or without an ffmpeg for this system
        system = shutil.which("ffmpeg")
    if system is None:
        raise UsageError(where, "there is no ffmpeg, which an MP4 needs", "run: pip install imageio-ffmpeg")
    return system


def _library(module: str, package: str, where: str, purpose: str) -> None:
    """Checks that a library is installed.

    Raises:
        UsageError: it is not.
    """
    try:
        import_module(module)
    except ImportError as error:
        raise UsageError(
            where, f"{package} is not installed, which a {purpose} needs", f"run: pip install {package}"
        ) from error
