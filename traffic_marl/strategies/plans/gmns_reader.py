"""Timing plans read from signal tables of GMNS; see `gmns` for the specification."""

from collections.abc import Sequence
from pathlib import Path

from traffic_marl.errors import FileError
from traffic_marl.files.csv_table import Row, read_table
from traffic_marl.strategies.plans.gmns import BEGIN, COORDINATION, PHASES, PLANS
from traffic_marl.strategies.plans.sheet import LONGEST, Green, Sheet

PLAN_COLUMNS = ("timing_plan_id", "controller_id", "cycle_length", "offset", "coord_phase", "coord_ref_to")
PHASE_COLUMNS = ("timing_plan_id", "signal_phase_num", "min_green", "max_green", "clearance", "ring", "position")
COORDINATION_COLUMNS = ("timing_plan_id", "coord_phase", "coord_ref_to", "offset")
END = "begin_of_yellow"


def read_gmns(folder: Path) -> Sheet:
    """The plan in a folder with the tables `signal_timing_plan.csv` and `signal_timing_phase.csv`.

    The green of a phase is its max green, or its min green where it has no other. The offset stands in
    `signal_coordination.csv` if there is one, else in the table of plans.

    Raises:
        FileError: a table cannot be read, a controller has several plans, a plan has several rings or no phase, or an
            offset does not refer to the start or end of a green.
    """
    plans = _plans(folder)
    phases = _rows(folder / PHASES, PHASE_COLUMNS, ("timing_plan_id", "signal_phase_num", "position"))
    greens = []
    for plan in plans:
        name = plan.text("timing_plan_id")
        own = _in_order([row for row in phases if row.text("timing_plan_id") == name], plan)
        offset = _offset(_coordination(folder, plan), own)
        greens += [_green(row, plan, offset) for row in own]
    return Sheet(folder.name, tuple(greens))


def _rows(path: Path, columns: Sequence[str], needed: Sequence[str]) -> tuple[Row, ...]:
    return read_table(path, dict.fromkeys(columns, ()), needed, "signal tables of GMNS").rows


def _plans(folder: Path) -> tuple[Row, ...]:
    """The plans, of which each controller and each name has one."""
    plans = _rows(folder / PLANS, PLAN_COLUMNS, ("timing_plan_id", "controller_id"))
    for column in ("controller_id", "timing_plan_id"):
        seen = set()
        for plan in plans:
            if plan.text(column) in seen:
                what = f"is the second plan with the {column} {plan.text(column)}"
                raise FileError(plan.where, what, "leave one plan for each controller, and give each a name of its own")
            seen.add(plan.text(column))
    return plans


def _in_order(rows: list[Row], plan: Row) -> list[Row]:
    """The phases of a plan in the order in which they are green.

    Raises:
        FileError: there is none, or they stand in several rings, whose phases are green at the same time.
    """
    if not rows:
        raise FileError(plan.where, f"there is no phase of this plan in {PHASES}", "add its phases")
    for row in rows:
        if row.cells.get("ring", "") != rows[0].cells.get("ring", ""):
            what = "the plan has phases in several rings"
            raise FileError(row.where, what, "write the phases that are green together as one, all in ring 1")
    return sorted(rows, key=lambda row: (_number(row, "position"), row.where))


def _number(row: Row, column: str) -> float:
    """The number in a cell that must not be empty."""
    row.text(column)
    found = row.number(column, 0.0, LONGEST)
    assert found is not None
    return found


def _length(row: Row) -> float:
    """[s] the green of a phase."""
    return _number(row, "max_green" if row.cells.get("max_green") else "min_green")


def _coordination(folder: Path, plan: Row) -> Row:
    """The line that has the offset of a plan."""
    path = folder / COORDINATION
    if not path.exists():
        return plan
    rows = _rows(path, COORDINATION_COLUMNS, ("timing_plan_id",))
    return next((row for row in rows if row.text("timing_plan_id") == plan.text("timing_plan_id")), plan)


def _offset(row: Row, phases: Sequence[Row]) -> float | None:
    """[s] the offset of the first phase in the cycle, from that of the coordinated one."""
    offset = row.number("offset", 0.0, LONGEST)
    if offset is None:
        return None
    refers = row.cells.get("coord_ref_to") or BEGIN
    if refers not in (BEGIN, END):
        raise FileError(row.where, f"the offset refers to {refers}", f"give one that refers to {BEGIN} or {END}")
    wanted = row.cells.get("coord_phase") or phases[0].text("signal_phase_num")
    before = 0.0
    for phase in phases:
        if phase.text("signal_phase_num") == wanted:
            return offset - before - (_length(phase) if refers == END else 0.0)
        if not phase.cells.get("clearance"):
            raise FileError(phase.where, "has no clearance, which the offset needs", "give yellow and all-red together")
        before += _length(phase) + (phase.number("clearance", 0.0, LONGEST) or 0.0)
    raise FileError(row.where, f"the plan has no phase {wanted}", "refer to one of its phases")


def _green(row: Row, plan: Row, offset: float | None) -> Green:
    number = _number(row, "signal_phase_num")
    if number < 1 or number != int(number):
        raise FileError(row.where, f"there is no phase {number:g}", "number the phases of a controller from 1")
    cycle = plan.number("cycle_length", 0.0, LONGEST)
    clearance = row.number("clearance", 0.0, LONGEST)
    green = Green(row.where, plan.text("controller_id"), str(int(number) - 1), _length(row))
    return Green(**vars(green) | {"offset": offset, "cycle": cycle, "clearance": clearance})
