"""The flags that choose the machines on which the processes of a training work."""

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any

import typer

from traffic_marl.cli.training_flags import errors_name_flags
from traffic_marl.learning.placing.placement import HERE, Placement

Address = Annotated[
    str | None,
    typer.Option(
        "--address",
        metavar="WHERE",
        help="Machines that do the work: local for this one, auto for the cluster of ray that this machine belongs to, "
        "HOST:PORT of the head of a cluster, or ray://HOST:PORT of its server for clients. [default: local]",
    ),
]
CpusPerRunner = Annotated[
    int | None,
    typer.Option(metavar="C", help="CPUs, and so threads, of each sampling process. [default: 1]"),
]
GpusPerLearner = Annotated[
    float | None,
    typer.Option(metavar="G", help="GPUs of each learning process, such as 1, or 0.5 for two on a GPU. [default: 0]"),
]
Dashboard = Annotated[
    bool,
    typer.Option(
        "--dashboard",
        help="Let ray show its dashboard to this machine, at http://127.0.0.1:8265 or the next free port. It asks for "
        "the token that `ray get-auth-token` prints. It needs ray with its extra named default.",
    ),
]
FLAGS = {  # by field of Placement
    "address": Address,
    "cpus_per_runner": CpusPerRunner,
    "gpus_per_learner": GpusPerLearner,
    "dashboard": Dashboard,
}


def with_placement_flags(command: Callable[..., None]) -> Callable[..., None]:
    """Gives a command the flags that choose a placement, after its own flags.

    Args:
        command: takes what was chosen as the argument `placement`, a Placement.
    """
    own = [each for name, each in inspect.signature(command).parameters.items() if name != "placement"]
    named = [each for each in own if each.kind is not each.VAR_KEYWORD]

    @wraps(command)
    def with_placement(**given: Any) -> None:
        chosen = {name: given.pop(name) for name in FLAGS}
        with errors_name_flags():
            placement = placement_of(**chosen)
        command(placement=placement, **given)

    parameters = [*(each.replace(kind=each.KEYWORD_ONLY) for each in named), *map(_parameter, FLAGS)]
    rest = [each for each in own if each.kind is each.VAR_KEYWORD]
    with_placement.__signature__ = inspect.Signature([*parameters, *rest])  # type: ignore[attr-defined]
    return with_placement


def placement_of(**given: Any) -> Placement:
    """The placement that was chosen. What was not given is None.

    Raises:
        UsageError: a value is wrong.
    """
    chosen = {name: value for name, value in given.items() if value is not None}
    return Placement(**chosen) if chosen else HERE


def _parameter(name: str) -> inspect.Parameter:
    """The flag of a field of Placement."""
    default = False if FLAGS[name] is Dashboard else None
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=FLAGS[name])
