"""A written plan as the signals of a network can show it, or the reason why they cannot."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from traffic_marl.errors import StrategyError
from traffic_marl.files.csv_table import known_name
from traffic_marl.kernels.tables import Timing
from traffic_marl.network.network import Network
from traffic_marl.remarks import Remark, RemarkBook
from traffic_marl.strategies.classical.timing_plan import PlanController, TimingPlan, plan_controller, tabulated
from traffic_marl.strategies.plans.sheet import Green, Sheet
from traffic_marl.strategies.strategy import Conditions

CLOSE = 0.01  # [s] by which sums of written times may differ


@dataclass(frozen=True)
class Slot:
    """One green at its intersection."""

    green: Green
    phase: int
    begins: int  # [s] after the start of the cycle
    ends: int  # [s] when the signals must leave it, so that the next green begins in time

    @property
    def lasts(self) -> int:
        """[s] the green that is shown."""
        return self.ends - self.begins


class Cycle(NamedTuple):
    """The plan of one intersection."""

    slots: tuple[Slot, ...]
    length: int  # [s]
    offset: int  # [s]


def fitted(sheet: Sheet, conditions: Conditions) -> PlanController:
    """A controller that follows a plan: each green begins at the second that is written.

    The signals show their own yellow and all-red. Where others are written, the green before them is longer or shorter
    by the difference, and a remark says so.

    Raises:
        StrategyError: the plan and the network do not fit together, times contradict each other, or the signals would
            not show a green as it is written.
    """
    network, timing = conditions.network, conditions.timing
    _check_names(sheet, network)
    cycles = [_cycle(sheet, conditions, place) for place in range(len(network.intersections))]
    for cycle in cycles:
        _check_limits(cycle, timing)
    plan = _tabulated(cycles)
    controller = plan_controller(plan, sheet.where, timing)
    return PlanController(controller.plan, (*sheet.remarks, *_clearance_remarks(sheet, timing)))


def _tabulated(cycles: Sequence[Cycle]) -> TimingPlan:
    return tabulated(
        [[slot.phase for slot in cycle.slots] for cycle in cycles],
        [[slot.begins for slot in cycle.slots] for cycle in cycles],
        [[slot.ends for slot in cycle.slots] for cycle in cycles],
        [cycle.length for cycle in cycles],
        [cycle.offset for cycle in cycles],
    )


def _check_names(sheet: Sheet, network: Network) -> None:
    """Checks that the network has each intersection of the plan."""
    known = set(network.intersections)
    for green in sheet.greens:
        if green.intersection not in known:
            what = f"there is no intersection {green.intersection!r} with signals"
            raise StrategyError(green.where, what, known_name(green.intersection, network.intersections))


def _cycle(sheet: Sheet, conditions: Conditions, place: int) -> Cycle:
    """The plan of an intersection."""
    network, name = conditions.network, conditions.network.intersections[place]
    greens = [green for green in sheet.greens if green.intersection == name]
    if not greens:
        if network.tables.phase_count[place] == 1:  # it shows its only phase whatever is asked for
            return Cycle((Slot(Green(sheet.where, name, "0", 1.0), 0, 0, 1),), 1, 0)
        raise StrategyError(
            sheet.where, f"has no line for {name}", "give the greens of every intersection with signals"
        )
    phases = [_phase(green, network.phase_names[place]) for green in greens]
    _check_order(greens, phases)
    _check_served(sheet, conditions, place, set(phases))
    timing = conditions.timing
    starts = np.cumsum([0.0, *(green.green + sum(_clearance(green, timing)) for green in greens)])
    length = _length(greens, float(starts[-1]))
    begins = [*np.rint(starts[:-1]).astype(int).tolist(), length]
    ends = [each - timing.yellow - timing.all_red for each in begins[1:]]
    slots = zip(greens, phases, begins, ends, strict=False)
    return Cycle(tuple(Slot(*slot) for slot in slots), length, _offset(greens) % length)


def _clearance(green: Green, timing: Timing) -> tuple[float, float]:
    """[s] Yellow and all-red after a green. Those that are not written are the signals' own."""
    if green.clearance is not None:
        yellow = min(green.clearance, float(timing.yellow))
        return yellow, green.clearance - yellow
    yellow = timing.yellow if green.yellow is None else green.yellow
    return yellow, timing.all_red if green.all_red is None else green.all_red


def _phase(green: Green, names: tuple[str, ...]) -> int:
    """The phase that a line names, by its name or else by its number."""
    wanted = green.phase.casefold()
    found = [phase for phase, name in enumerate(names) if name.casefold() == wanted]
    if len(found) == 1:
        return found[0]
    if wanted.isascii() and wanted.isdigit() and len(wanted) <= 6 and int(wanted) < len(names):
        return int(wanted)
    listed = ", ".join(f"{phase} ({name})" for phase, name in enumerate(names))
    what = f"{green.intersection} has {'several phases' if found else 'no phase'} {green.phase!r}"
    raise StrategyError(green.where, what, f"give one of its phases, {listed}")


def _check_order(greens: Sequence[Green], phases: Sequence[int]) -> None:
    """Checks that no phase follows itself."""
    for place in range(len(phases) if len(phases) > 1 else 0):
        if phases[place] == phases[place - 1]:
            what = f"phase {greens[place].phase!r} follows itself at {greens[place].intersection}"
            raise StrategyError(greens[place].where, what, "write one line for a green that goes on")


def _check_served(sheet: Sheet, conditions: Conditions, place: int, phases: set[int]) -> None:
    """Checks that each movement with an expected flow is green in the plan, if any phase serves it."""
    network, served = conditions.network, conditions.network.tables.served
    here = (network.tables.movement_intersection == place) & (conditions.flow > 0) & served.any(axis=1)
    lacking = np.flatnonzero(here & ~served[:, sorted(phases)].any(axis=1))
    if len(lacking):
        movement = int(lacking[0])
        from_road, to_road = network.movement_roads[movement]
        names = network.phase_names[place]
        serving = " or ".join(f"{names[phase]!r}" for phase in np.flatnonzero(served[movement]).tolist())
        what = (
            f"at {network.intersections[place]} no phase of the plan serves the movement from {from_road} to {to_road}"
        )
        raise StrategyError(sheet.where, what, f"add a line with the phase {serving}")


def _length(greens: Sequence[Green], total: float) -> int:
    """[s] the cycle: the sum of its greens and clearances, with which a written cycle has to agree."""
    first = greens[0]
    for green in greens:
        if green.cycle is not None and abs(green.cycle - total) > CLOSE:
            own = f"the greens, yellows and all-reds of {first.intersection}"
            what = f"{own} add up to {total:g} s, and the cycle is {green.cycle:g} s"
            remedy = "correct the times; an empty yellow or all-red is that of the signals"
            raise StrategyError(green.where, what, remedy)
    if abs(total - round(total)) > CLOSE or total < 1:
        what = f"the cycle of {first.intersection} lasts {total:g} s"
        raise StrategyError(first.where, what, "give times that add up to whole seconds, at least 1")
    return round(total)


def _offset(greens: Sequence[Green]) -> int:
    """[s] the offset that the lines state. Lines that state none agree with the others."""
    stated = [green for green in greens if green.offset is not None]
    for green in stated:
        if green.offset != stated[0].offset:
            what = f"the offsets of {green.intersection} are {stated[0].offset:g} s and {green.offset:g} s"
            raise StrategyError(green.where, what, "give an intersection one offset")
    return round(stated[0].offset or 0.0) if stated else 0


def _check_limits(cycle: Cycle, timing: Timing) -> None:
    """Checks that the signals show each green as long as the plan needs. A phase that stands alone never ends."""
    if len(cycle.slots) == 1:
        return
    least = max(1, timing.min_green)
    for slot in cycle.slots:
        shown = f"the green of {slot.green.phase!r} at {slot.green.intersection} is shown for {slot.lasts} s"
        if slot.lasts < least:
            what = f"{shown}, less than the min green of the signals"
            raise StrategyError(slot.green.where, what, f"give {least - slot.lasts} s more, or a shorter min green")
        if slot.lasts > timing.max_green:
            what = f"{shown}, more than the max green of the signals, {timing.max_green} s"
            raise StrategyError(slot.green.where, what, "give a shorter green, or a longer max green in the scenario")


def _clearance_remarks(sheet: Sheet, timing: Timing) -> tuple[Remark, ...]:
    """Remarks about yellows and all-reds that are not those of the signals."""
    book = RemarkBook(sheet.where)
    own = f"{timing.yellow} s and {timing.all_red} s"
    kind = f"{{count}} yellow{{s}} and all-red{{s}} differ from the {own} of the signals, which are shown instead"
    for green in sheet.greens:
        written = _clearance(green, timing)
        if written != (timing.yellow, timing.all_red):
            what = f"{written[0]:g} s and {written[1]:g} s"
            error = StrategyError(
                green.where,
                f"yellow and all-red are {what}, those of the signals {own}",
                "give the same in the plan, or in the scenario's signals",
            )
            name = f"{green.where.rpartition(', ')[2]} with {what}; each green begins as it is written"
            book.add(kind, name, error)
    return book.remarks()
