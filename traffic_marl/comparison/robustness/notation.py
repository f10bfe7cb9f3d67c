"""Perturbations in the notation of the command line: `demand=0.6:1.4,blind=0.1,incident=ROAD:600:1200`."""

from traffic_marl.checks import finite_number, shown
from traffic_marl.comparison.robustness.perturbations import KINDS, Kind, Perturbation, incident_kind
from traffic_marl.errors import UsageError, one_line, suggest

INCIDENT = "incident"
EXAMPLE = "demand=0.6:1.4,blind=0.1"
LONGEST = 604_800  # [s] of the demand at which an incident may end
DIGITS = 9  # of a second, at most


def perturbations_of(text: str, where: str = "perturbations") -> tuple[Perturbation, ...]:
    """The perturbations that a text lists.

    Each is `NAME=LAST`, which begins at the value that the scenario has already, or `NAME=FIRST:LAST`. An incident is
    `incident=ROAD:FROM:TO` in seconds of the demand, with the name of a lane in place of the road if only this lane
    closes, or `incident=FROM:TO` for a road that the seed draws. Only incidents may be given several times.

    Args:
        text: the perturbations, with commas between them.
        where: the argument or flag that messages name.

    Raises:
        UsageError: one is unknown, given twice, or has no value within its range.
    """
    if not isinstance(text, str) or not text.strip():
        raise UsageError(where, f"{shown(text)} names no perturbation", f"give some, such as {EXAMPLE}")
    found = tuple(_perturbation(part.strip(), where) for part in text.split(","))
    names = [each.name for each in found]
    for name in names:
        if names.count(name) > 1:
            raise UsageError(where, f"{name} is given twice", "give it once")
    return found


def _perturbation(text: str, where: str) -> Perturbation:
    """One perturbation."""
    name, _, value = (part.strip() for part in text.partition("="))
    if not name or not value:
        raise UsageError(where, f"{shown(text)} is no perturbation", f"give a name and a value, such as {EXAMPLE}")
    if name == INCIDENT:
        return _incident(value, where)
    if name not in KINDS:
        raise UsageError(where, f"unknown perturbation {shown(name)}", suggest(name, [*KINDS, INCIDENT]))
    first, colon, last = value.rpartition(":")
    ends = [_number(each, name, KINDS[name], where) for each in ([first, last] if colon else [last])]
    if len(set(ends)) < len(ends):
        raise UsageError(where, f"{name}={value} begins where it ends", f"give {name}=FIRST:LAST, or {name}=LAST")
    return Perturbation(name, KINDS[name], ends[0] if colon else None, ends[-1])


def _number(text: str, name: str, kind: Kind, where: str) -> float:
    """A value of a perturbation, within its range."""
    unit = f" {kind.unit}" if kind.unit else ""
    remedy = f"give {'whole numbers' if kind.whole else 'numbers'} from {kind.least:g} to {kind.most:g}{unit}"
    try:
        number = finite_number(where, float(text), remedy)
    except ValueError:
        raise UsageError(where, f"{name}: {shown(text)} is not a number", remedy) from None
    if not kind.least <= number <= kind.most or (kind.whole and number != round(number)):
        raise UsageError(where, f"{name}: {shown(text)} will not do", remedy)
    return number


def _incident(value: str, where: str) -> Perturbation:
    """A road, a lane or nothing, and the seconds from which and to which it is closed."""
    *road, begin, end = value.rsplit(":", 2) if ":" in value else (value, "", "")
    remedy = f"give {INCIDENT}=ROAD:FROM:TO or {INCIDENT}=FROM:TO, in whole seconds of the demand"
    if not all(each.isascii() and each.isdigit() and len(each) <= DIGITS for each in (begin, end)) or road == [""]:
        raise UsageError(where, f"{INCIDENT}={one_line(value, 60)} names no times", remedy)
    first, last = int(begin), int(end)
    if not first < last <= LONGEST:
        raise UsageError(where, f"{INCIDENT}={value} does not end after it begins", remedy)
    name = f"{INCIDENT}={value}"
    return Perturbation(name, incident_kind(road[0] if road else None, first), None, float(last - first))
