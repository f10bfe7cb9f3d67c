"""How Sphinx's autodoc shows signatures."""

from dataclasses import is_dataclass
from functools import lru_cache
from typing import Any

from sphinx.util.typing import stringify_annotation

from traffic_marl.arrays import Bools, Floats, Ints, Singles
from traffic_marl.observation import Observation
from traffic_marl.reward import MakeReward
from traffic_marl.strategies import StrategyLike

ALIASES = {"Ints": Ints, "Floats": Floats, "Singles": Singles, "Bools": Bools}
ALIASES |= {"StrategyLike": StrategyLike, "Observation": Observation, "MakeReward": MakeReward}


def shorten(
    app: Any, what: str, name: str, described: Any, options: Any, signature: str | None, returned: str | None
) -> tuple[str | None, str | None]:
    """The signature with short names of types; none for a data class, whose fields stand in a table."""
    if what == "class" and (is_dataclass(described) or hasattr(described, "model_fields")):
        return "", None
    return _named(signature), _named(returned)


def _named(text: str | None) -> str | None:
    """A piece of a signature with the program's own names of types."""
    for written, name in _written():
        text = text and text.replace(written, name)
    return text


@lru_cache(maxsize=1)
def _written() -> list[tuple[str, str]]:
    """How each type is written out, and its name; the longest first."""
    found = [
        (stringify_annotation(each, mode), name)
        for name, each in ALIASES.items()
        for mode in ("smart", "fully-qualified")
    ]
    return sorted(found, key=lambda pair: -len(pair[0]))
