"""The mean delays of a comparison as a picture."""

from pathlib import Path

from traffic_marl.comparison.comparison import Comparison
from traffic_marl.comparison.statistics import CONFIDENCE
from traffic_marl.errors import UsageError
from traffic_marl.files import ensure_writable, replace
from traffic_marl.files.pictures import plain

FORMATS = (".pdf", ".png", ".svg")


def ensure_plottable(path: Path, flag: str = "--plot") -> None:
    """Checks before a long run that a plot can be drawn and written.

    Raises:
        UsageError: matplotlib is not installed, or the suffix names no picture format.
        FileError: the file cannot be written.
    """
    if path.suffix.lower() not in FORMATS:
        raise UsageError(flag, f"{path.name} names no picture format", f"end it with one of {', '.join(FORMATS)}")
    try:
        import matplotlib  # noqa: F401
    except ImportError as error:
        raise UsageError(flag, "matplotlib is not installed", 'run: pip install "traffic-marl[report]"') from error
    ensure_writable(path, flag)


def plot(comparison: Comparison, path: Path, flag: str = "--plot") -> None:
    """Draws the mean delay of each strategy with its interval, and the delay of each seed.

    Raises:
        FileError: the file cannot be written.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.0, 1.2 + 0.4 * len(comparison.rows)), layout="constrained")
    axes = figure.add_subplot()
    for height, row in enumerate(comparison.rows):
        delays = row.measures.mean_delay
        axes.plot(delays, [height] * len(delays), "o", color="0.7", markersize=3, zorder=1)
        axes.errorbar(row.delay.mean, height, xerr=row.delay.half_width, fmt="o", color="C0", capsize=4, zorder=2)
    axes.set_yticks(range(len(comparison.rows)), [plain(row.label) for row in comparison.rows])
    axes.invert_yaxis()
    axes.set_xlabel(f"mean delay [s/veh] with {CONFIDENCE:.0%} interval; grey: each seed")
    axes.set_title(plain(comparison.scenario.name))
    replace(path, flag, lambda draft: figure.savefig(draft, dpi=150))
