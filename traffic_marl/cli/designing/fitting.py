"""The command `fit`: how well a demand meets the turning counts that it is made from."""

from pathlib import Path
from typing import Annotated

import typer

from traffic_marl.cli import output
from traffic_marl.cli.choosing.flags import with_scenario_flags
from traffic_marl.cli.choosing.scenario import Choice, choose_scenario, tell_remarks
from traffic_marl.comparison.table import CellKind, Column, TextTable
from traffic_marl.demand.counts.contradictions import contradictions
from traffic_marl.demand.counts.demand import CountedDemand
from traffic_marl.demand.counts.fit import Fit, Met, fit_of
from traffic_marl.demand.scaled import ScaledDemand
from traffic_marl.demand.window import DemandWindow
from traffic_marl.errors import UsageError
from traffic_marl.files import ensure_writable, replace_text
from traffic_marl.network.network import Network
from traffic_marl.scenario import Scenario

MOST_SHOWN = 10  # movements, and roads with contradictions


@with_scenario_flags
def fit_command(
    choice: Choice,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="File for CSV, one line a movement and interval.")
    ] = None,
) -> None:
    """Print how well trips meet their counts. Name counts that contradict each other."""
    if out is not None:
        ensure_writable(out, "--out")
    chosen = choose_scenario(choice)
    tell_remarks(chosen, choice.strict)
    demand = _counted(chosen)
    found = fit_of(demand)
    if out is not None:
        replace_text(out, "--out", found.csv())
    output.print_table(_table(chosen, found))
    for line in _contradictions(chosen.build_network(), demand):
        print(line)


def _counted(scenario: Scenario) -> CountedDemand:
    """The whole demand of a scenario, if it is made from counts."""
    demand = scenario.build_demand()
    whole = demand.whole if isinstance(demand, DemandWindow) else demand
    whole = whole.whole if isinstance(whole, ScaledDemand) else whole
    if not isinstance(whole, CountedDemand):
        raise UsageError("--counts", "the demand is not made from turning counts", "give --counts FILE")
    return whole


def _table(scenario: Scenario, found: Fit) -> TextTable:
    """The movements with the greatest GEH, under the fit of all."""
    columns = (
        Column("intersection", CellKind.TEXT),
        Column("approach", CellKind.NAME),
        Column("turn", CellKind.TEXT),
        Column("counted"),
        Column("trips"),
        Column("GEH"),
    )
    rows = tuple(_row(met) for met in found.worst[:MOST_SHOWN])
    title = "; ".join((f"{scenario.name}: {found.lines()[0]}", found.lines()[1]))
    return TextTable(title, columns, rows)


def _row(met: Met) -> tuple[str, ...]:
    group = met.group
    return group.intersection, group.road, group.turn, f"{met.counted:g}", f"{met.trips:g}", f"{met.geh:.2f}"


def _contradictions(network: Network, demand: CountedDemand) -> list[str]:
    """A line for each road whose counts differ, the greatest differences first."""
    found = contradictions(network, demand.counts)
    if not found:
        return ["No counts at the two ends of a road contradict each other."]
    more = f", the greatest {MOST_SHOWN}" if len(found) > MOST_SHOWN else ""
    return [f"Roads whose counts contradict each other ({len(found)}{more}):", *map(str, found[:MOST_SHOWN])]
