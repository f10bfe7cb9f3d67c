"""Recordings read for side by side, and replayed in the window."""

from collections.abc import Sequence
from pathlib import Path

from traffic_marl.errors import UsageError
from traffic_marl.viewer.recording.film import SPEED
from traffic_marl.viewer.recording.recording import Recording
from traffic_marl.viewer.recording.traffic_file import read_recording


def replay(paths: Sequence[Path], *, speed: float = SPEED) -> None:
    """Shows the recording in a file, or those in two files side by side, until the window is closed.

    Args:
        paths: one or two files. Two must show the same network.
        speed: [s/s] seconds of the run in a second, above 0.

    Raises:
        FileError: a file cannot be read or is not a recording.
        UsageError: the networks differ, pygame is not installed, or there is no display.
    """
    recordings = read_recordings(paths)
    from traffic_marl.viewer.window.window import Window

    Window(recordings, title=title(recordings), speed=speed).show()


def read_recordings(paths: Sequence[Path]) -> list[Recording]:
    """The recordings in these files.

    Raises:
        FileError: a file cannot be read or is not a recording.
        UsageError: they show different networks.
    """
    recordings = [read_recording(path) for path in paths]
    check_maps(paths, recordings)
    return recordings


def check_maps(paths: Sequence[Path], recordings: Sequence[Recording]) -> None:
    """Checks that all recordings show the same network.

    Raises:
        UsageError: one shows another network than the first.
    """
    for path, recording in zip(paths[1:], recordings[1:], strict=True):
        if not recordings[0].street_map.has_lanes_of(recording.street_map):
            raise UsageError(str(path), f"does not show the network of {paths[0]}", "replay them one at a time")


def title(recordings: Sequence[Recording]) -> str:
    """The runs of these recordings."""
    runs = dict.fromkeys(f"{each.origin.scenario}, seed {each.origin.seed}" for each in recordings)
    return " / ".join(runs)
