"""`compare --degrade`: strategies at rising severity of what can go wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from traffic_marl.cli import output
from traffic_marl.cli.comparisons.results import Files
from traffic_marl.cli.json_option import is_printed, write_json
from traffic_marl.comparison.comparison import Comparison
from traffic_marl.comparison.robustness.degradation import DEFAULT_STEPS, MOST_STEPS, degrade, plan
from traffic_marl.comparison.robustness.export import degradation_to_csv, degradation_to_json
from traffic_marl.comparison.robustness.notation import INCIDENT, perturbations_of
from traffic_marl.comparison.robustness.perturbations import Perturbation
from traffic_marl.comparison.robustness.plots import plot_degradation
from traffic_marl.comparison.robustness.table import render_degradation
from traffic_marl.errors import UsageError
from traffic_marl.files import replace_text
from traffic_marl.scenario import Scenario
from traffic_marl.simulators import BOTH
from traffic_marl.strategies import NamedStrategy
from traffic_marl.tasks import Tasks

FLAG, STEPS_FLAG = "--degrade", "--steps"


@dataclass(frozen=True)
class Degrading:
    """The options of `compare` that belong to perturbations, None for those that are not given."""

    perturbations: str | None = None
    steps: int | None = None

    def check(self, simulator: str | None, results: Sequence[Path], *, wide: bool) -> tuple[Perturbation, ...]:
        """The perturbations, after all checks that need no scenario. Empty without the flag.

        Raises:
            UsageError: a flag is wrong, alone or with the others.
        """
        if self.perturbations is None:
            if self.steps is not None:
                raise UsageError(STEPS_FLAG, f"it belongs to {FLAG}", f"add {FLAG}, or leave it out")
            return ()
        if simulator == BOTH:
            raise UsageError(FLAG, "it takes one simulator", "name one, or leave --simulator out")
        if results:
            raise UsageError("--results", f"a folder keeps runs of one scenario, and {FLAG} changes it", "leave it out")
        if wide:
            raise UsageError("--wide", f"the tables of {FLAG} have no more columns", "leave it out")
        if self.steps is not None and not 1 <= self.steps <= MOST_STEPS:
            raise UsageError(STEPS_FLAG, f"{self.steps} is no number of steps", f"give 1 to {MOST_STEPS}")
        return perturbations_of(self.perturbations, FLAG)


@dataclass(frozen=True)
class How:
    """How the comparisons are made and where their results go."""

    reference: str | None
    interval: int | None
    threads: int | None
    simulator: str
    files: Files
    explain: bool
    tasks: Tasks | None = None  # run the seeds elsewhere


def compare_degraded(
    scenario: Scenario, chosen: Sequence[NamedStrategy], seeds: Sequence[int], degrading: Degrading, how: How
) -> list[Comparison]:
    """Compares with a bar on stderr, writes the files with numbers, prints the tables or JSON, and then draws.

    Returns:
        All comparisons.
    """
    perturbations = degrading.check(how.simulator, (), wide=False)
    steps = DEFAULT_STEPS if degrading.steps is None else degrading.steps
    plan(scenario, perturbations, steps, FLAG)  # a mistake is told before the bar appears
    with output.progress_bar() as progress:
        found = degrade(
            scenario,
            perturbations,
            chosen,
            seeds,
            steps=steps,
            reference=how.reference,
            interval=how.interval,
            threads=how.threads,
            simulator=how.simulator,
            progress=progress,
            on_failure=lambda failure: output.print_status(str(failure)),
            tasks=how.tasks,
        )
    files = how.files
    if files.csv is not None:
        replace_text(files.csv, "--csv", degradation_to_csv(found))
    if files.json is not None:
        write_json(files.json, degradation_to_json(found))
    if is_printed(files.json):
        output.print_json(degradation_to_json(found))
    else:
        for place, table in enumerate(render_degradation(found, explain=how.explain)):
            if place:
                output.print_line()
            output.print_table(table)
    if files.plot is not None:
        plot_degradation(found, files.plot)
    return [comparison for series in found.series for comparison in series.comparisons]


def disturbs_signals(scenario: Scenario, perturbations: Sequence[Perturbation]) -> bool:
    """Whether lanes are closed or controllers fail, of which a simulator's own control of signals knows nothing."""
    kinds = {each.name.partition("=")[0] for each in perturbations}
    return scenario.disturbances([0])[0].any or bool(kinds & {INCIDENT, "controller"})
