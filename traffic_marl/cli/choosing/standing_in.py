"""The scenario of a training that needs none of its own: random ones are trained on, or those of districts."""

from dataclasses import replace

from traffic_marl.cli.choosing.scenario import Choice
from traffic_marl.errors import UsageError
from traffic_marl.learning.environment import STAND_IN

TIMES = {"first": "--from", "until": "--until"}
OF_DISTRICTS = (
    "it changes a scenario, and each district has its own",
    "leave it out, and write the scenarios of the districts as they should be",
)
OF_RANDOM = (
    "it changes a scenario that is named, and random ones are drawn as they are",
    "leave it out, name a scenario, or give --range",
)
OTHERS = {"counts": "--counts", "demand": "--demand", "rules": "--rules", "phases": "--phases"}


def names_none(choice: Choice) -> bool:
    """Whether neither a scenario nor a data set is named."""
    return choice.scenario is None and not choice.files()


def or_stand_in(choice: Choice, *, is_random: bool, is_federated: bool) -> Choice:
    """The choice, which may name no scenario if random ones are trained on, or those of districts.

    Raises:
        UsageError: it changes a scenario, and none is named. The times of a training on random scenarios are theirs.
    """
    if not names_none(choice) or not (is_random or is_federated):
        return choice
    unused = OTHERS | TIMES if is_federated else OTHERS
    for name, flag in unused.items():
        if getattr(choice, name) is not None:
            raise UsageError(flag, *(OF_DISTRICTS if is_federated else OF_RANDOM))
    return replace(choice, scenario=STAND_IN)
