"""The command `replay`: recordings in the window, as a page, or as a film."""

import math
from pathlib import Path
from typing import Annotated

import typer

from traffic_marl.cli import output
from traffic_marl.cli.arguments import ensure_different
from traffic_marl.errors import UsageError
from traffic_marl.files import ensure_writable
from traffic_marl.viewer.page.html import write_page
from traffic_marl.viewer.recording.film import SIZE, SPEED, Size, ensure_filmable
from traffic_marl.viewer.recording.film import film as write_film
from traffic_marl.viewer.recording.recording import Recording
from traffic_marl.viewer.replay import read_recordings, replay

Recordings = Annotated[
    list[Path],
    typer.Argument(metavar="FILE", help="One or two recordings from `watch --record`. Two are shown side by side."),
]
Page = Annotated[
    Path | None,
    typer.Option(
        "--html",
        metavar="FILE",
        help="Write a page that plays the recording, or two side by side, in any browser. No window is opened.",
    ),
]
Film = Annotated[
    Path | None,
    typer.Option("--film", metavar="FILE", help="Write a film (.gif, .mp4) or a picture (.png). No window is opened."),
]
First = Annotated[int | None, typer.Option("--from", metavar="S", help="First second of the film. [default: 0]")]
Last = Annotated[
    int | None,
    typer.Option(
        "--to", metavar="S", help="Last second of the film, or second of the picture. [default: end of the recording]"
    ),
]
Pixels = Annotated[
    str | None,
    typer.Option("--size", metavar="WxH", help="Width and height of film or picture in pixels. [default: 1280x800]"),
]


def replay_command(
    recordings: Recordings,
    html: Page = None,
    film: Film = None,
    speed: Annotated[float, typer.Option(metavar="X", help="Seconds of traffic per second of window or film.")] = SPEED,
    first: First = None,
    last: Last = None,
    size: Pixels = None,
) -> None:
    """Replay a recording in a window, as a web page or as a film. Window and page show two side by side."""
    _check(recordings, html, film, speed)
    pixels = SIZE if size is None else parse_size(size)
    if film is None:
        _only_for_films({"--from": first, "--to": last, "--size": size})
    if html is None and film is None:
        replay(recordings, speed=speed)
        return
    read = read_recordings(recordings)
    if film is not None:
        _film(read[0], film, speed, pixels, _seconds(read[0], first, last))
    if html is not None:
        write_page(read, html, "--html")
    for path in (film, html):
        if path is not None:
            output.print_status(f"written: {path}")


def parse_size(text: str) -> Size:
    """Width and height from a text such as `1280x800`.

    Raises:
        UsageError: the text has another form.
    """
    width, cross, height = text.lower().partition("x")
    if not (cross and width.isascii() and height.isascii() and width.isdigit() and height.isdigit()):
        raise UsageError("--size", f"{text!r} is not a size", "write width and height in pixels, like 1280x800")
    return int(width[:6]), int(height[:6])


def _check(recordings: list[Path], html: Path | None, film: Path | None, speed: float) -> None:
    """Checks the arguments before a recording is read."""
    if len(recordings) > 2:
        raise UsageError("replay", f"{len(recordings)} recordings do not fit side by side", "give one or two")
    if not (math.isfinite(speed) and speed > 0):
        raise UsageError("--speed", f"{speed:g} is not a speed", "give seconds of traffic per second, above 0")
    ensure_different({"--html": html, "--film": film})
    _ensure_kept(recordings, {"--html": html, "--film": film})
    if html is None and film is None:
        return
    if film is not None and len(recordings) > 1:
        raise UsageError("--film", "a film shows a single recording", "give one, or --html for a page of two")
    if html is not None:
        ensure_writable(html, "--html")
    if film is not None:
        ensure_filmable(film, "--film")


def _ensure_kept(recordings: list[Path], outputs: dict[str, Path | None]) -> None:
    """Checks that no recording is overwritten by its own page or film."""
    for flag, path in outputs.items():
        if path is not None and any(_is_same(path, recording) for recording in recordings):
            raise UsageError(flag, f"{path} is the recording itself", "give another file")


def _is_same(one: Path, other: Path) -> bool:
    """Whether two paths lead to the same file."""
    try:
        return one.samefile(other)
    except OSError:  # one of them is not there
        return False


def _only_for_films(given: dict[str, int | str | None]) -> None:
    for flag, value in given.items():
        if value is not None:
            raise UsageError(flag, "applies to a film or picture only", "give --film FILE too")


def _seconds(recording: Recording, first: int | None, last: int | None) -> tuple[int, int]:
    """[s] first and last second of a film."""
    start, end = 0 if first is None else first, recording.last if last is None else last
    for flag, second in (("--from", start), ("--to", end)):
        if not 0 <= second <= recording.last:
            what = f"{second} is not within the recording"
            raise UsageError(flag, what, f"give a second from 0 to {recording.last}")
    if start > end:
        raise UsageError("--from", f"{start} is after the end of the film, {end}", "give an earlier second")
    return start, end


def _film(recording: Recording, path: Path, speed: float, size: Size, seconds: tuple[int, int]) -> None:
    first, last = seconds
    with output.progress_bar() as progress:
        write_film(recording, path, speed=speed, size=size, first=first, last=last, flag="--film", progress=progress)
