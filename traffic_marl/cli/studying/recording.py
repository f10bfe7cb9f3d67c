"""The command `record`: the decisions of a strategy as a data set to learn from."""

import shlex
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from traffic_marl.cli import output
from traffic_marl.cli.arguments import OneStrategy, the_only
from traffic_marl.cli.choosing.flags import with_scenario_flags
from traffic_marl.cli.choosing.scenario import Choice, choose_scenario, tell_plan_remarks, tell_remarks
from traffic_marl.cli.training_flags import SETTINGS, errors_name_flags
from traffic_marl.errors import printable
from traffic_marl.learning.choosing import choose_strategy
from traffic_marl.learning.offline.data_set import SCENARIO
from traffic_marl.learning.offline.recording import record
from traffic_marl.learning.settings import TrainingSettings
from traffic_marl.program import program

DEFAULT_COPIES = 8  # more would take much memory


@with_scenario_flags
def record_command(
    choice: Choice,
    strategy: OneStrategy,
    hours: Annotated[
        float, typer.Option(metavar="H", help="Hours of simulated traffic, rounded up to whole episodes.")
    ] = 1.0,
    out: Annotated[Path, typer.Option(metavar="DIR", help="New folder for the decisions.")] = Path("data"),
    action: Annotated[str, typer.Option(metavar="NAME", help=SETTINGS["action"].help)] = "gap_out",
    observation: Annotated[str | None, typer.Option(metavar="NAME", help=SETTINGS["observation"].help)] = None,
    reward: Annotated[str | None, typer.Option(metavar="NAME", help=SETTINGS["reward"].help)] = None,
    interval: Annotated[int | None, typer.Option(metavar="S", help=SETTINGS["interval"].help)] = None,
    seed: Annotated[int, typer.Option(metavar="SEED", help="Random seed of the traffic.")] = 0,
    copies: Annotated[
        int, typer.Option(metavar="B", help="Copies of the traffic that are stepped together.")
    ] = DEFAULT_COPIES,
) -> None:
    """Record decisions of a strategy to learn from. `train --algorithm bc --data DIR` learns from them."""
    named = choose_strategy(the_only(strategy), "--strategy", trust=choice.trust)
    given = {"action": action, "observation": observation, "reward": reward, "interval": interval}
    with errors_name_flags({"strategy": "--strategy"}):
        settings = TrainingSettings.chosen(
            **{name: value for name, value in given.items() if value is not None}, seed=seed, copies=copies
        )
        chosen = choose_scenario(choice)
        tell_remarks(chosen, choice.strict)
        tell_plan_remarks(chosen, (named,), choice.strict)
        output.print_compilation_status()
        with output.progress_bar() as progress:
            tell = partial(progress, f"recording {named.label}")
            data = record(chosen, named, out, hours=hours, settings=settings, tell=tell)
    facts = data.facts
    delay = "no vehicle" if facts.mean_delay is None else f"mean delay {facts.mean_delay:.1f} s/veh"
    print(f"{named.label} on {chosen.name}: {facts.hours:g} h in {len(facts.files)} episodes, {delay}")
    if facts.left_out:
        output.print_status(f"note: {facts.left_out:,} choices were not allowed, and the phase was held instead")
    scenario, folder = shlex.quote(str(out / SCENARIO)), shlex.quote(str(out))
    print(printable(f"learn from it with: {program()} train {scenario} --algorithm bc --data {folder}"))
