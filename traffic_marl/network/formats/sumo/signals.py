"""Signal programs of SUMO's networks, read as rows of a phase table."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from traffic_marl.errors import NetworkError
from traffic_marl.network.formats.sumo.elements import Element
from traffic_marl.network.model import LONGEST_TIME, PhaseRow
from traffic_marl.remarks import RemarkBook

GREEN = frozenset("GgsoO")  # letters of a state that let vehicles pass, yielding or not
CHANGING = frozenset("yYu")  # letters that are shown between two phases
KNOWN = GREEN | CHANGING | frozenset("r")
BEGIN = "begin"  # an offset
LONGEST_OFFSET = 1e9  # [s]
ARROW, OFF = frozenset("s"), frozenset("oO")


class Program(NamedTuple):
    """The phases of a signal."""

    name: str
    states: tuple[str, ...]  # a letter for each link
    times: tuple[float, ...]  # [s]
    names: tuple[str, ...]
    offset: float  # [s]


class _Step(NamedTuple):
    """What a signal shows for some time."""

    state: str
    time: float  # [s]
    name: str


def read_programs(elements: Sequence[Element], book: RemarkBook) -> dict[str, Program]:
    """The program of each signal. Of several the last one counts, as in SUMO. The book notes the others.

    Raises:
        NetworkError: a program is wrong. The message names it.
    """
    programs: dict[str, Program] = {}
    for element in elements:
        program = _program(element)
        if program.name in programs:
            book.add("{count} further program{s} of signals left out, since the last one counts", program.name)
        kind = element.find("type") or "static"
        if kind != "static":
            told = "{count} signal program{s} of other types than static, of which the phases are taken"
            book.add(told, f"{program.name}, which is {kind}")
        programs[program.name] = program
    return programs


def rows_of(program: Program, movements: Sequence[Sequence[int]], book: RemarkBook) -> tuple[PhaseRow, ...]:
    """The phase table of a signal.

    Args:
        program: of the signal.
        movements: for each movement, the place of each of its connections in the states. -1 is always green.
        book: notes letters that are taken otherwise than SUMO takes them.

    Raises:
        NetworkError: a state has no letter for a connection.
    """
    places = sorted({place for movement in movements for place in movement if place >= 0})
    shortest = min(map(len, program.states))
    if places and places[-1] >= shortest:
        what = f"a phase has {shortest} letters, and a connection has linkIndex {places[-1]}"
        raise NetworkError(f"signal {program.name}", what, "give each phase a letter for each connection")
    rows = []
    for number, (state, time) in enumerate(zip(program.states, program.times, strict=True)):
        letters = {state[place] for place in places}
        if letters & ARROW:
            book.add("{count} phase{s} with green arrows (s), taken as greens that yield", f"at {program.name}")
        green = tuple(m for m, own in enumerate(movements) if any(_is_green(state, place) for place in own))
        closed = tuple((m, c) for m in green for c, place in enumerate(movements[m]) if not _is_green(state, place))
        name = program.names[number] or f"phase {number}"
        is_phase = not (letters & CHANGING) and any(_is_green(state, place) for place in places)
        rows.append(PhaseRow(name, green, time, closed, is_phase))
    changing = [bool(CHANGING.intersection(state)) for state in program.states]
    return tuple(
        replace(row, is_phase=False) if _ends_change(rows, changing, number) else row for number, row in enumerate(rows)
    )


def _ends_change(rows: Sequence[PhaseRow], changing: Sequence[bool], number: int) -> bool:
    """Whether a row is the all-red after a yellow: only what is green before and after it stays green meanwhile."""
    count = len(rows)
    after = (number + 1) % count
    if not changing[number - 1] or changing[number] or changing[after]:
        return False
    before = next((number - back) % count for back in range(1, count + 1) if not changing[number - back])
    kept = rows[number].shown
    return before != number and kept < rows[before].shown and kept < rows[after].shown


def is_open(rows: Sequence[PhaseRow], count: int) -> bool:
    """Whether a table lets all `count` movements pass at all times, so that it is as if there were no signals."""
    return all(len(row.green) == count and not row.closed for row in rows)


def _is_green(state: str, place: int) -> bool:
    return place < 0 or state[place] in GREEN


def _program(element: Element) -> Program:
    phases = list(element.named("phase"))
    if not phases:
        raise element.error("it has no phase", "give at least one, or let netconvert make the program")
    states = tuple(phase.text("state") for phase in phases)
    for phase, state in zip(phases, states, strict=True):
        if not KNOWN.issuperset(state):
            odd = next(letter for letter in state if letter not in KNOWN)
            raise phase.error(f'"state" has {odd!r}, which is no signal', f"use letters of {''.join(sorted(KNOWN))}")
    steps = [step for phase in phases for step in _steps(phase)]
    return Program(
        name=element.text("id"),
        states=tuple(step.state for step in steps),
        times=tuple(step.time for step in steps),
        names=tuple(step.name for step in steps),
        offset=_offset(element),
    )


def _offset(element: Element) -> float:
    """[s] by which a program begins later. SUMO's `begin` means that it begins with the simulation."""
    if element.find("offset") == BEGIN:
        return 0.0
    return element.seconds_or("offset", 0.0, -LONGEST_OFFSET, LONGEST_OFFSET)


def _steps(phase: Element) -> Iterator[_Step]:
    """The step of a phase, with those of its yellow and all-red where it states them, as NEMA programs do."""
    state, name = phase.text("state"), phase.find("name") or ""
    yield _Step(state, phase.seconds("duration", 0.0, LONGEST_TIME), name)
    yellow, all_red = (phase.seconds_or(key, 0.0, 0.0, LONGEST_TIME) for key in ("yellow", "red"))
    if yellow > 0:
        yield _Step("".join("y" if letter in GREEN else letter for letter in state), yellow, "")
    if all_red > 0:
        yield _Step("r" * len(state), all_red, "")
