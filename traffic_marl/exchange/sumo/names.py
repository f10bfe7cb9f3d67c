"""Names that SUMO accepts."""

import re
from collections.abc import Iterable

REFUSED = re.compile(
    r"[^\w.#@+/=~^$%(){}\[\]-]", re.ASCII
)  # SUMO forbids blanks, quotes, brackets of XML and some others
FIRST = re.compile(r"^[:!]")  # a name that begins so stands for something else in SUMO


def sumo_names(names: Iterable[str]) -> tuple[str, ...]:
    """A name that SUMO accepts for each of these, all different and in the same order.

    A name that SUMO accepts stays as it is. In others, each refused character becomes `_`, with a number behind the
    name where it would occur twice.
    """
    names = tuple(names)
    taken = {name for name in names if is_accepted(name)}
    found = []
    for name in names:
        chosen = name
        if not is_accepted(name):
            chosen = unlike(accepted(name), taken)
            taken.add(chosen)
        found.append(chosen)
    return tuple(found)


def is_accepted(name: str) -> bool:
    """Whether SUMO takes the name as it is."""
    return bool(name) and accepted(name) == name


def accepted(name: str) -> str:
    """The name with `_` in place of each character that SUMO refuses."""
    return FIRST.sub("_", REFUSED.sub("_", name)) or "_"


def unlike(name: str, taken: set[str]) -> str:
    """The name, with a number behind it if it is taken."""
    chosen, count = name, 1
    while chosen in taken:
        count += 1
        chosen = f"{name}_{count}"
    return chosen
