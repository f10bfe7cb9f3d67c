"""A search for the parameters of a strategy: trials on the validation seeds, each of them one batch of all seeds."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from math import isnan
from pathlib import Path

from traffic_marl.checks import at_least_one, finite_number
from traffic_marl.errors import FileError, StrategyError, TrafficError, UsageError, one_line
from traffic_marl.files.code import code_digest
from traffic_marl.rollout import run
from traffic_marl.scenario import Scenario
from traffic_marl.strategies.named import NamedStrategy
from traffic_marl.tasks import Tasks, ensure_same, shared
from traffic_marl.tuning.candidates import Candidates
from traffic_marl.tuning.spaces import split, written
from traffic_marl.tuning.trials import Parameters, Record, Search, Study, Trial, read_record, write_record
from traffic_marl.units import HOUR

MINUTE = 60.0  # [s]
MOST_REPEATS = 50  # trials in a row without new parameters, after which all are taken to be known
DEFAULT_TRIALS = 40

Tell = Callable[[Study, float], None]  # the study so far, and the share of its budget that is used


@dataclass(frozen=True)
class TrialBudget:
    """Trials or minutes of a search, one of the two. Those of an earlier part of the search count.

    Raises:
        UsageError: both or none are given, or a value is out of its range.
    """

    trials: int | None = None
    minutes: float | None = None

    def __post_init__(self) -> None:
        if (self.trials is None) == (self.minutes is None):
            raise UsageError("minutes", "a budget is trials or minutes", "give one of the two")
        if self.trials is not None:
            at_least_one("trials", self.trials)
        if self.minutes is not None and finite_number("minutes", self.minutes, "give minutes, more than 0") <= 0:
            raise UsageError("minutes", f"{self.minutes:g} is not a duration", "give minutes, more than 0")

    def share(self, study: Study) -> float:
        """Used share of the budget, 0 to 1."""
        if self.trials is not None:
            return min(1.0, len(study.trials) / self.trials)
        assert self.minutes is not None, "a budget is one of the two"
        return min(1.0, study.seconds / (MINUTE * self.minutes))


def search(
    scenario: Scenario,
    candidates: Candidates,
    base: str,
    seeds: tuple[int, ...],
    budget: TrialBudget,
    *,
    path: Path | None = None,
    threads: int | None = None,
    tell: Tell | None = None,
    tasks: Tasks | None = None,
) -> Record:
    """The best parameters that a search finds.

    Args:
        scenario: traffic and rules.
        candidates: of the search.
        base: strategy as it was given.
        seeds: of the traffic. They must not be those of a comparison that is reported.
        budget: of the search.
        path: file of the record. It is written after each trial. A search that it holds goes on.
        threads: most threads. None takes the CPUs this process may use.
        tell: called after each trial.
        tasks: run the seeds of each trial elsewhere, with the same results. They have threads of their own.

    Raises:
        FileError: the file holds another search, or cannot be written.
        StrategyError: the strategy cannot be run with any of the parameters tried.
        UsageError: Optuna is needed and is not installed, or no vehicle departs on the seeds.
    """
    asked = Search(
        base,
        scenario.name,
        scenario.hash(),
        seeds,
        candidates.ranges(),
        candidates.method,
        code_digest(),
        scenario.stated_interval,
    )
    study = Study(asked) if path is None or not path.exists() else _former(path, asked)
    repeats = 0
    error: TrafficError | None = None
    while budget.share(study) < 1.0 and repeats < MOST_REPEATS:
        began = time.monotonic()
        parameters = candidates.ask(study.trials)
        known = study.known(parameters)
        repeats = 0 if known is None else repeats + 1
        try:
            trial = known_again(known) if known else _tried(scenario, candidates, parameters, seeds, threads, tasks)
        except StrategyError as refused:
            error, trial = error or refused, Trial(parameters, None, 0.0)
        if trial.delays_s is not None and trial.delay is None:
            what = "no vehicle departs on the validation seeds, so there is no delay"
            raise UsageError("seeds", what, "give more, or other traffic")
        study = study.with_trial(trial, time.monotonic() - began)
        if path is not None and study.best is not None:
            write_record(path, record_of(study, candidates))
        if tell is not None:
            tell(study, budget.share(study))
    if study.best is None:
        assert error is not None, "a trial without a delay is one that was refused"
        raise error
    return record_of(study, candidates)


def known_again(known: Trial) -> Trial:
    """A trial with parameters that were tried before. It takes no simulation."""
    return Trial(known.parameters, known.delays_s, 0.0)


def record_of(study: Study, candidates: Candidates) -> Record:
    """A study with the strategy that stands for its best trial."""
    best = study.best
    assert best is not None, "the caller knows that there is one"
    greens = candidates.plan(best.parameters)
    if greens is None:
        return Record(study, written(study.search.base, best.parameters))
    rows: tuple[dict[str, str | float], ...] = tuple(
        {
            "intersection": green.intersection,
            "phase": green.phase,
            "green_s": green.green,
            "yellow_s": green.yellow or 0.0,
            "all_red_s": green.all_red or 0.0,
            "offset_s": green.offset or 0.0,
            "cycle_s": green.cycle or 0.0,
        }
        for green in greens
    )
    return Record(study, split(study.search.base)[0], rows)


def _tried(
    scenario: Scenario,
    candidates: Candidates,
    parameters: Parameters,
    seeds: tuple[int, ...],
    threads: int | None,
    tasks: Tasks | None,
) -> Trial:
    """A trial: the strategy runs on all seeds, at once or in batches elsewhere."""
    strategy = candidates.strategy(parameters)
    if tasks is None:
        delays, hours = measured(scenario, strategy, seeds, threads)
        return Trial(parameters, delays, hours)
    batches = shared(seeds, tasks.slots, len(seeds))
    calls = [(scenario, scenario.hash(), strategy, batch, tasks.threads) for batch in batches]
    found = dict(tasks.results(measured_elsewhere, calls))
    in_turn = [found[place] for place in range(len(calls))]
    whole = tuple(delay for delays, _ in in_turn for delay in delays)
    return Trial(parameters, whole, sum(hours for _, hours in in_turn))


def measured_elsewhere(
    scenario: Scenario, scenario_hash: str, strategy: NamedStrategy, seeds: tuple[int, ...], threads: int
) -> tuple[tuple[float | None, ...], float]:
    """The same as `measured`, called in another process.

    Raises:
        TrafficError: the strategy cannot be run, or the scenario is another one there.
    """
    ensure_same(scenario, scenario_hash)
    return measured(scenario, strategy, seeds, threads)


def measured(
    scenario: Scenario, strategy: NamedStrategy, seeds: tuple[int, ...], threads: int | None
) -> tuple[tuple[float | None, ...], float]:
    """The mean delay [s/veh] of a strategy on each seed, and the simulation that this took [h], times intersections.

    A seed without vehicles has None in place of a delay.

    Raises:
        TrafficError: it cannot be run.
    """
    rollout = run(scenario, strategy, seeds, threads=threads)
    delays = tuple(None if isnan(delay) else float(delay) for delay in rollout.measures.mean_delay)
    intersections = len(rollout.simulation.network.intersections)
    return delays, len(seeds) * intersections * rollout.simulation.time / HOUR


def _former(path: Path, asked: Search) -> Study:
    """The study in a file.

    Raises:
        FileError: it is of another search.
    """
    study = read_record(path).study
    for name, words in NAMES.items():
        if getattr(study.search, name) != getattr(asked, name):
            what = f"holds a search {words}"
            raise FileError(one_line(path), what, "name another file, or remove this one")
    return study


NAMES = {  # parts of a search that have to be equal for it to go on, and how they differ in words
    "base": "for another strategy",
    "scenario_hash": "on another scenario",
    "interval": "with another decision interval of the scenario",
    "seeds": "on other seeds",
    "ranges": "over other ranges",
    "method": "by another method",
    "code": "by another version of the program",
}
