"""Code and pickles in the folder of a run, which are executed only for a user who trusts the folder.

The folder of a run may come from anybody. Its policies and the state of its training lie in files that hold data alone.
Four things that it can hold or name are code: a reward or an observation of the author's own, a reader of the author's
own for the network or the demand, a script or a reader of a further scenario, and the pickles of versions 0.1 and 0.2.
None of them is executed unless the user trusts the folder, or has named the same file on the command line.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

from traffic_marl.errors import UsageError, one_line
from traffic_marl.imported import is_reference
from traffic_marl.learning.settings import TrainingSettings
from traffic_marl.scenario import Scenario

FORMER_CHECKPOINT = "rllib"  # folder in the state of a training, for RLlib's own checkpoint in versions 0.1 and 0.2
PRESENT_CHECKPOINT = "rllib.json"  # the file in its place


def untrusted(folder: str | Path, things: Sequence[str]) -> UsageError:
    """The error for things of a folder that would be executed.

    Args:
        folder: of the run.
        things: the files, as the folder names them.
    """
    what = f"{', '.join(dict.fromkeys(things))} would be executed, and code can do anything on this machine"
    remedy = "add --trust (in Python trust=True for load_learned or resume) if you trust the author of this folder"
    return UsageError(one_line(folder), what, remedy)


def has_pickles(training: Path) -> bool:
    """Whether the state of a training was written by version 0.1 or 0.2 of the program, as pickles."""
    return (training / FORMER_CHECKPOINT).is_dir() and not (training / PRESENT_CHECKPOINT).exists()


def code_of_settings(settings: TrainingSettings, folder: Path) -> list[str]:
    """Files that a training with these settings would execute and that lie in the folder of the run.

    A reward or an observation whose path the user has given lies elsewhere.
    """
    own = [text for text in (settings.reward, settings.observation) if is_reference(text)]
    inside = folder.resolve()
    return [Path(text).name.partition(":")[0] for text in own if Path(text).parent == inside]


def code_of_scenarios(names: Iterable[str]) -> list[str]:
    """Files that would be executed to load these scenarios, given by name or path.

    Raises:
        TrafficError: a JSON file cannot be read.
    """
    found: list[str] = []
    for name in names:
        kind = Path(name).suffix
        if kind == ".json":
            found += code_of_scenario(Scenario.load(name))
        elif kind == ".py":
            found.append(name)
    return found


def code_of_scenario(scenario: Scenario) -> list[str]:
    """Files with the readers that a scenario names in text. Readers that are given as functions run already."""
    readers = [getattr(part, "reader", None) for part in (scenario.network, scenario.demand)]
    return [reader.partition(":")[0] if ":" in reader else reader for reader in readers if isinstance(reader, str)]
