"""The arguments and flags that choose a scenario, for all commands that work on one."""

import inspect
import re
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import Annotated, Any

import typer

from traffic_marl.cli.arguments import DEFAULT_SCENARIO, Trust
from traffic_marl.cli.choosing.scenario import Choice
from traffic_marl.errors import UsageError
from traffic_marl.scenario.presets import PRESETS

ScenarioName = Annotated[
    str | None,
    typer.Argument(
        metavar="SCENARIO",
        help=f"Name of a scenario from `list`, or a .json or .py file. [default: {DEFAULT_SCENARIO}]",
    ),
]
CityFlow = Annotated[
    Path | None,
    typer.Option(
        "--cityflow",
        metavar="DIR|FILE",
        help="Folder with a data set in CityFlow's formats, or a configuration of CityFlow, in place of SCENARIO.",
    ),
]
Roadnet = Annotated[
    Path | None,
    typer.Option(
        "--roadnet", metavar="FILE", help="Road network in CityFlow's format. Give --flow or --cityflow as well."
    ),
]
Flow = Annotated[
    list[Path] | None,
    typer.Option(
        "--flow",
        metavar="FILE",
        help="Flow file in CityFlow's format. If given several times, the vehicles of all files are on the road "
        "together. Give --roadnet or --cityflow as well.",
    ),
]
Sumo = Annotated[
    Path | None,
    typer.Option(
        "--sumo",
        metavar="FILE",
        help="Configuration of SUMO (.sumocfg) or road network of SUMO (.net.xml), in place of SCENARIO. A road "
        "network needs --routes or --counts as well.",
    ),
]
Routes = Annotated[
    list[Path] | None,
    typer.Option(
        "--routes",
        metavar="FILE",
        help="Route file of SUMO (.rou.xml), in place of those of the configuration. If given several times, the "
        "vehicles of all files are on the road together. Give --sumo as well.",
    ),
]
Counts = Annotated[
    Path | None,
    typer.Option(
        "--counts",
        metavar="FILE",
        help="CSV file of turning counts, whose trips take the place of the demand. Its columns are intersection, "
        "approach, left, through, right and start of the quarter of an hour.",
    ),
]
Phases = Annotated[
    str | None,
    typer.Option(
        metavar="ROWS|FILE",
        help="Phases that may be shown, as rows of the phase tables of a data set such as 1-4, or a .json file with "
        "lists of rows by intersection. [default: rows that are neither yellow nor repeats nor contained in all "
        "others]",
    ),
]
Scale = Annotated[
    float | None,
    typer.Option(
        "--demand", metavar="F", help="Factor on the demand, such as 1.2 for a fifth more vehicles. [default: 1]"
    ),
]
Rules = Annotated[
    str | None,
    typer.Option(
        "--rules",
        metavar="NAME",
        help=f"Decision interval and intergreen as published tables use them: {', '.join(PRESETS)}, or any Ns-Ms, "
        "and Ns-Ms-Gs with a min green. "
        "There is no max green and no max red then. [default: as in the scenario]",
    ),
]
From = Annotated[
    int | None,
    typer.Option(
        "--from",
        metavar="S",
        help="Second of the demand at which the run begins. It is time 0 of the run, and vehicles due before are left "
        "out. [default: 0; for SUMO's files as in the configuration, or the quarter of an hour in which the first "
        "vehicle departs]",
    ),
]
Until = Annotated[
    int | None,
    typer.Option(
        metavar="S",
        help="Second of the demand at which demand and run end. [default: as in the scenario; for CityFlow data sets "
        "3600, or the end of the quarter of an hour in which the last vehicle is due; for SUMO's files as in the "
        "configuration, or that quarter of an hour]",
    ),
]
Strict = Annotated[
    bool, typer.Option("--strict", help="Refuse a data set with an element that would be left out or ignored.")
]
FLAGS = {  # by field of Choice
    "scenario": ScenarioName,
    "cityflow": CityFlow,
    "roadnet": Roadnet,
    "flow": Flow,
    "sumo": Sumo,
    "routes": Routes,
    "counts": Counts,
    "demand": Scale,
    "rules": Rules,
    "phases": Phases,
    "first": From,
    "until": Until,
    "strict": Strict,
    "trust": Trust,
}


def with_scenario_flags(command: Callable[..., None]) -> Callable[..., None]:
    """Gives a command the flags that choose a scenario, before its own flags.

    Args:
        command: takes what was chosen as the argument `choice`, a Choice.
    """
    own = [each for name, each in inspect.signature(command).parameters.items() if name != "choice"]

    @wraps(command)
    def with_choice(**given: Any) -> None:
        chosen = {name: given.pop(name) for name in FLAGS}
        lists = {name: tuple(chosen[name] or ()) for name in ("flow", "routes")}
        command(choice=Choice(**chosen | lists), **given)

    shared = [_parameter(name, flag) for name, flag in FLAGS.items()]
    parameters = [*shared, *(each.replace(kind=each.KEYWORD_ONLY) for each in own)]
    with_choice.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return with_choice


StartFrom = Annotated[
    list[str] | None,
    typer.Option(
        "--from",
        metavar="S|RUN",
        help="Second of the demand at which the run begins, or the folder of a trained policy, such as runs/NAME, "
        "whose weights the training begins with. Give it twice for both. Without other flags the policy keeps what it "
        "sees, what it may choose, and its network.",
    ),
]


def with_start_flag(command: Callable[..., None]) -> Callable[..., None]:
    """Lets `--from` name a trained policy as well as a second of the demand.

    Args:
        command: with the flags that choose a scenario. It takes the policy as the argument `start`.
    """

    @wraps(command)
    def with_start(**given: Any) -> None:
        first, start = seconds_and_policy(given.pop("first") or ())
        command(first=first, start=start, **given)

    parameters = [
        each.replace(annotation=StartFrom) if name == "first" else each
        for name, each in inspect.signature(command).parameters.items()
        if name != "start"
    ]
    with_start.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return with_start


def seconds_and_policy(values: Sequence[str]) -> tuple[int | None, str | None]:
    """The second of the demand and the folder of a policy, of the values of `--from`.

    Raises:
        UsageError: there are several of a kind.
    """
    seconds = [value for value in values if re.fullmatch(r"[+-]?[0-9]+", value.strip())]
    others = [value for value in values if value not in seconds]
    for found, noun in ((seconds, "seconds"), (others, "policies")):
        if len(found) > 1:
            raise UsageError("--from", f"{' and '.join(found)} are several {noun}", "give one")
    return (int(seconds[0]) if seconds else None), (others[0] if others else None)


def _parameter(name: str, flag: Any) -> inspect.Parameter:
    default = False if flag in (Strict, Trust) else None
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=flag)
