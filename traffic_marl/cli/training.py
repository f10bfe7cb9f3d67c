"""The commands `train` and `export`: policies that are learned, kept in folders, and taken elsewhere."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from traffic_marl.cli import output
from traffic_marl.cli.arguments import CityFlow, Phases, ScenarioName, choose_scenario
from traffic_marl.cli.training_display import line, training_display
from traffic_marl.errors import UsageError
from traffic_marl.learning.learned import RUNS
from traffic_marl.learning.runs.budget import USUAL_ITERATIONS, Budget, Validation
from traffic_marl.learning.runs.curve import can_draw, draw_curve
from traffic_marl.learning.runs.export import export
from traffic_marl.learning.runs.folder import CURVE, SCENARIO, RunFolder, RunSettings
from traffic_marl.learning.runs.progress import Report, Watch
from traffic_marl.learning.settings import (
    ALGORITHMS,
    CRITICS,
    NETWORKS,
    POLICIES,
    TrainingSettings,
    default_policy,
    ensure_used,
)
from traffic_marl.learning.tabular import USUAL_COPIES, USUAL_RATE
from traffic_marl.learning.train import begin, resume, train
from traffic_marl.observation import OBSERVATIONS
from traffic_marl.reward import REWARDS
from traffic_marl.scenario import Scenario

USUAL = TrainingSettings()


def _choice(names: dict[str, str], usual: str) -> Any:
    """A flag that takes one of these names."""
    return typer.Option(metavar="NAME", help=f"One of {', '.join(names)}; {usual} if not given.")


def _number(metavar: str, text: str, usual: object) -> Any:
    """A flag that takes a number."""
    return typer.Option(metavar=metavar, help=f"{text}; {usual} if not given.")


@dataclass(frozen=True)
class Wishes:
    """How a run is to be done, as the user wrote it; None: not said."""

    settings: dict[str, Any]  # those of TrainingSettings that were given
    budget: Budget | None
    validation: dict[str, Any]  # those of Validation that were given

    def run_settings(self) -> RunSettings:
        """All settings of a new run, those not given as is usual with its algorithm.

        Raises:
            UsageError: a setting is wrong, or some exclude each other.
        """
        algorithm = self.settings.get("algorithm", USUAL.algorithm)
        usual: dict[str, Any] = {"policy": default_policy(algorithm)}
        if algorithm == "tabular-q":
            usual |= {"learning_rate": USUAL_RATE, "copies": USUAL_COPIES}
        try:
            training = TrainingSettings(**{**usual, **self.settings})
            ensure_used(algorithm, self.settings)
        except UsageError as error:
            raise UsageError(_flag(error.where), error.what, error.remedy) from error
        budget = Budget(iterations=USUAL_ITERATIONS) if self.budget is None else self.budget
        return RunSettings(training, budget, Validation(**self.validation))

    def ensure_same(self, settings: RunSettings) -> None:
        """Checks that what was given is as it was when the run began.

        Raises:
            UsageError: something is not.
        """
        for given, then in ((self.settings, settings.training), (self.validation, settings.validation)):
            for name, value in given.items():
                if value != getattr(then, name):
                    what = f"{value} was {getattr(then, name)} when the run began"
                    raise UsageError(_flag(name), what, "leave it out, or begin another run without --resume")


def train_command(
    scenario: ScenarioName = None,
    cityflow: CityFlow = None,
    phases: Phases = None,
    iterations: Annotated[int | None, _number("N", "Iterations to train", USUAL_ITERATIONS)] = None,
    minutes: Annotated[
        float | None, typer.Option(metavar="M", help="Minutes to train instead, validations included.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="The run's folder; runs/SCENARIO_ALGORITHM if not given.")
    ] = None,
    resume_run: Annotated[bool, typer.Option("--resume", help="Go on with the run in that folder.")] = False,
    algorithm: Annotated[str | None, _choice(ALGORITHMS, USUAL.algorithm)] = None,
    network: Annotated[str | None, _choice(NETWORKS, USUAL.network)] = None,
    policy: Annotated[
        str | None, _choice(POLICIES, f"{USUAL.policy} (tabular-q: {default_policy('tabular-q')})")
    ] = None,
    critic: Annotated[str | None, _choice(CRITICS, USUAL.critic)] = None,
    observation: Annotated[str | None, _choice(OBSERVATIONS, USUAL.observation)] = None,
    reward: Annotated[str | None, _choice(REWARDS, USUAL.reward)] = None,
    neighbour_weight: Annotated[
        float | None, _number("W", "Share of the neighbours' mean reward in each reward", USUAL.neighbour_weight)
    ] = None,
    interval: Annotated[int | None, _number("S", "Seconds between decisions", USUAL.interval)] = None,
    copies: Annotated[
        int | None, _number("B", f"Copies of the traffic a runner steps (tabular-q: {USUAL_COPIES})", USUAL.copies)
    ] = None,
    runners: Annotated[int | None, _number("R", "Processes that sample, 0: this one", USUAL.runners)] = None,
    learners: Annotated[int | None, _number("L", "Processes that learn, 0: this one", USUAL.learners)] = None,
    seed: Annotated[int | None, _number("S", "Of weights, exploration and traffic", USUAL.seed)] = None,
    discount: Annotated[float | None, _number("G", "Of rewards a decision later", USUAL.discount)] = None,
    learning_rate: Annotated[
        float | None, _number("R", f"Learning rate at the start (tabular-q: {USUAL_RATE})", USUAL.learning_rate)
    ] = None,
    entropy: Annotated[float | None, _number("E", "Entropy bonus at the start", USUAL.entropy)] = None,
    epochs: Annotated[int | None, _number("N", "Passes over the samples of an iteration", USUAL.epochs)] = None,
    minibatch: Annotated[int | None, _number("N", "Agent-steps of an update", USUAL.minibatch)] = None,
    fragment: Annotated[
        int | None, typer.Option(metavar="N", help="Decisions of a copy in an iteration; by size if not given.")
    ] = None,
    also: Annotated[
        list[str] | None,
        typer.Option(metavar="SCENARIO", help="A further scenario to train on at the same time; may be repeated."),
    ] = None,
    stock: Annotated[bool | None, typer.Option("--stock", help="RLlib's own sampling: the slow reference.")] = None,
    validate_every: Annotated[int | None, _number("N", "Iterations between validations", Validation.every)] = None,
    validation_seeds: Annotated[int | None, _number("N", "Draws of the demand for them", Validation.seeds)] = None,
    skip_classical: Annotated[
        bool, typer.Option("--skip-classical", help="Do not measure the classical strategies first.")
    ] = False,
) -> None:
    """Train a policy; Ctrl-C saves it, --resume goes on. Use it as a strategy by its folder's name."""
    settings = {
        "algorithm": algorithm,
        "network": network,
        "policy": policy,
        "critic": critic,
        "observation": observation,
        "reward": reward,
        "neighbour_weight": neighbour_weight,
        "interval": interval,
        "copies": copies,
        "runners": runners,
        "learners": learners,
        "seed": seed,
        "discount": discount,
        "learning_rate": learning_rate,
        "entropy": entropy,
        "epochs": epochs,
        "minibatch": minibatch,
        "fragment": fragment,
        "stock": stock,
        "also": tuple(also) if also else None,
    }
    validation = {"every": validate_every, "seeds": validation_seeds, "classical": False if skip_classical else None}
    budget = None if iterations is None and minutes is None else Budget(iterations, minutes)
    wishes = Wishes(_given(settings), budget, _given(validation))
    chosen = scenario is not None or cityflow is not None or phases is not None
    if resume_run:
        folder = _resumed(choose_scenario(scenario, cityflow, phases) if chosen else None, wishes, out)
    else:
        folder = _begun(choose_scenario(scenario, cityflow, phases), wishes, out)
    _train(folder)


def export_command(
    run: Annotated[str, typer.Argument(metavar="RUN", help="A run's folder, such as runs/NAME.")],
    target: Annotated[
        Path, typer.Argument(metavar="FILE", help="A .onnx file; or a new folder, for all that using the policy needs.")
    ],
) -> None:
    """Write a trained policy as ONNX, or as a small folder without what only its training needs."""
    export(run, target)
    print(f"wrote {target}")


def _begun(scenario: Scenario, wishes: Wishes, out: Path | None) -> RunFolder:
    """The folder of a new run."""
    settings = wishes.run_settings()
    return begin(scenario, settings, out or _usual_folder(scenario, settings.training.algorithm))


def _resumed(scenario: Scenario | None, wishes: Wishes, out: Path | None) -> RunFolder:
    """The folder of a run to go on with, once all that was given agrees with it."""
    if out is None:
        usual = choose_scenario(None, None, None) if scenario is None else scenario
        out = _usual_folder(usual, wishes.settings.get("algorithm", USUAL.algorithm))
    before = RunFolder.open_run(out)
    wishes.ensure_same(before.settings())
    if scenario is not None and scenario.hash() != before.scenario().hash():
        what = f"{scenario.name} is not what {out} was trained on"
        raise UsageError("scenario", what, "leave it out, or begin another run without --resume")
    return resume(out, wishes.budget)


def _train(folder: RunFolder) -> None:
    """Trains with a display on stderr, and tells at the end what came of it."""
    settings = folder.settings().training
    output.print_compilation_status()
    title = f"{settings.algorithm} on {folder.scenario().name}, into {folder.path}"
    with training_display(title) as watch:
        report = train(folder, _drawing(folder, title, watch))
    state = folder.state
    if report.doing == "stopped":
        output.print_status(f"saved at iteration {state.iteration}; go on with: train --resume --out {folder.path}")
        raise KeyboardInterrupt
    print(line(report))
    print(f"use it by: compare {folder.path / SCENARIO} --strategies actuated,{folder.path}")


def _drawing(folder: RunFolder, title: str, watch: Watch) -> Watch:
    """The watcher, with the learning curve drawn anew after each validation and at the end."""
    if not can_draw():
        return watch
    drawn = folder.state.iteration

    def watch_and_draw(report: Report) -> None:
        nonlocal drawn
        watch(report)
        is_over = report.doing in ("done", "stopped")
        if is_over or (report.doing == "training" and folder.state.iteration > drawn):
            drawn = folder.state.iteration
            draw_curve(folder.progress(), folder.path / CURVE, title=title, classical=report.classical)

    return watch_and_draw


def _usual_folder(scenario: Scenario, algorithm: str) -> Path:
    return Path(RUNS) / f"{re.sub(r'[^A-Za-z0-9_.-]+', '_', scenario.name)}_{algorithm}"


def _given(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _flag(setting: str) -> str:
    """The flag that sets a setting."""
    flags = {"every": "--validate-every", "seeds": "--validation-seeds", "classical": "--skip-classical"}
    return flags.get(setting, f"--{setting.replace('_', '-')}")
