"""Logs of controllers as CSV, and what is read from them as a table."""

from datetime import datetime, timedelta
from pathlib import Path

from traffic_marl.comparison.table import CellKind, Column, TextTable
from traffic_marl.events import EventLog, PresenceWatch, arrivals_on_green, event_log, split_failures
from traffic_marl.events.log import TENTH
from traffic_marl.files.csv_table import csv_text
from traffic_marl.rollout import Rollout

BEGIN = datetime(2000, 1, 1)  # time 0 of a run
HEADS = ("TimeStamp", "DeviceId", "EventId", "Parameter")
DETECTOR_HEADS = ("DeviceId", "Phase", "Parameter", "Function", "lane", "distance_m", "delay_s")


def log_of(rollout: Rollout, watch: PresenceWatch) -> EventLog:
    """The log of the first copy of a run that was watched and noted by movement."""
    simulator = rollout.simulation
    watch.close(simulator.time)
    shown = simulator.signal_log()[0, : simulator.time]
    return event_log(simulator.network, simulator.timing, shown, simulator.visits(), watch.stays)


def events_csv(log: EventLog) -> str:
    """One line for each event, as tools for such logs read them."""
    names = log.network.intersections
    return csv_text(
        HEADS, [(_stamp(time), names[place], int(code), number) for time, place, code, number in log.events]
    )


def detectors_csv(log: EventLog) -> str:
    """One line for each detector with the phase that it calls, as tools for such logs read them."""
    lines = [
        (
            log.network.intersections[each.intersection],
            each.phase,
            each.number,
            each.function,
            log.network.lane_names[each.lane],
            round(each.distance, 1),
            round(each.delay, 1),
        )
        for each in log.numbering.detectors
    ]
    return csv_text(DETECTOR_HEADS, lines)


def detectors_path(path: Path | None) -> Path | None:
    """The file of the detectors beside that of the events. None beside a device or a pipe."""
    if path is None or (path.exists() and not path.is_file()):
        return None
    return path.with_name(f"{path.stem}_detectors{path.suffix}")


def phases_table(log: EventLog) -> TextTable:
    """Arrivals on green and split failures of each phase that detectors call."""
    arrivals, cycles = arrivals_on_green(log), split_failures(log)
    columns = (
        Column("phase", CellKind.NAME),
        Column("number"),
        Column("arrivals\n[veh]"),
        Column("on\ngreen"),
        Column("cycles"),
        Column("split\nfailures"),
    )
    numbers = {
        (int(log.network.tables.movement_intersection[m]), phase): log.numbering.movements[m].name
        for m, phase in enumerate(log.numbering.phases)
    }
    rows = [
        (
            name,
            str(phase[1]),
            str(arrivals[phase][0]),
            f"{arrivals[phase][1] / arrivals[phase][0]:.2f}" if arrivals[phase][0] else "-",
            str(cycles[phase].cycles),
            str(cycles[phase].failures),
        )
        for phase, name in numbers.items()
        if phase in arrivals
    ]
    notes = (
        "on green: share of the arrivals at the advance detectors that fall between begin of green and begin of yellow",
        "split failures: cycles with a presence detector on for 80 % of the green and for 80 % of the first 5 s of red",
    )
    return TextTable("read from the log of events", columns, tuple(rows), notes)


def _stamp(time: int) -> str:
    """A time of a run [0.1 s] as date and time of day."""
    moment = BEGIN + timedelta(seconds=time // TENTH)
    return f"{moment:%Y-%m-%d %H:%M:%S}.{time % TENTH}"
