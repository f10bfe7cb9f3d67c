"""Arguments and options that several commands share: their help, their checks and their values."""

from pathlib import Path
from typing import Annotated

import typer

from traffic_marl import checks
from traffic_marl.errors import UsageError
from traffic_marl.strategies.notation import split_list

DEFAULT_SCENARIO = "grid_4x4_rush_hour"
EVERYWHERE = "all"  # of `compare`, in place of a scenario: every one that is shipped
MOST_SEEDS = 1000  # of one comparison, because all its copies of the traffic are in memory at once

Interval = Annotated[
    int | None,
    typer.Option(
        metavar="S",
        help="Seconds between decisions, for strategies that need no certain interval. "
        "[default: as in the scenario, else the default of each strategy]",
    ),
]
Strategies = Annotated[
    str | None,
    typer.Option(
        metavar="A,B,...",
        help="Names of strategies, run folders or FILE.py:NAME, each with :KEY=VALUE,... if wanted. [default: all]",
    ),
]
Reference = Annotated[
    str | None,
    typer.Option(
        metavar="NAME", help="Strategy that the others are compared to. [default: fixed_time, else the first]"
    ),
]
Threads = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        help="Most threads, or processes of SUMO or CityFlow. [default: all CPUs, or 1 for each batch on a cluster]",
    ),
]
OneStrategy = Annotated[
    str,
    typer.Option(
        "--strategy",
        metavar="NAME[:KEY=VALUE,...]",
        help="Strategy of the signals: a name from `list`, the folder of a trained run, or your own, FILE.py:NAME.",
    ),
]
SimulatorName = Annotated[
    str,
    typer.Option(
        "--simulator",
        metavar="NAME",
        help="Simulator that moves the vehicles: own, sumo (needs pip install eclipse-sumo libsumo) or cityflow (needs "
        "CityFlow's Python module).",
    ),
]
SimulatorOrBoth = Annotated[
    str | None,
    typer.Option(
        "--simulator",
        metavar="NAME",
        help="Simulator that moves the vehicles: own, sumo (needs pip install eclipse-sumo libsumo), cityflow (needs "
        "CityFlow's Python module), or both for own and sumo, with the ranks of the strategies in each side by side. "
        "[default: own]",
    ),
]
Seed = Annotated[int, typer.Option(metavar="S", help="Random seed of the demand.")]

Trust = Annotated[
    bool, typer.Option("--trust", help="Run code from the folder of a trained run. It can do anything on this machine.")
]


def at_least_one(flag: str, value: int | None) -> None:
    """Checks a duration or a count that may be missing.

    Raises:
        UsageError: it is below 1.
    """
    if value is not None:
        checks.at_least_one(flag, value)


def check_seeds(count: int) -> None:
    """Checks the number of seeds of a comparison.

    Raises:
        UsageError: it is below 1, or too many.
    """
    at_least_one("--seeds", count)
    if count > MOST_SEEDS:
        raise UsageError("--seeds", f"{count} are too many for one comparison", f"give at most {MOST_SEEDS}")


def ensure_different(paths: dict[str, Path | None]) -> None:
    """Checks that no two flags name the same file.

    Raises:
        UsageError: two do.
    """
    seen: dict[Path, str] = {}
    for flag, path in paths.items():
        if path is None:
            continue
        other = seen.setdefault(path.resolve(), flag)
        if other != flag:
            raise UsageError(flag, f"{path} is also the file of {other}", "name another file")


def the_only(strategy: str, flag: str = "--strategy") -> str:
    """The strategy, for commands that take one only.

    Raises:
        UsageError: the text lists several.
    """
    if len(split_list(strategy)) > 1:
        raise UsageError(flag, f"{strategy!r} lists several strategies", "give one; `compare` takes a list")
    return strategy
