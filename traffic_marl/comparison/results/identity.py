"""The identity of a strategy: a digest that says whether its old runs still hold."""

import hashlib
from dataclasses import is_dataclass

from traffic_marl.errors import StrategyError
from traffic_marl.strategies.named import NamedStrategy

PACKAGE = __name__.partition(".")[0]
DIGITS = 16  # hexadecimal, of a digest


def identity_of(named: NamedStrategy) -> str:
    """Digits that change with all that the decisions of a strategy depend on.

    A strategy may say this itself by a method `digest()` that gives bytes. Those of the package that have none are
    known by their parameters.

    Raises:
        StrategyError: nothing tells whether the strategy has changed.
    """
    strategy = named.strategy
    kind = type(strategy)
    if callable(getattr(strategy, "digest", None)):
        own = bytes(strategy.digest())  # type: ignore[attr-defined]
    elif is_dataclass(strategy) and kind.__module__.startswith(f"{PACKAGE}."):
        own = repr(strategy).encode()
    else:
        what = "its runs cannot be kept, because nothing tells whether it has changed"
        raise StrategyError(named.label, what, "give it as FILE.py:NAME, or give its class a method digest() -> bytes")
    name = f"{named.label} {named.interval} {kind.__module__}.{kind.__qualname__} "
    return hashlib.sha256(name.encode() + own).hexdigest()[:DIGITS]
