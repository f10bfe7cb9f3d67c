"""Sweeps: `sweep` for Python, and its steps: begin a sweep or open a former one, then train the runs that are left."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from traffic_marl.checks import at_least_one, ensure_function, ensure_installed, shown
from traffic_marl.errors import UsageError
from traffic_marl.files import locked
from traffic_marl.learning.placing.placement import LOCAL, Placement
from traffic_marl.learning.runs.budget import Validation, budget_of
from traffic_marl.learning.runs.new_folder import SCENARIO
from traffic_marl.learning.runs.stopping import stop_requests
from traffic_marl.learning.runs.validation import seeds_to_validate
from traffic_marl.learning.sweeps.course import Course
from traffic_marl.learning.sweeps.dimensions import dimensions_of
from traffic_marl.learning.sweeps.files import write_results
from traffic_marl.learning.sweeps.folder import SWEEP, SweepFolder, ensure_new_sweep
from traffic_marl.learning.sweeps.plan import GRID, OPTUNA, RANDOM, VALIDATIONS, Plan
from traffic_marl.learning.sweeps.points import drawn, grid
from traffic_marl.learning.sweeps.results import Judged, judged
from traffic_marl.learning.train import ensure_controllable
from traffic_marl.learning.trust import code_of_scenario, untrusted
from traffic_marl.scenario import Scenario, load_scenario
from traffic_marl.tuning import tuned

Tell = Callable[[str], None]
Watch = Callable[[str, float, float], None]  # a run in words, the share (0 to 1) of the sweep, its last delay [s/veh]
STOPPING = "stopping: each run is saved after its present iteration"


def sweep(
    scenario: Scenario | str | Path,
    out: str | Path,
    over: str | Iterable[str],
    *,
    seeds: int = 1,
    search: str | None = None,
    trials: int | None = None,
    stop_early: bool = False,
    iterations: int | None = None,
    minutes: float | None = None,
    agent_steps: int | None = None,
    start: str | Path | None = None,
    imitate: str | Path | None = None,
    critic_warmup: int | None = None,
    validation: Validation | None = None,
    parallel: int | None = None,
    address: str = LOCAL,
    tell: Tell | None = None,
    **settings: Any,
) -> list[Judged]:
    """Trains with several values of some settings, and several seeds of each, in processes of Ray Tune.

    Args:
        scenario: a scenario, the name of one that is shipped, or the path of a script or JSON file.
        out: path of the new folder. The runs lie in its folder `runs`, and each is the name of a strategy.
        over: settings with their values, such as `policy=shared,independent` or `learning_rate=1e-4:1e-2`.
        seeds: trainings of each combination, with the seeds from `seed` on.
        search: `grid` tries all combinations, `random` draws some, `optuna` asks Optuna. None draws them if `trials`
            are given, and tries all otherwise.
        trials: number of combinations that are drawn.
        stop_early: whether runs end early whose validation delay is hopeless beside that of the others.
        iterations: length of each run, as of `train`. The default of a sweep is 1,000,000 agent-steps.
        minutes: [min] in place of `iterations`.
        agent_steps: in place of `iterations`.
        start: as of `train`, for all runs.
        imitate: as of `train`, for all runs.
        critic_warmup: as of `train`, for all runs.
        validation: as of `train`. None takes 20 validations of each run, spread evenly over its budget.
        parallel: most runs at the same time. None takes as many as there are CPUs.
        address: of the machines on which the runs are trained, as of `Placement`.
        tell: called with a line about each run that ends, and about combinations that are left out.
        settings: values for fields of `TrainingSettings` that all runs share.

    Returns:
        The combinations with their learning curves, least delay at last first.

    Raises:
        UsageError: a setting is wrong, or a library is not installed.
        FileError: `out` exists already or cannot be written.
        TrafficError: the scenario cannot be used.
    """
    if not isinstance(out, str | Path):
        raise UsageError("out", f"{shown(out)} is not a path", "give the path of a new folder")
    if tell is not None:
        ensure_function("tell", tell, ("line",))
    texts = [over] if isinstance(over, str) else list(over)
    budget = budget_of(iterations, minutes, agent_steps)
    begun = {"start": start, "imitate": imitate, "critic_warmup": critic_warmup}
    plan = Plan(
        dimensions=dimensions_of(texts),
        settings=settings,
        seeds=seeds,
        search=search or (GRID if trials is None else RANDOM),
        trials=trials,
        validation=validation or Validation(times=VALIDATIONS),
        start={name: str(value) if isinstance(value, Path) else value for name, value in begun.items() if value},
        stops_early=stop_early,
        **({} if budget is None else {"budget": budget}),
    )
    say = tell or (lambda line: None)
    return train_sweep(
        begin_sweep(load_scenario(scenario), plan, Path(out), say), tell=say, parallel=parallel, address=address
    )


def begin_sweep(scenario: Scenario, plan: Plan, path: Path, tell: Tell, *, trust: bool = False) -> SweepFolder:
    """Makes the folder of a new sweep, without any training.

    Args:
        scenario: the traffic to learn on.
        plan: of the sweep.
        path: of the new folder.
        tell: called with a line about combinations that are left out.
        trust: whether code in the folder of the policy that the runs begin with may be executed.

    Raises:
        UsageError: no combination can be trained, or a library is not installed.
        FileError: `path` exists already or cannot be written.
        TrafficError: the scenario cannot be used.
    """
    ensure_new_sweep(path, "out")
    source = plan.source()
    ensure_installed("sweep", "ray", "torch", "gymnasium")
    if plan.search == OPTUNA:
        ensure_installed("search", "optuna", extra="tune")
    _tell_without_effect(plan, tell)
    points = []
    if plan.search == GRID:
        points = grid(source, tell)
    elif plan.search == RANDOM:
        points = drawn(source, plan.trials or 0, plan.first_seed, tell)
    for values in points[:1]:  # further ones are checked as their runs begin
        ensure_controllable(scenario, plan.run_settings(values, plan.first_seed, trust=trust).training)
    return SweepFolder.create(path, plan, scenario, points)


def _tell_without_effect(plan: Plan, tell: Tell) -> None:
    """Tells which shared settings an algorithm of the sweep does not use."""
    swept = (each.values for each in plan.dimensions if each.name == "algorithm")
    for algorithm in next(swept, ()):
        unused = plan.without_effect(algorithm)
        if unused:
            tell(f"{algorithm} does not use {' and '.join(unused)}")


def resume_sweep(path: Path, *, trials: int | None = None, trust: bool = False) -> SweepFolder:
    """The folder of an earlier sweep that goes on.

    Args:
        path: of the folder.
        trials: number of combinations, in place of the former one, so that there can be more of them.
        trust: whether code that the folder holds or names may be executed.

    Raises:
        FileError: there is none, or it is damaged.
        UsageError: code would be executed without trust, or the number of combinations makes no sense.
    """
    folder = SweepFolder.open_sweep(path)
    things = [*folder.plan.own_code(), *code_of_scenario(folder.scenario)]
    if things and not trust:
        raise untrusted(path / (SCENARIO if not folder.plan.own_code() else SWEEP), things)
    if trials is not None:
        _extend(folder, trials)
    return folder


def _extend(folder: SweepFolder, trials: int) -> None:
    """Gives a sweep another number of combinations.

    Raises:
        UsageError: it tries all combinations, or has more of them already.
    """
    former = folder.plan.trials
    if former is None:
        raise UsageError("trials", "the sweep tries all combinations", "leave it out")
    if at_least_one("trials", trials) < former:
        raise UsageError("trials", f"the sweep was begun with {former}", "give at least as many")
    folder.plan = replace(folder.plan, trials=trials)
    if folder.plan.search == RANDOM:
        known = [point.values for point in folder.points]
        more = drawn(folder.plan.source(), trials, folder.plan.first_seed, lambda line: None)
        folder.add(values for values in more if values not in known)


def train_sweep(
    folder: SweepFolder,
    *,
    trust: bool = False,
    tell: Tell = lambda line: None,
    watch: Watch = lambda run, share, delay: None,
    parallel: int | None = None,
    address: str = LOCAL,
) -> list[Judged]:
    """Trains all runs that are left, until all are done or until Ctrl-C. Each run is saved before this returns.

    Args:
        folder: from `begin_sweep` or `resume_sweep`.
        trust: whether code that the folder holds or names may be executed.
        tell: called with a line about each run that ends.
        watch: called at each validation of a run.
        parallel: most runs at the same time. None takes as many as there are CPUs.
        address: of the machines on which the runs are trained, as of `Placement`.

    Returns:
        The combinations with their learning curves, least delay at last first.

    Raises:
        FileError: the folder cannot be written, or another process is at work in it.
        KeyboardInterrupt: after Ctrl-C, once all runs are saved.
        TrafficError: the scenario cannot be used.
    """
    placement = ensure_runnable(address, parallel)
    with locked(folder.path):
        folder.sweep()
        _measure_classical(folder, tell)
        course = Course(folder, trust, tell)
        with stop_requests(lambda: tell(STOPPING)) as stop:
            from traffic_marl.learning.rllib.cluster import start_ray
            from traffic_marl.learning.rllib.trials.tuner import run_sweep

            start_ray(folder.processes(), placement)
            run_sweep(course, stop, course.watched(watch), parallel)
        results = judged(folder)
        write_results(folder, results)
    if stop.is_set():
        raise KeyboardInterrupt
    return results


def ensure_runnable(address: str, parallel: int | None) -> Placement:
    """The placement of the runs of a sweep.

    Raises:
        UsageError: the address is none or beyond this machine's cluster, or `parallel` is no count.
    """
    if parallel is not None:
        at_least_one("parallel", parallel)
    placement = Placement(address=address)
    if placement.is_client:
        what = "a sweep keeps its runs on a machine of the cluster"
        raise UsageError("address", what, "run it on one of them, with auto or HOST:PORT of the head")
    return placement


def _measure_classical(folder: SweepFolder, tell: Tell) -> None:
    """Tunes the classical strategies on the validation seeds, once for all runs on one scenario."""
    settings, validation = folder.plan.settings, folder.plan.validation
    varies = {"random", "data"} & {each.name for each in folder.plan.dimensions}
    if folder.classical or not validation.classical or varies or settings.get("random") is not None:
        return
    seeds = seeds_to_validate(folder.scenario, validation.seeds)
    folder.classical = tuned(folder.scenario, seeds, lambda label: None)
    folder.write()
