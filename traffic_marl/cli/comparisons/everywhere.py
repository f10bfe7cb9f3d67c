"""`compare all`: the strategies on every scenario that is shipped, and who wins where."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from traffic_marl.cli import output
from traffic_marl.cli.arguments import EVERYWHERE
from traffic_marl.cli.choosing.scenario import Choice, choose_scenario
from traffic_marl.cli.comparisons.results import Files
from traffic_marl.cli.json_option import is_printed, write_json
from traffic_marl.comparison.comparison import Comparison
from traffic_marl.comparison.everywhere import best_of, everywhere_to_json, render_tallies, render_winners
from traffic_marl.comparison.export import to_csv
from traffic_marl.comparison.table import render
from traffic_marl.errors import TrafficError, UsageError
from traffic_marl.files import replace_text
from traffic_marl.scenario import Scenario, scenario_names

CompareOn = Callable[[Scenario], Comparison]


def ensure_everywhere(choice: Choice, refused: dict[str, object]) -> None:
    """Checks that the other flags suit a comparison on all scenarios.

    Args:
        choice: what chooses the scenario.
        refused: values of the flags that have no meaning then, false for those that are not given.

    Raises:
        UsageError: one does not.
    """
    given = {"--counts": choice.counts, "--phases": choice.phases} | refused
    flags = [flag for flag, value in given.items() if value] + choice.files()
    if flags:
        raise UsageError(flags[0], f"it suits one scenario, and {EVERYWHERE} means every one", "name a scenario")


def everywhere(choice: Choice) -> list[Scenario]:
    """All scenarios that are shipped, each for the seconds and with the demand chosen.

    Raises:
        TrafficError: the seconds do not lie within the demand of one. The message names it.
    """
    found = []
    for name in scenario_names():
        try:
            found.append(choose_scenario(replace(choice, scenario=name)))
        except TrafficError as error:
            raise type(error)(error.where, f"{error.what} (in {name})", error.remedy) from None
    return found


def compare_everywhere(
    scenarios: Sequence[Scenario], compare_on: CompareOn, files: Files, *, wide: bool, explain: bool
) -> list[Comparison]:
    """Compares on each scenario, writes the files, and prints who wins where.

    Args:
        scenarios: to compare on.
        compare_on: the comparison on one scenario.
        files: for the results.
        wide: also print the table of each scenario, with all columns.
        explain: also print the table of each scenario, with its explanation.
    """
    results = []
    for scenario in scenarios:
        results.append(compare_on(scenario))
        _tell(results[-1])
    ran = [each for each in results if each.rows]
    if files.csv is not None:
        replace_text(files.csv, "--csv", to_csv(*results))
    if files.json is not None:
        write_json(files.json, everywhere_to_json(ran))
    if is_printed(files.json):
        output.print_json(everywhere_to_json(ran))
        return results
    for result in ran if wide or explain else ():
        output.print_table(render(result, wide=wide, explain=explain))
        output.print_line()
    output.print_table(render_winners(results))
    output.print_line()
    output.print_table(render_tallies(ran))
    return results


def _tell(result: Comparison) -> None:
    """Tells the winner of a scenario, since the others take minutes."""
    if result.rows:
        best = best_of(result)[0]
        output.print_status(f"{result.scenario.name}: {best.label}, {best.delay.mean:.1f} s/veh")
