"""A scenario in one folder with its files and a picture of its network."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from traffic_marl.cli import output
from traffic_marl.errors import UsageError
from traffic_marl.scenario import Scenario
from traffic_marl.scenario.data_sets.portable import save_portable

PICTURE = "network.png"


def write_portable(scenario: Scenario, others: Sequence[Path], folder: Path) -> None:
    """Writes a scenario into an existing folder, with copies of its files and a drawing of its network.

    Args:
        scenario: to write.
        others: further files that belong to it.
        folder: an existing one.

    Raises:
        FileError: a file cannot be written.
    """
    save_portable(scenario, folder)
    for path in others:
        shutil.copyfile(path, folder / path.name)
    try:
        from traffic_marl.viewer.drawing.plan_view import draw_network

        draw_network(scenario, folder / PICTURE, "--to")
    except UsageError as error:  # the library for drawings is missing; the rest is complete without it
        output.print_status(f"note: {PICTURE} is missing: {error.what}; {error.remedy}")
