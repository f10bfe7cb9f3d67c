"""Departure times and types of vehicles: a rate that follows a profile over time, and a mix of types."""

from dataclasses import dataclass

import numpy as np

from traffic_marl.arrays import Floats, Ints
from traffic_marl.demand.trips import VehicleType, check_count
from traffic_marl.errors import DemandError


@dataclass(frozen=True)
class Profile:
    """A factor on the inflow that is linear between the points given, and constant before the first and after the last.

    Args:
        points: [s] and factor, at least 0, of each point; the times increase strictly.
    """

    points: tuple[tuple[float, float], ...] = ((0.0, 1.0),)

    def __post_init__(self) -> None:
        table = np.asarray(self.points, dtype=float)
        if table.ndim != 2 or table.shape[1] != 2 or not np.isfinite(table).all():
            raise DemandError("profile", f"{self.points} is not a list of points", "give pairs of a time and a factor")
        if (np.diff(table[:, 0]) <= 0).any():
            raise DemandError(
                "profile", "the times do not increase", "give each point a later time than the one before"
            )
        if (table[:, 1] < 0).any():
            raise DemandError("profile", "a factor is negative", "give factors of at least 0")

    def factor(self, time: Floats) -> Floats:
        """The factor at each time [s]."""
        table = np.asarray(self.points, dtype=float)
        factor: Floats = np.interp(time, table[:, 0], table[:, 1])
        return factor

    def mean(self, duration: float) -> float:
        """The factor averaged over the seconds 0 .. duration."""
        return float(self._knots(duration)[2][-1]) / duration

    def mean_between(self, first: float, last: float) -> float:
        """The factor averaged over the seconds first .. last, for 0 <= first < last."""
        before = self.mean(first) * first if first > 0 else 0.0
        return (self.mean(last) * last - before) / (last - first)

    def time_at(self, share: Floats, duration: float) -> Floats:
        """[s] The time by which each share, within 0 .. 1, of the departures of 0 .. duration is reached."""
        times, factors, total = self._knots(duration)
        wanted = share * total[-1]
        segment = np.clip(np.searchsorted(total, wanted, side="right") - 1, 0, len(times) - 2)
        slope = np.diff(factors) / np.diff(times)
        rest = wanted - total[segment]
        rate = factors[segment]
        root = np.sqrt(np.maximum(rate * rate + 2.0 * slope[segment] * rest, 0.0))
        after: Floats = np.divide(2.0 * rest, rate + root, out=np.zeros_like(rest), where=rest > 0)
        time: Floats = times[segment] + after
        return time

    def _knots(self, duration: float) -> tuple[Floats, Floats, Floats]:
        """Times [s], factors and integral of the factor [s] where the profile bends within 0 .. duration."""
        inside = [time for time, _ in self.points if 0.0 < time < duration]
        times = np.array([0.0, *inside, duration])
        factors = self.factor(times)
        pieces = 0.5 * (factors[1:] + factors[:-1]) * np.diff(times)
        return times, factors, np.concatenate(([0.0], np.cumsum(pieces)))


@dataclass(frozen=True)
class Platoons:
    """Vehicles of a source arrive in platoons, as behind a signal outside the network. The flow stays the same.

    Args:
        cycle: [s] from the start of a platoon to the start of the next one.
        share: of the cycle, within which all its vehicles arrive; above 0 and at most 1.
    """

    cycle: float
    share: float

    def __post_init__(self) -> None:
        if not (np.isfinite(self.cycle) and self.cycle > 0):
            raise DemandError("platoons.cycle", f"{self.cycle} is not a duration", "give seconds, above 0")
        if not 0 < self.share <= 1:
            raise DemandError("platoons.share", f"{self.share} is out of range", "give a number above 0, at most 1")

    def gathered(self, time: Floats, offset: Floats) -> Floats:
        """[s] The times (V,) at which vehicles arrive that would have come at these times without platoons.

        Args:
            time: [s] (V,)
            offset: (V,) share of a cycle that is over at time 0 for the source of each vehicle.
        """
        before = offset * self.cycle
        start = np.maximum(np.floor((time + before) / self.cycle) * self.cycle - before, 0.0)
        arrival: Floats = start + (time - start) * self.share
        return arrival


@dataclass(frozen=True)
class Departures:
    """The departures of several sources.

    Args:
        duration: [s] at least 1.
        profile: factor on every inflow over time.
        regular: departures at equal steps of the integrated profile from a random start. Otherwise a Poisson process.
        types: types of vehicles.
        shares: relative shares of the types; they need not add up to 1.
        platoons: of each source, with a random offset. None stands for arrivals that are not gathered.
        own: profile of each source in place of the common one, None for those without. Empty if no source has one.
    """

    duration: int
    profile: Profile = Profile()
    regular: bool = False
    types: tuple[VehicleType, ...] = (VehicleType(),)
    shares: tuple[float, ...] = (1.0,)
    platoons: Platoons | None = None
    own: tuple[Profile | None, ...] = ()

    def __post_init__(self) -> None:
        if self.duration < 1:
            raise DemandError("duration", f"{self.duration} s is too short", "give at least 1 s")
        if len(self.types) != len(self.shares):
            raise DemandError("shares", f"{len(self.shares)} shares for {len(self.types)} types", "give one for each")
        if not np.isfinite(self.shares).all() or min(self.shares) < 0 or sum(self.shares) <= 0:
            raise DemandError("shares", f"{self.shares} are not shares", "give numbers of at least 0, one above 0")

    def mean_flow(self, inflow: Floats) -> Floats:
        """[veh/s] Expected flow of each source, averaged over the duration, from its inflow at factor 1."""
        return (
            self.mean_flow_between(inflow, 0, self.duration) if self.own else inflow * self.profile.mean(self.duration)
        )

    def mean_flow_between(self, inflow: Floats, first: int, last: int) -> Floats:
        """[veh/s] The same over the seconds first .. last only."""
        factors = [(own or self.profile).mean_between(first, last) for own in self.own]
        return inflow * np.array(factors) if factors else inflow * self.profile.mean_between(first, last)

    def check(self, inflow: Floats) -> None:
        """Checks the number of vehicles of sources with these inflows at factor 1, [veh/s] (S,).

        Raises:
            DemandError: they are too many.
        """
        check_count("demand", float(self.mean_flow(inflow).sum()) * self.duration, self.duration)

    def draw(self, inflow: Floats, generator: np.random.Generator) -> tuple[Ints, Ints, Ints]:
        """Draws the vehicles of all sources, in the order of their departures.

        Args:
            inflow: [veh/s] (S,) of each source at factor 1.
            generator: the only source of randomness.

        Returns:
            Departure time [s] (V,), source (V,) and row of `types` (V,) of each vehicle.
        """
        expected = self.mean_flow(inflow) * self.duration
        count, share = _regular(expected, generator) if self.regular else _poisson(expected, generator)
        time = self._times(share, count)
        if self.platoons is not None:
            time = self.platoons.gathered(time, np.repeat(generator.random(len(inflow)), count))
        order = np.argsort(time, kind="stable")
        due = np.minimum(np.floor(time[order]), self.duration - 1)  # rounding may reach the very end
        source = np.repeat(np.arange(len(inflow)), count)[order]
        return due.astype(np.int32), source.astype(np.int32), self.type_rows(len(order), generator)

    def _times(self, share: Floats, count: Ints) -> Floats:
        """[s] (V,) The time by which each share of its source's departures is reached, source by source."""
        if not self.own:
            return self.profile.time_at(share, self.duration)
        parts = np.split(share, np.cumsum(count)[:-1])
        profiles = (own or self.profile for own in self.own)
        times = [profile.time_at(part, self.duration) for profile, part in zip(profiles, parts, strict=True)]
        return np.concatenate([np.empty(0), *times])

    def type_rows(self, count: int, generator: np.random.Generator) -> Ints:
        """Row of `types` (V,) of so many vehicles, drawn by the shares."""
        bounds = np.cumsum(self.shares) / sum(self.shares)
        row = np.searchsorted(bounds, generator.random(count), side="right")
        return np.minimum(row, len(self.types) - 1).astype(np.int32)


def _poisson(expected: Floats, generator: np.random.Generator) -> tuple[Ints, Floats]:
    """Number of vehicles of each source, and the share of the demand at which each vehicle departs."""
    count = generator.poisson(expected)
    return count.astype(np.int32), generator.random(int(count.sum()))


def _regular(expected: Floats, generator: np.random.Generator) -> tuple[Ints, Floats]:
    """The same at equal steps of the share, with a random start within the first step for each source."""
    start = generator.random(len(expected))
    count = np.maximum(np.ceil(expected - start), 0.0).astype(np.int32)
    shares = [(first + np.arange(n)) / total for first, n, total in zip(start, count, expected, strict=True)]
    return count, np.concatenate([np.empty(0), *shares])
