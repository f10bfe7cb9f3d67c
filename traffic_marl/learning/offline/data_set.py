"""DataSet: a folder of recorded decisions, with the facts that a training has to know about them."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from traffic_marl import checks
from traffic_marl.actions import LONGEST_GREEN
from traffic_marl.checks import LAST_SEED, whole_number
from traffic_marl.errors import FileError, TrafficError, UsageError, one_line
from traffic_marl.files import damage, read_object, read_sealed
from traffic_marl.observation import ObservationLayout
from traffic_marl.observation.layout import plain_layout
from traffic_marl.reading import ensure_nameable
from traffic_marl.scenario import Scenario

FORMAT = 1  # of the folder. No other is read.
FACTS, SCENARIO, EPISODES = "data.json", "scenario.json", "episodes"
LARGEST = 2**53  # of a number
REMEDY = "record again, or use a copy"
# Settings of a training that say what a row means, and so are those of the recording
MEANING = ("observation", "action", "interval", "longest_wait", "longest_green", "reward", "neighbour_weight")


@dataclass(frozen=True)
class DataFacts:
    """The facts about a data set."""

    strategy: str  # whose decisions they are
    scenario: str  # its hash
    meaning: Mapping[str, Any]  # values of the settings in MEANING
    intersections: tuple[str, ...]  # N
    layout: Mapping[str, Any]  # of the observations, as `layout_facts` gives it
    actions: int  # A
    decisions: int  # T of an episode
    hours: float  # of simulated traffic, all episodes together
    choices: int  # decisions of single intersections with more than one action
    left_out: int  # choices of the strategy that the action mask forbids
    mean_delay: float | None  # [s/veh] over the episodes that have vehicles. None if none has
    seeds: tuple[int, ...]  # of the episodes
    files: Mapping[str, str]  # digests by name, one file for each episode

    def to_json(self) -> dict[str, Any]:
        """The facts as plain values."""
        return {"format": FORMAT, **asdict(self)}

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> Self:
        """The facts from plain values, of which none is believed.

        Raises:
            KeyError, TypeError, ValueError, TrafficError: a value is missing, of another kind, or out of its range.
        """
        told = {"longest_green": LONGEST_GREEN} | content["meaning"]  # it could not be chosen in former versions
        meaning = {name: told[name] for name in MEANING}
        files = {_file(name): _text(digest) for name, digest in content["files"].items()}
        if not files:
            raise ValueError("no files")
        return cls(
            strategy=_text(content["strategy"]),
            scenario=_text(content["scenario"]),
            meaning=meaning,
            intersections=tuple(map(_text, content["intersections"])),
            layout=dict(content["layout"]),
            actions=whole_number("actions", content["actions"], 1),
            decisions=whole_number("decisions", content["decisions"], 1),
            hours=_number(content["hours"]),
            choices=whole_number("choices", content["choices"], 0),
            left_out=whole_number("left_out", content["left_out"], 0),
            mean_delay=None if content["mean_delay"] is None else _number(content["mean_delay"], -LARGEST),
            seeds=tuple(whole_number("seeds", seed, 0, LAST_SEED) for seed in content["seeds"]),
            files=files,
        )


@dataclass(frozen=True)
class DataSet:
    """A data set in its folder."""

    path: Path
    facts: DataFacts

    @classmethod
    def open(cls, path: Path) -> Self:
        """The data set in a folder. Its rows are not read yet.

        Raises:
            FileError: there is none, or it is damaged.
        """
        ensure_nameable(path, None)
        if not (path / FACTS).exists():
            what = "holds no recorded decisions" if path.is_dir() else "does not exist"
            raise FileError(one_line(path), what, "give a folder made by `record`")
        content = read_object(path, FACTS)
        if content.get("format") != FORMAT:
            what = f"is not a data set of format {FORMAT}"
            raise FileError(one_line(path), what, "use the version of the program that recorded it")
        try:
            return cls(path, DataFacts.from_json(content))
        except (KeyError, TypeError, ValueError, AttributeError, TrafficError) as error:
            raise damage(path, FACTS, remedy=REMEDY) from error

    @property
    def files(self) -> list[Path]:
        """The files with the rows, one for each episode."""
        return [self.path / EPISODES / name for name in self.facts.files]

    def ensure_whole(self) -> None:
        """Checks every file by its digest.

        Raises:
            FileError: one is missing, has changed, or does not belong to the data set.
        """
        for name, digest in self.facts.files.items():
            read_sealed(self.path, f"{EPISODES}/{name}", digest)
        for found in sorted((self.path / EPISODES).iterdir()):
            if found.name not in self.facts.files:
                raise damage(self.path, f"{EPISODES}/{found.name}", "does not belong to it", "remove it")

    def ensure_fit(self, scenario: Scenario, layout: ObservationLayout) -> None:
        """Checks that a training on a scenario can learn from the rows.

        Args:
            scenario: whose network is that of the training.
            layout: of the observations of the training.

        Raises:
            UsageError: it cannot.
        """
        if tuple(scenario.build_network().intersections) != self.facts.intersections:
            what = f"{one_line(self.path)} was recorded on another network than that of {scenario.name}"
            remedy = f"name the scenario that was recorded, such as {self.path / SCENARIO}"
            raise UsageError("data", what, remedy)
        if not self.facts.choices:
            raise UsageError("data", f"{one_line(self.path)} holds no choices to learn from", "record another strategy")
        if layout_facts(layout) != self.facts.layout:
            what = f"{one_line(self.path)} holds other observations than those of {scenario.name}"
            raise UsageError("data", what, "record again with this scenario and this version of the program")


def meaning_of(choices: Mapping[str, Any]) -> dict[str, Any]:
    """The settings that recorded decisions bring with them.

    Args:
        choices: values of settings by name, with the folder as `data`.

    Raises:
        FileError: there is no such data set, or it is damaged.
        UsageError: a setting is chosen that the data does not have.
    """
    meaning = dict(DataSet.open(Path(choices["data"])).facts.meaning)
    for name in MEANING:
        if name in choices and choices[name] != meaning[name]:
            what = f"{checks.shown(choices[name])} is not that of the recorded decisions, {checks.shown(meaning[name])}"
            raise UsageError(name, what, "leave it out, or record again")
    return meaning


def layout_facts(layout: ObservationLayout) -> dict[str, Any]:
    """A layout as plain values of JSON."""
    named = plain_layout(layout).items()
    return {name: list(value) if isinstance(value, tuple) else value for name, value in named}


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def _file(name: str) -> str:
    """The name of a file of rows. It can name nothing outside of the folder."""
    stem, _, ending = name.partition(".")
    if ending != "parquet" or not stem.replace("_", "").isalnum():
        raise ValueError(f"{name!r} is no file of rows")
    return name


def _number(value: Any, least: float = 0.0) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= LARGEST:
        raise ValueError(f"{value!r} is no number in its range")
    return float(value)
