"""Visits: a frozen copy of what was noted of visits to intersections and of the queues before them."""

from dataclasses import dataclass

import numpy as np

from traffic_marl.arrays import Floats, Ints
from traffic_marl.kernels.places.tables import LOOK, Places
from traffic_marl.kernels.tables import NEVER, Roads, Vehicles
from traffic_marl.kernels.traffic import Traffic
from traffic_marl.simulation.places.packing import Planned


@dataclass(frozen=True, eq=False)
class Visits:
    """All visits that vehicles make or have planned, up to `time`, and queues as they were looked at.

    A visit begins when a vehicle's front comes to a lane of an approach with a signal, and ends when the front comes to
    the next road. NEVER stands for an event that has not happened. Columns from `count[b]` on are padding.

    The G places are the movements at signals, then the roads that end at a signal, then the intersections, each in the
    order of the network.
    """

    time: int  # [s]
    count: Ints  # (B,) visits
    vehicle: Ints  # (B, X) as numbered in the records
    first: Ints  # (B, X) 1 if the vehicle's trip begins with the visit
    lane: Ints  # (B, X) of the path
    movement: Ints  # (B, X)
    lane_time: Floats  # [s] (B, X) free travel time on the lane
    free: Floats  # [s] (B, X) free travel time on lane and connection
    arrived: Ints  # [s] (B, X) start of the second in which the visit began
    moment: Ints  # [0.1 s] (B, X) when it began
    departed: Ints  # [s] (B, X) start of the second in which the vehicle passed the stop line
    ended: Ints  # [s] (B, X) start of the second in which it came to the next road
    stops: Ints  # (B, X) during the visit so far
    halted: Ints  # [s] (B, X) below 0.1 m/s during the visit so far
    looks: int  # at the queues, one in the middle of each 11 s
    total_length: Floats  # [m] (B, G) length of the queue, sum over the looks
    full: Ints  # (B, G) looks at which a lane was full
    looks_by_size: Ints  # (B, H) looks at each size of queue above 0
    vehicle_bins: Ints  # (G + 1,) slices of `looks_by_size` by halted vehicles, from 0 on
    length_bins: Ints  # (G + 1,) slices by whole metres of the queue, from 0 on


def visits_of(traffic: Traffic, vehicles: Vehicles, roads: Roads, places: Places, planned: Planned) -> Visits:
    """The visits up to now.

    Args:
        traffic: the state.
        vehicles: of all copies.
        roads: the roads.
        places: of the roads.
        planned: the visits of the vehicles.
    """
    noted, states = traffic.visits, traffic.vehicle_states
    time = int(traffic.tallies["time"][0, 0])
    standing = np.where(states["halted_since"] == NEVER, 0, time + 1 - states["halted_since"])
    fastest = vehicles.types["max_speed"][np.take_along_axis(vehicles.type_row, planned.vehicle, axis=1)]
    passing = [
        roads.length[drivable] / np.minimum(roads.limit[drivable], fastest)
        for drivable in (planned.lane, planned.connection + len(roads.lane_road))
    ]
    return Visits(
        time=time,
        count=planned.number.copy(),
        vehicle=planned.vehicle.copy(),
        first=_begins_trip(vehicles, planned),
        lane=planned.lane.copy(),
        movement=roads.movement[planned.connection],
        lane_time=passing[0],
        free=passing[0] + passing[1],
        arrived=noted["arrived"].copy(),
        moment=noted["moment"].copy(),
        departed=noted["departed"].copy(),
        ended=noted["ended"].copy(),
        stops=_during(traffic, planned, "stops", states["stops"]),
        halted=_during(traffic, planned, "halted", states["halted"] + standing),
        looks=len(range(LOOK // 2, min(places.until, time), LOOK)),
        total_length=traffic.queues["total_length"].copy(),
        full=traffic.queues["full"].copy(),
        looks_by_size=traffic.looks.copy(),
        vehicle_bins=places.vehicle_bins.copy(),
        length_bins=places.length_bins.copy(),
    )


def _begins_trip(vehicles: Vehicles, planned: Planned) -> Ints:
    """(B, X) 1 if the trip of the vehicle begins with the visit."""
    is_first = np.arange(planned.vehicle.shape[1]) == np.take_along_axis(planned.first, planned.vehicle, axis=1)
    if not len(vehicles.path):  # nobody travels in any copy
        return np.zeros(planned.vehicle.shape, np.int32)
    entry = vehicles.path[np.take_along_axis(vehicles.path_start, planned.vehicle, axis=1)]
    begins: Ints = (is_first & (entry == planned.lane)).astype(np.int32)
    return begins


def _during(traffic: Traffic, planned: Planned, name: str, so_far: Ints) -> Ints:
    """(B, X) what a vehicle has done during each visit. For a visit that goes on, less is noted than before it.

    Args:
        traffic: the state.
        planned: the visits of the vehicles.
        name: of what is counted, as it is noted.
        so_far: (B, V) of each vehicle up to now.
    """
    noted = traffic.visits
    goes_on = (noted["arrived"] != NEVER) & (noted["ended"] == NEVER)
    of_vehicle = np.take_along_axis(so_far, planned.vehicle, axis=1)
    during: Ints = np.where(goes_on, noted[name] + of_vehicle, noted[name]).astype(np.int32)
    return during
