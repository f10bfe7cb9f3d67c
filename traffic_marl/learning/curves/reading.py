"""The validations of a run, read from its folder."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from traffic_marl.arrays import Floats
from traffic_marl.errors import UsageError
from traffic_marl.learning.environment import STAND_IN
from traffic_marl.learning.learned import find_run
from traffic_marl.learning.runs.folder import RunFolder
from traffic_marl.learning.runs.own_files import kept
from traffic_marl.learning.runs.retrying import while_training
from traffic_marl.learning.runs.table import OF, ProgressRow
from traffic_marl.learning.validating.means import ARITHMETIC

MEAN = "validation_delay"  # column with the mean over the validation seeds
MINUTE = 60.0  # [s]
MOST_NAMED = 2  # scenarios in the name of a traffic


@dataclass(frozen=True, eq=False)
class Validated:
    """A run with its T validations."""

    name: str  # path of its folder
    seed: int  # of its training
    settings: Mapping[str, Any]  # of its training without the seed, and of its beginning
    traffic: str  # scenarios that it was validated on, in words
    identity: tuple[str, ...]  # of these scenarios and of the validation seeds
    agent_steps: Floats  # (T,) ascending
    minutes: Floats  # [min] (T,)
    delays: Floats  # [s/veh] (T, S) of each validation seed, or of each scenario
    classical: tuple[str, float] | None  # best classical strategy with its parameters, and its mean delay [s/veh]


def read_runs(names: Iterable[str]) -> list[Validated]:
    """The runs of these folders. Nothing in them is executed.

    Raises:
        UsageError: none is given, one is given twice, or one has not been validated yet.
        TrafficError: there is no such run, or its folder is damaged.
    """
    found: dict[str, Validated] = {}
    for name in names:
        place = find_run(name).resolve().as_posix()
        if place in found:
            raise UsageError("runs", f"{name} is given twice", "give each run once")
        found[place] = _read(name)
    if not found:
        raise UsageError("runs", "no run is given", "give folders made by `train --out`, such as runs/*")
    return list(found.values())


def _read(name: str) -> Validated:
    return while_training(find_run(name), lambda folder: _validated(folder, name))


def _validated(folder: RunFolder, name: str) -> Validated:
    """The validations in a folder.

    Raises:
        UsageError: there is none yet.
        FileError: the folder is damaged.
    """
    rows = [row for row in folder.progress() if row.get(MEAN, "") != ""]
    if not rows:
        raise UsageError(name, "has not been validated yet", "train it longer, or leave it out")
    training, state = folder.settings.training, folder.state
    settings = kept(training).to_json() | {"start": folder.settings.start.to_json()}
    federation = folder.settings.federation
    districts = () if federation is None else federation.districts
    if federation is not None:
        settings |= federation.to_json()
    seed = int(settings.pop("seed"))
    scenario = state.scenario or folder.scenario.hash()
    several = federation is not None or training.random is not None
    drawn = () if training.random is None else (*training.ranges, *state.also)
    return Validated(
        name=name,
        seed=seed,
        settings=settings,
        traffic=_traffic(folder),
        identity=(
            scenario,
            *map(str, state.validation_seeds),
            "" if training.random is None else "random",
            *drawn,
            *districts,
            *([state.mean] if several else []),
        ),
        agent_steps=np.array([float(row["agent_steps"]) for row in rows]),
        minutes=np.array([float(row["seconds"] or 0.0) / MINUTE for row in rows]),
        delays=_delays(rows),
        classical=state.classical[0] if state.classical else None,
    )


def _delays(rows: list[ProgressRow]) -> Floats:
    """[s/veh] (T, S) Delays of each seed. Runs of former versions have their mean alone, as one column."""
    columns = [name for name in rows[-1] if name.startswith(OF) and all(row.get(name, "") != "" for row in rows)]
    return np.array([[float(row[name]) for name in columns or [MEAN]] for row in rows], np.float64)


def _traffic(folder: RunFolder) -> str:
    """The scenarios that a run was validated on, in words."""
    scenario, training = folder.scenario.name, folder.settings.training
    earlier = ", an arithmetic mean" if folder.state.mean == ARITHMETIC else ""
    if folder.settings.federation is not None:
        return f"{folder.settings.federation.traffic}{earlier}"
    if training.random is None:
        return scenario
    named = [*([] if scenario == STAND_IN else [scenario]), *(Path(name).stem for name in training.also)]
    parts = ["random scenarios", *(named if len(named) <= MOST_NAMED else [f"{len(named)} named ones"])]
    return f"{' and '.join(parts)}{earlier}"
