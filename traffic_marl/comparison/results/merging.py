"""Several results folders made one."""

from collections.abc import Sequence
from pathlib import Path

from traffic_marl.comparison.results.folder import ResultsFolder
from traffic_marl.files import locked


def merged(paths: Sequence[Path]) -> ResultsFolder | None:
    """The first folder, with the runs of all others added to it. None if only the first is given and not there yet.

    A first folder that is not there is made, with the scenario of the second.

    Args:
        paths: of the folders, at least one.

    Raises:
        FileError: one of the others is no results folder, another process is at work in the first, or their runs are
            on different scenarios, of different programs, or contradict each other.
    """
    into, *others = paths
    found = [ResultsFolder.open_folder(path) for path in others]
    if not ResultsFolder.exists(into):
        if not found:
            return None
        ResultsFolder.create(into, found[0].scenario)
    if not found:
        return ResultsFolder.open_folder(into)
    with locked(into):
        folder = ResultsFolder.open_folder(into)
        for other in found:
            folder.merge(other)
    return folder
