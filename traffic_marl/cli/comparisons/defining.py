"""`compare --definitions`: the same runs under every published definition of travel time and delay."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from traffic_marl.cli import output
from traffic_marl.cli.comparisons.results import Files
from traffic_marl.cli.json_option import is_printed, write_json
from traffic_marl.comparison.comparison import Comparison
from traffic_marl.comparison.definitions.ranking import Times
from traffic_marl.comparison.definitions.table import definitions_to_csv, definitions_to_json, render_definitions
from traffic_marl.comparison.definitions.times import times_of
from traffic_marl.comparison.plots import plot
from traffic_marl.comparison.table import render
from traffic_marl.errors import UsageError
from traffic_marl.files import replace_text
from traffic_marl.rollout import Rollout
from traffic_marl.simulators import BOTH

FLAG = "--definitions"


@dataclass
class TimesKept:
    """Collects the times of each strategy as its runs end."""

    times: dict[str, Times] = field(default_factory=dict)

    def note(self, rollout: Rollout) -> None:
        """Keeps the times of the runs of a strategy."""
        self.times[rollout.strategy.label] = times_of(rollout)

    def write(self, comparison: Comparison, files: Files) -> None:
        """Writes the files that are asked for.

        Raises:
            FileError: one cannot be written.
        """
        if files.csv is not None:
            replace_text(files.csv, "--csv", definitions_to_csv(comparison, self.times))
        if files.json is not None:
            write_json(files.json, definitions_to_json(comparison, self.times))
        if files.plot is not None:
            plot(comparison, files.plot, "--plot")

    def show(self, comparison: Comparison, files: Files, *, wide: bool, explain: bool) -> None:
        """Prints the table of the comparison and that of the definitions, or JSON."""
        if is_printed(files.json):
            output.print_json(definitions_to_json(comparison, self.times))
            return
        output.print_table(render(comparison, wide=wide, explain=explain))
        output.print_line()
        output.print_table(render_definitions(comparison, self.times, explain=explain))


def check_definitions(given: bool, simulator: str | None, results: Sequence[Path], perturbations: str | None) -> None:
    """Checks the flag with the others.

    Raises:
        UsageError: they do not go together.
    """
    if not given:
        return
    if simulator == BOTH:
        raise UsageError(FLAG, "it takes one simulator", "name one, or leave --simulator out")
    if results:
        raise UsageError(FLAG, "the folders of --results do not keep all that it needs", "leave one of them out")
    if perturbations is not None:
        raise UsageError(FLAG, "it shows one scenario, and --degrade changes it", "leave one of them out")
