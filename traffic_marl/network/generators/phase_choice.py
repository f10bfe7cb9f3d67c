"""The phases of a generated network: a set by name, or rows, for all or for single intersections."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from traffic_marl.checks import shown
from traffic_marl.errors import NetworkError, suggest_of_many
from traffic_marl.network.generators.phase_rows import Place, checked_rows, table_of_rows
from traffic_marl.network.generators.phase_sets import DEFAULT_PHASES, PHASE_SETS, Stream, phase_table
from traffic_marl.network.model import PhaseRow

Rows = tuple[str, ...]  # in the notation of `phase_rows`, in the order of a plan
Phases = str | Sequence[str] | Mapping[str, str | Sequence[str]]
WITH_PERMITTED_LEFTS = "two"  # the set whose left turns yield to the opposite approach


@dataclass(frozen=True)
class PhaseChoice:
    """The set of phases or the rows of each intersection."""

    usual: str | Rows
    own: Mapping[str, str | Rows] = field(default_factory=dict)  # by intersection

    def at(self, name: str) -> str | Rows:
        """The phases of an intersection."""
        return self.own.get(name, self.usual)

    def permits_lefts(self, name: str) -> bool:
        """Whether left turns of an intersection may be green together with opposite traffic, to which they yield."""
        return self.at(name) == WITH_PERMITTED_LEFTS or not isinstance(self.at(name), str)


def checked_choice(phases: Phases) -> PhaseChoice:
    """The phases, if they are a set, rows, or one of these by intersection. Other intersections have the default set.

    Raises:
        NetworkError: they are not.
    """
    if isinstance(phases, Mapping):
        return PhaseChoice(DEFAULT_PHASES, {name: _checked(f"phases[{name}]", each) for name, each in phases.items()})
    return PhaseChoice(_checked("phases", phases))


def check_names(choice: PhaseChoice, names: Sequence[str]) -> None:
    """Checks that each intersection with phases of its own exists.

    Raises:
        NetworkError: one does not.
    """
    for name in choice.own:
        if name not in names:
            raise NetworkError(f"phases[{name}]", "there is no intersection of this name", suggest_of_many(name, names))


def table_at(choice: PhaseChoice, name: str, streams: Sequence[Stream]) -> tuple[PhaseRow, ...]:
    """The phase table of an intersection with these movements.

    Raises:
        NetworkError: its rows do not suit it.
    """
    phases = choice.at(name)
    if isinstance(phases, str):
        return phase_table(phases, streams)
    is_alone = name in choice.own
    where = f"phases[{name}]" if is_alone else "phases"
    return table_of_rows(phases, Place(name, streams, where, is_alone))


def _checked(where: str, phases: str | Sequence[str]) -> str | Rows:
    """A set by name, or rows."""
    if isinstance(phases, str):
        if phases not in PHASE_SETS:
            remedy = f'use one of {", ".join(PHASE_SETS)}, or a list of phases such as ("E all", "W all", "NS through")'
            raise NetworkError(where, f"{phases!r} is not a set of phases", remedy)
        return phases
    if not isinstance(phases, Sequence) or not phases or not all(isinstance(row, str) for row in phases):
        remedy = f'use one of {", ".join(PHASE_SETS)}, or a list of phases such as ("E all", "W all", "NS through")'
        raise NetworkError(where, f"{shown(phases)} is no choice of phases", remedy)
    return checked_rows(where, phases)
