"""The flags of `train` that set the fields of TrainingSettings, made from those fields."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields
from types import MappingProxyType
from typing import Annotated, Any

import typer

from traffic_marl.errors import FileError, StrategyError, UsageError
from traffic_marl.learning.algorithms import ALGORITHMS, MODE
from traffic_marl.learning.fields import Description, describe
from traffic_marl.learning.settings import ACTION_DEFAULTS, TrainingSettings

SETTINGS = describe(TrainingSettings)
DEFAULTS = {field.name: field.default for field in fields(TrainingSettings)}
VALIDATION = {"every": "--validate-every", "seeds": "--validation-seeds", "classical": "--skip-classical"}
START = {"source": "--from", "start": "--from", "imitate": "--imitate", "critic_warmup": "--critic-warmup"}
MODES = {MODE: "--asynchronous/--synchronous"}
SINGULAR = {"ranges": "--range", "districts": "--district"}  # flags that are repeated for a setting that holds all
PLACE = ("address", "cpus_per_runner", "gpus_per_learner", "dashboard")
DISTRICTS = ("districts", "average_every", "update_clip", "noise", "delta")
RUN = ("iterations", "minutes", "agent_steps", "target", "margin", "out", "resume", "plan", MODE)
OTHERS = (*START, *DISTRICTS, *PLACE, *RUN)


def with_setting_flags(command: Callable[..., None]) -> Callable[..., None]:
    """Gives a command one flag for each setting, after its own flags.

    Args:
        command: takes the settings as further arguments by name, None for those that were not given.
    """
    own = [each for each in inspect.signature(command).parameters.values() if each.kind is not each.VAR_KEYWORD]
    named = [each.replace(kind=each.KEYWORD_ONLY) for each in own]
    parameters = [*named, *(_parameter(name, description) for name, description in SETTINGS.items())]
    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return command


@contextmanager
def errors_name_flags(further: Mapping[str, str] = MappingProxyType({})) -> Iterator[None]:
    """In a `with` block, errors that name a setting are raised with its flag.

    Args:
        further: flags of a command, by the name of the argument in Python.
    """
    try:
        yield
    except (UsageError, FileError, StrategyError) as error:
        if error.where in further:
            raise type(error)(further[error.where], error.what, error.remedy) from error
        if error.where in (*SETTINGS, *VALIDATION, *OTHERS):
            raise type(error)(flag(error.where), error.what, error.remedy) from error
        raise


def flag(setting: str) -> str:
    """The flag that sets a setting of the training, of its validation or of its beginning."""
    return {**VALIDATION, **START, **SINGULAR, **MODES}.get(setting, f"--{setting.replace('_', '-')}")


def _parameter(name: str, description: Description) -> inspect.Parameter:
    """The flag of a setting, None if it is not given."""
    kind: Any = list[str] if description.kind is list else description.kind
    option = typer.Option(flag(name), metavar=description.metavar or None, help=_help(name, description))
    return inspect.Parameter(
        name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Annotated[kind | None, option]
    )


def _help(name: str, description: Description) -> str:
    """The help text with the default, and with those of algorithms and action spaces that have another one."""
    if description.kind in (bool, list):
        return description.help
    default = DEFAULTS[name] if description.default is None else description.default
    others = [f"; {each.name}: {each.defaults[name]}" for each in ALGORITHMS.values() if name in each.defaults]
    others += [f"; {action}: {values[name]}" for action, values in ACTION_DEFAULTS.items() if name in values]
    return f"{description.help} [default: {default}{''.join(others)}]"
