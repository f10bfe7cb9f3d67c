"""What the cards of the gallery share: how many draws they take, their pictures and their answers."""

import os
import tempfile
from contextlib import redirect_stderr
from io import StringIO
from pathlib import Path
from typing import Any

import matplotlib.image
import matplotlib.pyplot as plt

from traffic_marl import Comparison, Scenario
from traffic_marl.cli import main
from traffic_marl.comparison.statistics import Estimate, Verdict, paired, verdict

SEEDS = int(os.environ.get("TRAFFIC_MARL_GALLERY_SEEDS", "5"))
STRATEGIES = (
    "webster",
    "green_wave",
    "actuated",
    "actuated_longest_queue",
    "rolling_horizon",
    "max_pressure",
    "longest_queue",
)
DOTS = 100  # an inch, so that a picture keeps its size
WIDTH, HEIGHT = 1200, 600  # [px]
WORDS = {
    Verdict.BETTER: "This difference is significant (95 % t interval of the paired difference).",
    Verdict.WORSE: "This difference is significant (95 % t interval of the paired difference).",
    Verdict.TIE: "The interval includes zero, so these draws do not tell the two apart.",
    Verdict.UNKNOWN: "One draw alone gives no interval.",
}


def picture(scenario: Scenario, *strategies: str, at: int, stacked: bool = False) -> None:
    """Shows the traffic at a second [s], as the viewer draws it.

    Args:
        scenario: where.
        strategies: one, or two side by side.
        at: the second [s].
        stacked: two pictures stand one above the other instead, which suits a long main street.
    """
    count = len(strategies)
    width, height = (WIDTH, HEIGHT // count) if stacked else (WIDTH // count, HEIGHT)
    figure = plt.figure(figsize=(WIDTH / DOTS, HEIGHT / DOTS), dpi=DOTS)
    for place, strategy in enumerate(strategies):
        pixels = _frame(scenario, strategy, at, f"{width}x{height}")
        left, bottom = (0, (count - 1 - place) * height) if stacked else (place * width, 0)
        figure.figimage(pixels, xo=left, yo=bottom)


def _frame(scenario: Scenario, strategy: str, at: int, size: str) -> Any:
    """The pixels of one picture."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        scenario.save(folder / "scenario.json")
        film, shown = folder / "film.traffic", folder / "shown.png"
        _command("watch", folder / "scenario.json", "--strategy", strategy, "--until", at, "--record", film)
        _command("replay", film, "--film", shown, "--to", at, "--size", size)
        return matplotlib.image.imread(shown)


def answer(comparison: Comparison, one: str, other: str) -> str:
    """How much more or less delay one strategy has than another, and how sure that is."""
    found = {row.label: row for row in comparison.rows}
    first, second = found[one].measures.mean_delay, found[other].measures.mean_delay
    difference = paired(first, second)
    more = "more" if difference.mean > 0.0 else "less"
    return (
        f"{one} has {_number(difference)} s/veh {more} mean delay than {other}\n"
        f"({first.mean():.1f} and {second.mean():.1f} s/veh, same traffic, {len(comparison.seeds)} draws).\n"
        f"{WORDS[verdict(difference)]}"
    )


def _number(difference: Estimate) -> str:
    """The size of a difference, with its interval where it has one."""
    width = "" if difference.half_width is None else f" +- {difference.half_width:.1f}"
    return f"{abs(difference.mean):.1f}{width}"


def _command(*words: object) -> None:
    """Runs a command of the program, without its messages.

    Raises:
        RuntimeError: it does not succeed.
    """
    said = StringIO()
    try:
        with redirect_stderr(said):
            main([str(word) for word in words])
    except SystemExit as stop:
        if stop.code != 0:
            raise RuntimeError(said.getvalue()) from stop
