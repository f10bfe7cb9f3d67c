"""The results of a comparison in one simulator or in two: files, and what is printed."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from traffic_marl.cli import output
from traffic_marl.cli.arguments import ensure_different
from traffic_marl.cli.json_option import ensure_json_writable, file_of, is_printed, write_json
from traffic_marl.comparison.agreement import agreement
from traffic_marl.comparison.agreement_table import agreement_to_json, render_agreement
from traffic_marl.comparison.comparison import Comparison
from traffic_marl.comparison.export import to_csv, to_json
from traffic_marl.comparison.plots import ensure_plottable, plot
from traffic_marl.comparison.table import render
from traffic_marl.errors import UsageError
from traffic_marl.files import ensure_writable, replace_text


@dataclass(frozen=True)
class Files:
    """Files for the results of a comparison, None for those that are not asked for."""

    csv: Path | None = None
    json: Path | None = None  # PRINTED stands for stdout
    plot: Path | None = None

    def check(self, simulators: int = 1) -> None:
        """Checks before a run that each file can be written.

        Args:
            simulators: number of simulators that the results come from.

        Raises:
            TrafficError: one cannot.
        """
        ensure_different({"--csv": self.csv, "--json": file_of(self.json), "--plot": self.plot})
        if self.csv is not None:
            ensure_writable(self.csv, "--csv")
        ensure_json_writable(self.json)
        if self.plot is not None and simulators > 1:
            raise UsageError("--plot", "a plot shows one simulator", "leave it out, or name one simulator")
        if self.plot is not None:
            ensure_plottable(self.plot, "--plot")

    def write(self, results: Sequence[Comparison]) -> None:
        """Writes the files that are asked for.

        Raises:
            FileError: one cannot be written.
        """
        if self.csv is not None:
            replace_text(self.csv, "--csv", to_csv(*results))
        if self.json is not None:
            write_json(self.json, as_json(results))
        if self.plot is not None:
            plot(results[0], self.plot, "--plot")


def as_json(results: Sequence[Comparison]) -> str:
    """One comparison as JSON, or two with what they have in common."""
    return to_json(results[0]) if len(results) == 1 else agreement_to_json(agreement(*results))


def print_results(results: Sequence[Comparison], files: Files, *, wide: bool, explain: bool) -> None:
    """Prints the table of each comparison and, of two, what they have in common; or JSON."""
    if is_printed(files.json):
        output.print_json(as_json(results))
        return
    for place, result in enumerate(results):
        if place > 0:
            output.print_line()
        output.print_table(render(result, wide=wide, explain=explain))
    if len(results) > 1:
        output.print_line()
        output.print_table(render_agreement(agreement(*results)))
