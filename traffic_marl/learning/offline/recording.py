"""Recording: a strategy drives whole episodes, and its decisions are written as a data set.

A file holds one episode of one copy of the traffic, in Parquet, with the names of columns that RLlib uses. A row is one
decision of all intersections together: `obs` (N x F, flat), `actions` (N), `rewards` (N), and the number `t` of the
decision in the episode `eps_id`. The last row of an episode has `truncateds` set.
"""

import json
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from traffic_marl import checks
from traffic_marl.actions import choosing
from traffic_marl.arrays import Ints, Singles
from traffic_marl.checks import ensure_installed
from traffic_marl.errors import UsageError
from traffic_marl.files import digest_of, replace_text
from traffic_marl.files.folders import ensure_absent, make_folder
from traffic_marl.learning.environment import ScenarioEnvironment
from traffic_marl.learning.offline.data_set import EPISODES, FACTS, MEANING, SCENARIO, DataFacts, DataSet, layout_facts
from traffic_marl.learning.offline.following import Asked, decided, decisions_apart
from traffic_marl.learning.settings import TrainingSettings
from traffic_marl.measures import mean_over_known
from traffic_marl.scenario import Scenario
from traffic_marl.strategies.named import NamedStrategy

MOST_HOURS = 10_000.0
MOST_NUMBERS = 120_000_000  # of the observations in memory, 480 MB
HOUR = 3600.0  # [s]
ROUNDING = 1e-9  # of a number of episodes

Tell = Callable[[float], None]  # is called with the share that is done, 0 to 1


@dataclass(frozen=True, eq=False)
class Episode:
    """The decisions of one copy in one episode."""

    seed: int
    observations: Singles  # (T, N, F)
    actions: Ints  # (T, N)
    rewards: Singles  # (T, N)
    choices: int  # decisions of single intersections with more than one action
    left_out: int  # choices of the strategy that the action mask forbids
    mean_delay: float  # [s/veh], nan without vehicles


def record(
    scenario: Scenario,
    strategy: NamedStrategy,
    out: Path,
    *,
    hours: float,
    settings: TrainingSettings,
    tell: Tell = lambda share: None,
) -> DataSet:
    """Records the decisions of a strategy on training seeds into a new folder.

    Args:
        scenario: the traffic.
        strategy: that drives it. It is asked at the decisions of the settings, or less often if it has a longer
            interval of its own, a multiple of theirs. Where the action mask forbids what it asks for, the phase is
            held.
        out: path of the new folder.
        hours: [h] of simulated traffic, rounded up to whole episodes.
        settings: what is seen, what may be chosen and what is rewarded. `copies` of the traffic are stepped together.
        tell: called with the share that is done.

    Raises:
        UsageError: a value is out of its range, a library is not installed, or the longer interval of the strategy is
            no multiple of that of the settings.
        FileError: the folder exists already or cannot be written.
        TrafficError: the scenario or the strategy cannot be used.
    """
    remedy = f"give a number above 0, at most {MOST_HOURS:g}"
    if not 0.0 < checks.finite_number("hours", hours, remedy) <= MOST_HOURS:
        raise UsageError("hours", f"{checks.shown(hours)} is out of range", remedy)
    if settings.also or settings.random is not None:
        raise UsageError("random", "a data set holds one scenario", "record each into a folder of its own")
    decisions_apart(strategy, settings.interval)
    ensure_absent(out, "out")
    ensure_installed("record", "pyarrow")
    recorder = _Recorder(scenario, strategy, settings, episodes_in(hours, scenario.horizon))
    make_folder(out, "out", lambda draft: recorder.fill(draft, tell))
    return DataSet.open(out)


def episodes_in(hours: float, horizon: int) -> int:
    """The number of whole episodes, of `horizon` [s] each, that last as long as some hours, at least one."""
    return max(1, math.ceil(hours * HOUR / horizon - ROUNDING))


@dataclass
class _Recorder:
    """Fills the folder of a data set."""

    scenario: Scenario
    strategy: NamedStrategy
    settings: TrainingSettings
    episodes: int
    first: Singles | None = None  # observations of episodes that have begun

    def fill(self, folder: Path, tell: Tell) -> None:
        """Writes all files into a folder."""
        files, seeds, delays, choices, left_out = {}, [], [], 0, 0
        (folder / EPISODES).mkdir()
        for number, episode in enumerate(self._recorded(tell)):
            name = f"episode_{number:05d}.parquet"
            write_episode(folder / EPISODES / name, f"{self.scenario.name}_{episode.seed}", episode)
            files[name] = digest_of((folder / EPISODES / name).read_bytes())
            seeds.append(episode.seed)
            delays.append(episode.mean_delay)
            choices += episode.choices
            left_out += episode.left_out
        self.scenario.save(folder / SCENARIO)
        facts = DataFacts(
            strategy=self.strategy.label,
            scenario=self.scenario.hash(),
            meaning={name: getattr(self.settings, name) for name in MEANING},
            intersections=tuple(self.env.intersections),
            layout=layout_facts(self.env.layout),
            actions=self.env.num_actions,
            decisions=self.env.steps,
            hours=self.episodes * self.scenario.horizon / HOUR,
            choices=choices,
            left_out=left_out,
            mean_delay=mean_over_known(np.array(delays)),
            seeds=tuple(seeds),
            files=files,
        )
        replace_text(folder / FACTS, None, json.dumps(facts.to_json(), indent=1, allow_nan=False) + "\n")

    def _recorded(self, tell: Tell) -> Iterator[Episode]:
        """The episodes, as many copies at a time as memory holds."""
        make = ScenarioEnvironment(self.scenario, self.settings)
        self.env: Any = make(1)
        each = self.env.steps * len(self.env.intersections) * self.env.layout.size
        together = max(1, min(self.settings.copies, self.episodes, MOST_NUMBERS // each))
        self.env = make(together)
        for before in range(0, self.episodes, together):
            wanted = min(together, self.episodes - before)
            yield from self._together(wanted, _part_of(tell, before / self.episodes, wanted / self.episodes))

    def _together(self, wanted: int, tell: Tell) -> Iterator[Episode]:
        """One episode of each copy, of which the first `wanted` are kept."""
        env = self.env
        observations = self.first if self.first is not None else env.reset()
        seeds = env.episode_seeds
        asked = Asked(env, self.strategy, self.settings.interval)
        seen = np.empty((env.steps, *observations.shape), np.float32)
        chosen = np.empty((env.steps, *observations.shape[:2]), np.int32)
        rewards = np.empty(chosen.shape, np.float32)
        choices, left_out = np.zeros((2, env.copies), np.int64)
        for now in range(env.steps):
            actions, _, forbidden = decided(env.layout, observations, asked())
            left_out += forbidden
            choices += choosing(env.layout, observations).sum(1)
            seen[now], chosen[now] = observations, actions
            observations, rewards[now], _, _, infos = env.step(actions)
            tell((now + 1) / env.steps)
        self.first = observations  # of the next episodes, which have begun
        delays = infos["episode"]["mean_delay"]
        for copy in range(wanted):
            columns = seen[:, copy], chosen[:, copy], rewards[:, copy]
            yield Episode(seeds[copy], *columns, int(choices[copy]), int(left_out[copy]), float(delays[copy]))


def _part_of(tell: Tell, before: float, part: float) -> Tell:
    """Tells the share that is done of all, from the share of a part."""
    return lambda share: tell(before + share * part)


def write_episode(path: Path, name: str, episode: Episode) -> None:
    """Writes the rows of an episode in Parquet.

    Args:
        path: of the new file.
        name: of the episode.
        episode: the decisions.
    """
    import pyarrow as pa  # comes with ray, and nothing else needs it
    from pyarrow import parquet

    count = len(episode.actions)
    last = np.arange(count) == count - 1
    columns = {
        "eps_id": pa.array([name] * count),
        "t": pa.array(np.arange(count, dtype=np.int32)),
        "obs": _lists(episode.observations),
        "actions": _lists(episode.actions),
        "rewards": _lists(episode.rewards),
        "terminateds": pa.array(np.zeros(count, np.bool_)),
        "truncateds": pa.array(last),
    }
    parquet.write_table(pa.table(columns), path, compression="zstd", row_group_size=count)


def _lists(values: Any) -> Any:
    """Values (T, ...) as a column with a list of equal length in each row."""
    import pyarrow as pa

    flat = np.ascontiguousarray(values).reshape(len(values), -1)
    return pa.FixedSizeListArray.from_arrays(pa.array(flat.ravel()), flat.shape[1])
