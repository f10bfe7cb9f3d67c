"""Strategies as a user hands them in, trained policies included."""

from collections.abc import Iterable
from pathlib import Path

from traffic_marl.checks import shown
from traffic_marl.errors import UsageError
from traffic_marl.imported import is_reference
from traffic_marl.learning.learned import is_learned, load_learned
from traffic_marl.simulators.sumo.actuated import SumoActuated
from traffic_marl.strategies.catalogue import COMPARED, parse_as
from traffic_marl.strategies.conversion import StrategyLike, named_strategy
from traffic_marl.strategies.named import NamedStrategy
from traffic_marl.strategies.notation import split_list
from traffic_marl.tuning.tuned_file import is_tuned, load_tuned


def choose_strategy(given: StrategyLike, where: str = "strategy", *, trust: bool = False) -> NamedStrategy:
    """The strategy that a user hands in.

    Args:
        given: as for `strategies.named_strategy`, the folder of a trained policy such as `runs/mine`, or the file of a
            tuned strategy such as `tuned/mine.json`.
        where: the argument or flag, for messages.
        trust: whether code in the folder of a trained policy may be executed.

    Raises:
        TrafficError: it is no strategy, has a wrong parameter, or cannot be loaded.
    """
    if isinstance(given, str | Path) and is_tuned(str(given)):
        return load_tuned(str(given), where)
    if isinstance(given, str | Path) and not is_reference(str(given)) and is_learned(str(given)):
        return load_learned(given, trust=trust)
    if isinstance(given, str) and given.partition(":")[0].strip() == SumoActuated.name:
        return parse_as(SumoActuated, given)
    return named_strategy(given, where)


def choose_strategies(
    given: str | Iterable[StrategyLike] | None, where: str = "strategies", *, trust: bool = False
) -> list[NamedStrategy]:
    """The strategies that a user hands in. None gives all of the catalogue but a given plan.

    Args:
        given: a sequence, or a text with commas.
        where: the argument or flag, for messages.
        trust: as for `choose_strategy`.

    Raises:
        TrafficError: one is no strategy, has a wrong parameter, or cannot be loaded.
    """
    if given is None:
        return [choose_strategy(name, where) for name in COMPARED]
    if isinstance(given, str):
        return [choose_strategy(each, where, trust=trust) for each in split_list(given)]
    if not isinstance(given, Iterable):
        raise UsageError(where, f"{shown(given)} is not a list of strategies", "give a list, or names with commas")
    return [choose_strategy(each, where, trust=trust) for each in given]
