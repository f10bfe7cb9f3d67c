"""Files with the results of a sweep, beside its runs."""

from collections.abc import Sequence
from importlib.util import find_spec

from traffic_marl.files import replace_text
from traffic_marl.learning.curves.drawing import draw_curves, to_csv
from traffic_marl.learning.sweeps.folder import CURVES, PICTURE, RESULTS, SweepFolder
from traffic_marl.learning.sweeps.results import Judged, results_csv


def write_results(folder: SweepFolder, results: Sequence[Judged]) -> None:
    """Writes the table of results and the curves, which are drawn if matplotlib is installed.

    Raises:
        FileError: a file cannot be written.
    """
    replace_text(folder.path / RESULTS, None, results_csv(results))
    curves = [each.curve for each in results if each.curve is not None]
    if not curves:
        return
    replace_text(folder.path / CURVES, None, to_csv(curves))
    if find_spec("matplotlib") is not None:
        draw_curves(curves, folder.path / PICTURE)
