"""Phases and times of the signals of a scenario, which they keep whatever a strategy asks for."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar

from pydantic import Field, ValidationInfo, field_validator

from traffic_marl.checks import shown
from traffic_marl.errors import NetworkError
from traffic_marl.kernels.tables import NEVER, Timing
from traffic_marl.network.generators.phase_rows import checked_rows
from traffic_marl.network.generators.phase_sets import PHASE_SETS, PhaseSet
from traffic_marl.scenario.validation import ScenarioPart, WholeNumber, refuse

Seconds = Annotated[WholeNumber, Field(ge=0, le=86_400)]
Checked = Annotated[Seconds | None, Field(validate_default=True)]  # defaults are checked against other fields too
Rows = tuple[int, ...]  # of a phase table
Phases = tuple[str, ...]  # in the notation of `network.generators.phase_rows`
PhaseChoice = PhaseSet | Rows | Phases | dict[str, PhaseSet | Rows | Phases] | None


class Signals(ScenarioPart):
    """Phases to choose from, and the times every signal keeps.

    The defaults are usual practice for urban streets: 5 to 60 s of green, 3 s of yellow, 2 s of all-red. After a
    vehicle has stood first at a red for 300 s, its phase is served next.
    """

    part: ClassVar[str] = "signals"

    phases: PhaseChoice = None
    """Phases to choose from. Generated networks take "two", "four" or "eight"; the default is "four". They also take a
    list of phases in the order of a plan, such as `("E all", "EW through", "W all", "NS through", "NS left")`. A phase
    has the sides that traffic comes from and `left`, `through`, `right` or `all`; `+` joins several of these. Right
    turns are green throughout, unless a phase names them as `right`. Networks from a file take a list of rows, which
    means those of these rows that an intersection's phase table has. The default are the rows that are no yellow,
    repeat no other row and serve more than the movements that are green in all. All networks also take phases for each
    of some intersections by name; the others keep the default."""
    min_green_s: Seconds = 5
    """Shortest green."""
    max_green_s: Checked = 60
    """Longest green. Null sets no limit."""
    yellow_s: Seconds = 3
    """Yellow after each green."""
    all_red_s: Seconds = 2
    """All-red after each yellow."""
    max_red_s: Checked = 300
    """Longest time that the first vehicle of a lane may stand at a red. Null sets no limit."""

    @field_validator("phases", mode="before")
    @classmethod
    def _known_phases(cls, phases: Any) -> Any:
        """The phases if they are a set by name, a list of rows, or not given."""
        if phases is None or (isinstance(phases, str) and phases in PHASE_SETS):
            return phases
        if isinstance(phases, Mapping) and phases and all(isinstance(name, str) for name in phases):
            return {name: _of_one(phases[name], f"[{name}]") for name in sorted(phases)}
        return _listed(phases)

    @field_validator("max_green_s")
    @classmethod
    def _longer_than_min_green(cls, max_green_s: int | None, others: ValidationInfo) -> int | None:
        least = max(others.data.get("min_green_s", 0), 1)
        if max_green_s is not None and max_green_s < least:
            what = f"{max_green_s} s is shorter than the shortest green, {least} s"
            raise refuse(what, f"give at least {least} s, or null for no limit, or a shorter min_green_s")
        return max_green_s

    @field_validator("max_red_s")
    @classmethod
    def _longer_than_one_change(cls, max_red_s: int | None, others: ValidationInfo) -> int | None:
        least = sum(others.data.get(name, 0) for name in ("min_green_s", "yellow_s", "all_red_s")) + 1
        if max_red_s is not None and max_red_s < least:
            what = f"{max_red_s} s is too short for a green and the change after it, {least - 1} s"
            raise refuse(what, f"give at least {least} s, or null for no limit, or a shorter green or change")
        return max_red_s

    def timing(self) -> Timing:
        """The times for the simulation, in seconds."""
        return Timing(
            min_green=self.min_green_s,
            max_green=NEVER if self.max_green_s is None else self.max_green_s,
            yellow=self.yellow_s,
            all_red=self.all_red_s,
            max_red=NEVER if self.max_red_s is None else self.max_red_s,
        )


def _of_one(phases: Any, field: str) -> str | Rows | Phases:
    """The phases of one intersection: a set by name, or a list."""
    return phases if isinstance(phases, str) and phases in PHASE_SETS else _listed(phases, field)


def _listed(phases: Any, field: str = "") -> Rows | Phases:
    """The list, if all are whole numbers of at least 0, or all are phases in their notation."""
    plain = phases.tolist() if hasattr(phases, "tolist") else phases
    if isinstance(plain, list | tuple) and plain:
        if all(type(row) is int and row >= 0 for row in plain):
            return tuple(plain)
        if all(isinstance(phase, str) for phase in plain):
            return _written(plain, field)
    remedy = f"use one of {', '.join(PHASE_SETS)}, or a list of phases, or of rows of a file's phase table, or lists"
    raise refuse(f"{shown(phases)} is no choice of phases", f"{remedy} by intersection", field)


def _written(phases: Sequence[str], field: str) -> Phases:
    """Phases with single blanks, if they are in the notation."""
    try:
        return checked_rows("phases", phases)
    except NetworkError as error:
        raise refuse(error.what, error.remedy, field) from None
