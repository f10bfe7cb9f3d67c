"""The beginning of a new run: its learner gets the weights of another policy, and learns the choices of a strategy."""

import threading
from collections.abc import Callable
from typing import Any

from traffic_marl.errors import TrafficError
from traffic_marl.files import damage, read_arrays
from traffic_marl.learning.choosing import choose_strategy
from traffic_marl.learning.iterations import Learner, LostProcessError
from traffic_marl.learning.runs.folder import RunFolder
from traffic_marl.learning.runs.new_folder import START
from traffic_marl.learning.runs.state import Imitated
from traffic_marl.learning.starting.start import ACTOR, CRITIC


def begin_learner(
    folder: RunFolder, learner: Learner, tell: Callable[[str], None], stop: threading.Event
) -> Imitated | None:
    """Gives the learner of a new run what it begins with.

    Args:
        folder: of the run.
        learner: of the run, not trained yet.
        tell: called with each step.
        stop: ends the imitation early, without a result, when it is set.

    Returns:
        What was learnt from a strategy. None if there is none to learn from.

    Raises:
        FileError: the folder is damaged.
        TrafficError: the strategy cannot be used.
    """
    start, settings = folder.settings.start, folder.settings.training
    if folder.state.start:
        _take(folder, learner)
    if start.imitate is None:
        return None
    from traffic_marl.learning.starting.imitation import imitate

    strategy = choose_strategy(start.imitate, "imitate", trust=folder.is_trusted)
    policy, imitated = imitate(folder.scenario, settings, learner.policy(), strategy, tell, stop)
    if not stop.is_set():
        learner.take(policy.arrays())
    return imitated


def _take(folder: RunFolder, learner: Learner) -> None:
    """Gives the learner the weights in the folder."""
    arrays = {name: _weights(folder, name) for name in folder.state.start}
    try:
        learner.take(arrays[ACTOR], arrays.get(CRITIC))
    except (TrafficError, LostProcessError):
        raise
    except Exception as error:  # weights of anything make the libraries raise anything
        raise damage(folder.path, START) from error


def _weights(folder: RunFolder, name: str) -> dict[str, Any]:
    return read_arrays(folder.path, f"{START}/{name}", folder.state.start[name])
