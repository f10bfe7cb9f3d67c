"""The output of `list`: scenarios, strategies and policies, each name on a line above its description."""

from collections.abc import Iterator
from pathlib import Path

from traffic_marl.actions.choice import OWN_MOMENTS
from traffic_marl.cli.layout import wrapped
from traffic_marl.cli.output import screen_width
from traffic_marl.errors import TrafficError
from traffic_marl.learning.environment import STAND_IN
from traffic_marl.learning.learned import find_run, runs_here, shipped_runs
from traffic_marl.learning.runs.folder import RunFolder
from traffic_marl.learning.runs.validation import averaged
from traffic_marl.learning.settings import TrainingSettings
from traffic_marl.program import program
from traffic_marl.scenario import scenario_summaries
from traffic_marl.strategies.catalogue import STRATEGIES, describe
from traffic_marl.strategies.description import ParameterDescription, StrategyDescription
from traffic_marl.tuning.trials import read_record
from traffic_marl.tuning.tuned_file import tuned_here

INDENT, HANGING = "    ", "  "  # of the lines below a name, and in addition of a parameter's later lines


def print_scenarios() -> None:
    """Prints name and question of every scenario."""
    _print_heading("Scenarios")
    for name, question in scenario_summaries().items():
        _print_entry(name, [question])


def print_strategies() -> None:
    """Prints each strategy with its description and parameters, and the tuned ones in the folder `tuned`.

    Parameters that all have come after those of single strategies.
    """
    _print_heading("Strategies, with name, default and unit of each parameter")
    described = [describe(name) for name in STRATEGIES]
    shared = [each for each in described[0].parameters if all(each in other.parameters for other in described)]
    for description in described:
        own = [_parameter(each) for each in description.parameters if each not in shared]
        _print_entry(description.name, [description.line, f"decides {description.decides}", *own])
    _print_entry("every strategy", [_parameter(each) for each in shared])
    for name in tuned_here():
        _print_entry(name, [_tuned_line(name)])
    print(f"To set parameters:\n{INDENT}{program()} compare --strategies {_example(described)}\n")


def _tuned_line(name: str) -> str:
    """What a search has found."""
    try:
        record = read_record(Path(name))
    except TrafficError as error:
        return error.what
    study = record.study
    found = "a plan of its own" if record.plan else record.strategy
    seeds = study.search.seeds
    delay = "no trial could be run" if study.best is None else f"{study.best.delay:.1f} s/veh"
    where = _traffic(study.search.scenario, seeds)
    trials = f"{len(study.trials)} trial{'s' * (len(study.trials) > 1)}"
    return f"{found}, tuned in {trials}: mean delay {delay} on {where}"


def print_policies() -> None:
    """Prints the trained policies that are shipped or lie in the folder `runs` of the working directory."""
    _print_heading("Policies, with their mean delay on the validation seeds")
    for name in (*shipped_runs(), *runs_here()):
        _print_entry(name, _policy_lines(name))


def _policy_lines(name: str) -> Iterator[str]:
    """The training of a policy, and its mean delay beside that of the best classical strategy."""
    try:
        run = RunFolder.open_run(find_run(name))
        settings, scenario, start = run.settings.training, run.scenario.name, run.settings.start
    except TrafficError as error:
        yield error.what
        return
    federation = run.settings.federation
    scenario = scenario if federation is None else federation.traffic
    traffic = _trained_on(scenario, settings)
    yield f"{settings.algorithm}, {settings.policy}, trained on {traffic}, decides every {settings.interval} s"
    if start.is_warm:
        yield f"began with {start}"
    if settings.action in OWN_MOMENTS:
        yield f"action space {settings.action}, own bound of the wait of a call for its green {settings.longest_wait} s"
        yield f"greens of at most {settings.longest_green} s while there is a call elsewhere"
    if settings.residual:
        yield "its logits are added to those of the plan of each intersection"
    if run.state.best_delay is not None:
        judged = scenario if settings.random is None else "random scenarios and those that are named"
        mean, over = averaged(run.settings, run.state)
        told = "mean delay" if over == "seeds" else f"{mean} of delays"
        delays = [f"{told} {run.state.best_delay:.1f} s/veh on {_traffic(judged, run.state.validation_seeds)}"]
        delays += ["best classical strategy {}: {:.1f} s/veh".format(*best) for best in run.state.classical[:1]]
        yield "; ".join(delays)


def _trained_on(scenario: str, settings: TrainingSettings) -> str:
    """The traffic of a training, such as `6 random scenarios, grid and 2 more`."""
    drawn = [] if settings.random is None else [f"{settings.random} random scenarios"]
    named = [] if settings.random is not None and scenario == STAND_IN else [scenario]
    more = f" and {len(settings.also)} more" if settings.also else ""
    return ", ".join([*drawn, *named]) + more


def _traffic(scenario: str, seeds: tuple[int, ...]) -> str:
    """The traffic of a validation, such as `grid, seeds 10000 to 10004`."""
    if len(seeds) == 1:
        return f"{scenario}, seed {seeds[0]}"
    return f"{scenario}, {len(seeds)} seeds ({seeds[0]} to {seeds[-1]})" if seeds else scenario


def _parameter(described: ParameterDescription) -> str:
    """A parameter with its default, unit, meaning and allowed values."""
    named = described.name if described.default is None else f"{described.name}={_plain(described.default)}"
    unit = f" [{described.unit}]" if described.unit else ""
    return f"{named}{unit}: {described.meaning} ({described.range})"


def _example(described: list[StrategyDescription]) -> str:
    """A strategy with a parameter of its own, as a user writes it."""
    name, parameter = next((one.name, each) for one in described for each in one.parameters if each.default is not None)
    return f"{name}:{parameter.name}={_plain(parameter.default)}"


def _plain(value: float | str | None) -> str:
    """A default as a user writes it."""
    return f"{value:g}" if isinstance(value, float) else str(value)


def _print_heading(text: str) -> None:
    print("\n".join([*wrapped(text, screen_width()), ""]))


def _print_entry(name: str, lines: Iterator[str] | list[str]) -> None:
    """A name on a line of its own, so that it can be copied whole, and indented lines below it."""
    print(name)
    for place, line in enumerate(lines):
        for piece in wrapped(line, screen_width(), INDENT, HANGING if place else ""):
            print(piece)
    print()
