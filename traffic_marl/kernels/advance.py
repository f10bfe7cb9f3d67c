"""The function that Python calls once a decision. It moves copies on and reads their detectors."""

from collections.abc import Callable

from traffic_marl.kernels.claims import close_lanes, combine_claims
from traffic_marl.kernels.compiling import SOURCES, entry, kernel
from traffic_marl.kernels.detecting import count_passage, detect
from traffic_marl.kernels.driving import drive
from traffic_marl.kernels.entering import insert_waiting
from traffic_marl.kernels.passing import hand_over, take_out
from traffic_marl.kernels.places.queues import note_queues
from traffic_marl.kernels.places.tables import Places
from traffic_marl.kernels.sensing import audit, note_stillness, sense
from traffic_marl.kernels.signals import follow_plans, switch_signal
from traffic_marl.kernels.slots import sort_occupied
from traffic_marl.kernels.tables import Timing, Vehicles
from traffic_marl.kernels.traffic import CopyState, Detectors, PackedRoads, Traffic


@kernel
def drive_all(roads: PackedRoads, copy: CopyState, now: int) -> int:
    """Moves all vehicles. Lists in `passing` the drivables whose end some have passed, and returns their number.

    Drivables that have become empty are dropped from the list of occupied ones.
    """
    sort_occupied(copy)
    copy.tally[0].used = 0  # slots of `later`, which is filled from its first slot on
    kept = 0
    passing = 0
    for k in range(copy.tally[0].occupied):
        d = copy.occupied[k]
        if copy.drivable_states[d].count == 0:
            copy.drivable_states[d].room = 0
            continue
        copy.occupied[kept] = d
        kept += 1
        if drive(roads, copy, d, now):
            copy.passing[passing] = d
            passing += 1
    copy.tally[0].occupied = kept
    copy.tally[0].ascending = kept
    # Only now: until all have moved, `first` is where vehicles look for their leaders in the present slots.
    for k in range(kept):
        state = copy.drivable_states[copy.occupied[k]]
        state.first = state.next_first
    return passing


@kernel
def pass_on(roads: PackedRoads, copy: CopyState, passing: int, now: int) -> None:
    """Hands the vehicles that passed the end of a drivable over to the next one, or ends their trips."""
    # All leave before the first one arrives: arrivals are placed behind the vehicles that stay.
    taken = 0
    for k in range(passing):
        taken = take_out(roads, copy, copy.passing[k], taken, now)
    for k in range(taken):
        hand_over(roads, copy, k, now)


@kernel
def advance_second(roads: PackedRoads, copy: CopyState, places: Places, timing: Timing, now: int, audits: bool) -> None:
    """Moves one copy on by one second, in the order of CityFlow: signals, entering, claims, driving, handing over."""
    follow_plans(copy, now)
    for n in range(len(roads.phase_count)):
        switch_signal(roads, copy, timing, n, now)
    close_lanes(roads, copy, now)
    for e in range(len(roads.entries)):
        insert_waiting(roads, copy, e, now)
    combine_claims(roads, copy)
    passing = drive_all(roads, copy, now)
    if copy.frames.shape[0] > 0:
        count_passage(roads, copy, now)
    pass_on(roads, copy, passing, now)
    if copy.queues.shape[0] > 0:
        note_queues(roads, copy, places, now)
    note_stillness(copy, now)
    if audits:
        audit(copy)
    copy.tally[0].time = now + 1


@kernel
def copy_at(vehicles: Vehicles, detectors: Detectors, traffic: Traffic, b: int, now: int) -> CopyState:
    """The state of copy b in the second that begins at `now`."""
    return CopyState(
        types=vehicles.types,
        path=vehicles.path,
        revisit=vehicles.revisit,
        scheduled=vehicles.scheduled[b],
        type_row=vehicles.type_row[b],
        path_start=vehicles.path_start[b],
        queue_start=vehicles.queue_start[b],
        queue=vehicles.queue[b],
        slots=traffic.slots[b, now & 1],
        later=traffic.slots[b, (now + 1) & 1],
        drivable_states=traffic.drivable_states[b],
        vehicle_states=traffic.vehicle_states[b],
        signals=traffic.signals[b],
        served=traffic.served[b],
        claims=traffic.claims[b],
        occupied=traffic.occupied[b],
        clearing=traffic.clearing[b],
        queue_head=traffic.queue_head[b],
        next_due=traffic.next_due[b],
        arrivals=traffic.arrivals[b],
        departures=traffic.departures[b],
        delays=traffic.delays[b],
        discharged=traffic.discharged[b],
        passing=traffic.passing[b],
        changing=traffic.changing[b],
        tally=traffic.tallies[b],
        sensors=traffic.sensors[b],
        moving=traffic.moving[b],
        moving_fine=traffic.moving_fine[b],
        history=traffic.history[b],
        frames=traffic.frames[b],
        reported=traffic.reported[b],
        closures=traffic.closures[b],
        fallback=traffic.fallback[b],
        visits=traffic.visits[b],
        visit=traffic.visit[b],
        queues=traffic.queues[b],
        looks=traffic.looks[b],
        touched=traffic.touched[b],
        missed=detectors.missed,
        twice=detectors.twice,
        salt=detectors.salt[b],
        broken=detectors.broken[b],
    )


def _compiled(sources: str) -> Callable[..., None]:
    """The entry, bound to the digest of the sources it is made from."""

    @entry
    def advance(
        roads: PackedRoads,
        vehicles: Vehicles,
        detectors: Detectors,
        places: Places,
        traffic: Traffic,
        timing: Timing,
        first: int,
        last: int,
        seconds: int,
        continues: bool,
        audits: bool,
    ) -> None:
        """Moves copies first .. last - 1 on by some seconds and reads their detectors.

        `traffic` is changed in place, and its `signals` hold the phases asked for. With `continues`, the decision
        interval under way goes on, and its sums with it. Without it, a new interval begins. With `audits`, the order
        of vehicles is checked each second.
        """
        sources  # noqa: B018 - closed over: see compiling.entry
        for b in range(first, last):
            begin = traffic.tallies[b, 0].time
            if not continues:
                traffic.delays[b, :] = 0.0
                traffic.discharged[b, :] = 0
                traffic.tallies[b, 0].span = 0
                for lane in range(traffic.reported.shape[1]):
                    traffic.reported[b, lane].delay = 0.0
                    traffic.reported[b, lane].discharged = 0
            traffic.tallies[b, 0].span += seconds
            for now in range(begin, begin + seconds):
                advance_second(roads, copy_at(vehicles, detectors, traffic, b, now), places, timing, now, audits)
                if traffic.frames.shape[1] > 0:
                    detect(roads, copy_at(vehicles, detectors, traffic, b, now + 1), now + 1)
            sense(roads, copy_at(vehicles, detectors, traffic, b, begin + seconds), begin + seconds)

    return advance


advance = _compiled(SOURCES)
