"""What a user wants of a run besides its measures: files, places, fuel."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from traffic_marl.cli.arguments import ensure_different
from traffic_marl.cli.output import print_line, print_measures, print_table, run_title
from traffic_marl.cli.recordings import signals_csv
from traffic_marl.cli.simulated.fuel import fuel_json, fuel_table
from traffic_marl.cli.simulated.logs import detectors_csv, detectors_path, events_csv, log_of, phases_table
from traffic_marl.cli.simulated.places import places_csv, places_json, places_table
from traffic_marl.cli.simulated.trips import trips_csv
from traffic_marl.demand.trips import Trips
from traffic_marl.emissions import FuelMeter
from traffic_marl.errors import UsageError, suggest
from traffic_marl.events import EventLog, PresenceWatch
from traffic_marl.files import ensure_writable, replace_text
from traffic_marl.local_measures import KINDS, Kind
from traffic_marl.rollout import Rollout
from traffic_marl.simulation import Simulator


def checked_kind(name: str | None) -> Kind | None:
    """The kind of place of this name.

    Raises:
        UsageError: there is none.
    """
    if name is None:
        return None
    for kind in KINDS:
        if kind == name:
            return kind
    raise UsageError("--by", f"unknown kind of place {name!r}", suggest(name, KINDS))


@dataclass
class Wanted:
    """The files and tables that a user wants."""

    by: Kind | None
    fuel: bool
    trips: Path | None
    signals: Path | None
    places: Path | None
    events: Path | None
    json: Path | None  # the file of the option --json
    meter: FuelMeter = field(default_factory=FuelMeter)
    watch: PresenceWatch = field(default_factory=PresenceWatch)

    def check(self) -> None:
        """Checks before the run that all files can be written.

        Raises:
            TrafficError: one cannot, or two flags name the same file.
        """
        files = {"--trips": self.trips, "--signals": self.signals, "--places": self.places, "--events": self.events}
        detectors = detectors_path(self.events)
        ensure_different(files | {"--events (detectors)": detectors, "--json": self.json})
        for flag, path in (*files.items(), ("--events", detectors)):
            if path is not None:
                ensure_writable(path, flag)

    @property
    def log_signals(self) -> bool:
        """Whether the run has to keep the rows that signals show."""
        return self.signals is not None

    @property
    def by_movement(self) -> bool:
        """Whether the run has to be measured by place."""
        return self.by is not None or self.places is not None or self.events is not None

    @property
    def observer(self) -> Callable[[Simulator], None] | None:
        """What has to see each second of the run, if anything has."""
        observers = [self.meter] * self.fuel + [self.watch] * (self.events is not None)
        if not observers:
            return None

        def observe(simulator: Simulator) -> None:
            for each in observers:
                each(simulator)

        return observe

    def write(self, rollout: Rollout, trips: Trips) -> EventLog | None:
        """Writes the files of a run. Gives the log of events, if it was wanted."""
        if self.trips is not None:
            replace_text(self.trips, "--trips", trips_csv(rollout, trips))
        if self.signals is not None:
            replace_text(self.signals, "--signals", signals_csv(rollout))
        if self.places is not None and rollout.local is not None:
            replace_text(self.places, "--places", places_csv(rollout.local))
        if self.events is None:
            return None
        log = log_of(rollout, self.watch)
        replace_text(self.events, "--events", events_csv(log))
        detectors = detectors_path(self.events)
        if detectors is not None:
            replace_text(detectors, "--events", detectors_csv(log))
        return log

    def as_json(self, rollout: Rollout) -> dict[str, Any]:
        """What is wanted besides the measures, for JSON."""
        found: dict[str, Any] = {}
        if self.by is not None and rollout.local is not None:
            found["places"] = places_json(rollout.local)
        if self.fuel:
            found["fuel"] = fuel_json(self.meter.consumption)
        return found

    def print(self, rollout: Rollout, log: EventLog | None) -> None:
        """Prints the measures, or those of the places, and what is wanted below them."""
        if self.by is None or rollout.local is None:
            print_measures(rollout)
        else:
            print_table(places_table(rollout.local, self.by, run_title(rollout)))
        if self.fuel:
            print_line()
            print_table(fuel_table(self.meter.consumption))
        if log is not None:
            print_line()
            print_table(phases_table(log))
