"""The comparison of a results folder, to be reported."""

from pathlib import Path

from traffic_marl.cli.comparisons.keeping import scenario_of, with_former
from traffic_marl.comparison.comparison import Comparison, judge, usual_reference
from traffic_marl.comparison.reading import read_results
from traffic_marl.comparison.results import ResultsFolder
from traffic_marl.errors import UsageError, suggest
from traffic_marl.files.code import code_digest
from traffic_marl.strategies import NamedStrategy
from traffic_marl.strategies.notation import split_list


def opened_results(name: str | None) -> ResultsFolder | None:
    """The results folder of this name, None if there is none.

    Raises:
        FileError: it is damaged.
    """
    return ResultsFolder.open_folder(name) if name is not None and ResultsFolder.exists(Path(name)) else None


def former_comparison(
    folder: ResultsFolder, simulator: str | None, strategies: str | None, reference: str | None
) -> Comparison:
    """The finished comparison of a results folder.

    Args:
        folder: of the results.
        simulator: whose comparison is wanted. None takes the first.
        strategies: labels with commas of those that are wanted. None takes all.
        reference: label of the strategy that the others are compared to. None takes that of the folder.

    Raises:
        UsageError: there is no such simulator or strategy in the folder.
        FileError: no strategy is finished.
    """
    found = read_results(folder)
    names = [each.simulator for each in found]
    if simulator is not None and simulator not in names:
        what = f"{folder.path} has no finished runs in {simulator}"
        raise UsageError("--simulator", what, f"choose {' or '.join(names)}")
    whole = found[0 if simulator is None else names.index(simulator)]
    labels = [row.label for row in whole.rows]
    wanted = labels if strategies is None else split_list(strategies)
    for flag, label in [("--strategies", each) for each in wanted] + [("--reference", reference or labels[0])]:
        if label not in labels:
            raise UsageError(flag, f"{label} is not finished in {folder.path}", suggest(label, labels))
    rows = [row for row in whole.rows if row.label in wanted]
    against = next((each for each in (reference, whole.reference) if each in wanted), None)
    chosen = usual_reference([row.label for row in rows]) if against is None else against
    return Comparison(whole.scenario, whole.seeds, whole.horizon, chosen, judge(rows, chosen), whole.simulator)


def strategies_of(folder: ResultsFolder, former: Comparison, *, trust: bool) -> list[NamedStrategy]:
    """The strategies of a comparison, which are loaded when they run.

    Raises:
        UsageError: scenario or strategies name code, and the folder is not trusted.
    """
    scenario_of(folder, trust=trust)
    labels = {row.label for row in former.rows}
    return [each for each in with_former((), folder, trust=trust) if each.label in labels]


def may_run_again(folder: ResultsFolder) -> bool:
    """Whether this program makes the runs as they were made."""
    return folder.code in (None, code_digest()) and folder.scenario_hash() == folder.scenario.hash()
