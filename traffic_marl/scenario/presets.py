"""Rules for signals as published tables use them, by name: decision interval and intergreen, such as `15s-5s`."""

import re
from dataclasses import dataclass

from traffic_marl.checks import shown
from traffic_marl.errors import UsageError

LONGEST = 3600  # [s]


@dataclass(frozen=True)
class Rules:
    """Decision interval and times of the signals. All of the intergreen is yellow, in which nobody starts."""

    name: str
    interval: int  # [s] between decisions
    intergreen: int  # [s]
    min_green: int = 0  # [s]
    used_by: str = ""  # tables that use them


PRESETS = {
    rules.name: rules
    for rules in (
        Rules("5s-2s", 5, 2, min_green=5, used_by="sumo-rl"),
        Rules("5s-2s-0s", 5, 2, used_by="CoordLight with eight phases, and RESCO on its arterials"),
        Rules("10s-3s", 10, 3, used_by="RESCO on grid, Cologne and Ingolstadt"),
        Rules("10s-5s", 10, 5, used_by="LibSignal, MPLight and FRAP"),
        Rules("15s-5s", 15, 5, used_by="Advanced-XLight and others on the data sets of CityFlow"),
        Rules("30s-5s", 30, 5, used_by="LLMLight"),
    )
}


def rules_of(text: str, where: str = "rules") -> Rules:
    """The rules of this name: a preset, or any `Ns-Ms` with a decision every N and an intergreen of M seconds.

    `Ns-Ms-Gs` has a min green of G seconds as well. None has a max green or a max red.

    Args:
        text: the name.
        where: the argument or flag that messages name.

    Raises:
        UsageError: it is no such name, or the green between two decisions would be shorter than 1 s.
    """
    if not isinstance(text, str):
        raise UsageError(where, f"{shown(text)} is not a name of rules", f"give one, such as {next(iter(PRESETS))}")
    name = text.strip()
    if name in PRESETS:
        return PRESETS[name]
    found = re.fullmatch(r"([0-9]{1,4})s-([0-9]{1,4})s(?:-([0-9]{1,4})s)?", name)
    if found is None:
        meaning = "a decision every N s with M s between two greens, and a min green of G s"
        remedy = f"give one of {', '.join(PRESETS)}, or Ns-Ms or Ns-Ms-Gs: {meaning}"
        raise UsageError(where, f"{shown(text)} is not a name of rules", remedy)
    interval, intergreen, min_green = (int(number or 0) for number in found.groups())
    if not intergreen < interval <= LONGEST:
        what = f"{name} has no green between two decisions" if interval <= LONGEST else f"{interval} s are too long"
        raise UsageError(where, what, f"give a shorter intergreen, and an interval of at most {LONGEST} s")
    if min_green > LONGEST:
        raise UsageError(where, f"{min_green} s are too long", f"give a min green of at most {LONGEST} s")
    return Rules(name, interval, intergreen, min_green)
