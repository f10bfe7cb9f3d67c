"""The comparisons that a results folder holds, read without a run."""

from pathlib import Path

from traffic_marl.comparison.comparison import Comparison, judge, usual_reference
from traffic_marl.comparison.outcomes import Outcome
from traffic_marl.comparison.results import ResultsFolder
from traffic_marl.errors import FileError, one_line


def read_results(results: str | Path | ResultsFolder) -> tuple[Comparison, ...]:
    """The comparison in each simulator that a results folder holds, of the strategies that are finished on all seeds.

    Args:
        results: path of the folder, or the folder itself.

    Raises:
        FileError: there is no such folder, it is damaged, or no strategy in it is finished.
    """
    folder = results if isinstance(results, ResultsFolder) else ResultsFolder.open_folder(results)
    found = [_comparison(folder, simulator) for simulator in folder.scope.simulators]
    comparisons = tuple(each for each in found if each is not None)
    if not comparisons:
        what = "holds no strategy that is finished on all seeds"
        raise FileError(one_line(folder.path), what, f"finish it with compare --results {folder.path}")
    return comparisons


def _comparison(folder: ResultsFolder, simulator: str) -> Comparison | None:
    """The comparison in one simulator. None if no strategy is finished there."""
    seeds, wanted = folder.scope.seeds, folder.scope.reference
    found = (folder.outcome(entry, simulator, seeds) for entry in folder.scope.strategies)
    outcomes: list[Outcome] = [each for each in found if each is not None]
    labels = [each.label for each in outcomes]
    if not outcomes:
        return None
    reference = wanted if wanted in labels and wanted is not None else usual_reference(labels)
    rows = judge(outcomes, reference)
    return Comparison(folder.scenario, seeds, outcomes[0].records[0].horizon, reference, rows, simulator)
