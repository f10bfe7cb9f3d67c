"""An earlier checkpoint in place of one that is damaged."""

from collections.abc import Callable
from dataclasses import replace

from traffic_marl.errors import FileError
from traffic_marl.learning.runs.folder import RunFolder
from traffic_marl.learning.runs.state import RunState
from traffic_marl.learning.runs.table import ProgressRow


def use_sound_checkpoint(folder: RunFolder, tell: Callable[[str], None]) -> None:
    """Lets a run whose last checkpoint is damaged go on from the newest one that is whole.

    Args:
        folder: of the run.
        tell: called with a line that says so.

    Raises:
        FileError: the last checkpoint is damaged, and no other is whole.
    """
    state = folder.state
    if state.last is None:
        return
    try:
        ensure_whole(folder, state.last)
    except FileError as error:
        former = _former_state(folder)
        if former is None:
            raise
        folder.write_state(former)
        tell(f"{error.where} {error.what}. The run goes on from iteration {former.iteration}")


def ensure_whole(folder: RunFolder, name: str) -> None:
    """Checks that all files of a checkpoint are those that were written.

    Raises:
        FileError: one is not.
    """
    folder.training_state(name)
    folder.policy(name)


def _former_state(folder: RunFolder) -> RunState | None:
    """The state of a run at its newest checkpoint that is whole, besides the last one. None if there is none."""
    state = folder.state
    whole = [name for name in (state.former, state.best) if name not in (None, state.last) and _is_whole(folder, name)]
    rows = {int(row["iteration"]): row for row in folder.progress()}
    found = sorted((_iteration(name), name) for name in whole if _iteration(name) in rows)
    if not found:
        return None
    iteration, name = found[-1]
    best = state.best if state.best in whole else name
    return replace(
        state,
        iteration=iteration,
        agent_steps=int(rows[iteration]["agent_steps"]),
        seconds=float(rows[iteration]["seconds"]),
        last=name,
        former=None,
        best=best,
        best_delay=state.best_delay if best == state.best else _delay(rows[iteration]),
        digests={each: files for each, files in state.digests.items() if each in (name, best)},
    )


def _is_whole(folder: RunFolder, name: str | None) -> bool:
    try:
        ensure_whole(folder, str(name))
    except FileError:
        return False
    return True


def _iteration(name: str | None) -> int:
    """The iteration after which a checkpoint was written."""
    return int(str(name).rpartition("_")[2])


def _delay(row: ProgressRow) -> float | None:
    """The validation delay [s/veh] in a line of the table. None if the policy was not validated then."""
    delay = row.get("validation_delay", "")
    return float(delay) if delay != "" else None
