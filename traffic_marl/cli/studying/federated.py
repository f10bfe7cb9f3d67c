"""The flags of `train` for districts that train where their data is, and what is told about them."""

import inspect
import shlex
from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any

import typer

from traffic_marl.errors import UsageError
from traffic_marl.learning.federated.checks import DISTRICTS
from traffic_marl.learning.federated.federation import Federation
from traffic_marl.learning.fields import Description, describe
from traffic_marl.learning.runs.folder import RunFolder
from traffic_marl.learning.runs.new_folder import SCENARIO
from traffic_marl.program import program

TERMS = {name: each for name, each in describe(Federation).items() if name != "divides"}
DEFAULTS = Federation.__dataclass_fields__
EPSILON = "epsilon"  # column of the table of a run
NAMES = {"districts": "--district"}
Federated = Annotated[
    bool,
    typer.Option(
        "--federated",
        help="Train in several districts, each where its data is. Weights alone leave a district, and are averaged. "
        "An iteration is then a round of all districts.",
    ),
]


def with_federation_flags(command: Callable[..., None]) -> Callable[..., None]:
    """Gives a command the flags of districts.

    Args:
        command: takes what was given as the argument `federated`, by name of the field: None without districts.
    """
    own = [each for name, each in inspect.signature(command).parameters.items() if name != "federated"]

    @wraps(command)
    def with_districts(**given: Any) -> None:
        terms = {name: given.pop(name) for name in TERMS}
        chosen = {name: value for name, value in terms.items() if value not in (None, [])}
        command(federated=_checked(given.pop("federated"), chosen), **given)

    flags = [_parameter(name, description) for name, description in TERMS.items()]
    parameters = [*own, _flag(), *flags]
    with_districts.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return with_districts


def _checked(is_federated: bool, chosen: dict[str, Any]) -> dict[str, Any] | None:
    """The terms that were given. None without districts.

    Raises:
        UsageError: there are terms for districts, and none are asked for.
    """
    if is_federated:
        return chosen
    for name in chosen:
        raise UsageError(flag_of(name), "it is for districts that train apart", "add --federated, or leave it out")
    return None


def flag_of(name: str) -> str:
    """The flag of a field of `Federation`."""
    return NAMES.get(name, f"--{name.replace('_', '-')}")


def _flag() -> inspect.Parameter:
    return inspect.Parameter("federated", inspect.Parameter.KEYWORD_ONLY, default=False, annotation=Federated)


def _parameter(name: str, description: Description) -> inspect.Parameter:
    """The flag of a field, None if it is not given."""
    is_list = description.kind is list
    default = DEFAULTS[name].default if description.default is None else description.default
    text = description.help if is_list else f"{description.help} [default: {default}]"
    option = typer.Option(flag_of(name), metavar=description.metavar, help=text)
    kind: Any = list[str] if is_list else description.kind
    return inspect.Parameter(
        name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Annotated[kind | None, option]
    )


def terms_told(federation: Federation, rounds: int | None) -> list[str]:
    """Lines about what leaves the districts, told before the training.

    Args:
        federation: the districts.
        rounds: of the whole budget. None if nobody knows.
    """
    if federation.privacy is None:
        sent = "changes of weights, numbers of samples, and means of delays and losses"
        return [f"{sent} leave the districts; --noise hides what they tell"]
    kept = "changes of weights with noise, and numbers of samples, leave the districts; delays stay in their folders"
    if rounds is None:
        return [kept]
    epsilon = federation.privacy.epsilon(rounds)
    return [kept, f"{privacy_told(federation, epsilon)}, if all {rounds:,} rounds are trained"]


def privacy_told(federation: Federation, epsilon: float) -> str:
    """The privacy of a training in words."""
    return f"privacy of all data of a district: epsilon {epsilon:.4g} at delta {federation.delta:g}"


def privacy_reached(folder: RunFolder) -> str | None:
    """The privacy of a run so far in words. None without noise, or before the first round."""
    federation = folder.settings.federation
    known = [row[EPSILON] for row in folder.progress() if isinstance(row.get(EPSILON), int | float)]
    if federation is None or federation.privacy is None or not known:
        return None
    return privacy_told(federation, float(known[-1]))


def uses_told(folder: RunFolder, trusting: str) -> list[str]:
    """Commands that compare the policy in each district on this machine.

    Args:
        folder: of the run.
        trusting: the flag that lets code of the folder run, if it is needed.
    """
    assert folder.settings.federation is not None, "there are districts"
    found = []
    for district in folder.settings.federation.members:
        scenario = folder.path / DISTRICTS / district.name / SCENARIO
        if scenario.is_file():
            words = f"{shlex.quote(str(scenario))} --strategies {shlex.quote(f'actuated,{folder.path}')}{trusting}"
            found.append(f"{program()} compare {words}")
    return found
