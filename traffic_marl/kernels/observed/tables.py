"""What is seen of traffic that another program moves, and what is remembered of it from second to second."""

from typing import NamedTuple

from traffic_marl.arrays import Floats, Ints


class Seen(NamedTuple):
    """The n vehicles under way at the end of a second, drivable by drivable and from front to back."""

    vehicle: Ints  # (n,)
    drivable: Ints  # (n,) on which the front is
    position: Floats  # [m] (n,) of the front from the drivable's start
    speed: Floats  # [m/s] (n,)


class Followed(NamedTuple):
    """Where each vehicle was seen last; changed in place."""

    way: Ints  # (D,) road of each lane, and numbers beyond those of roads for the movements of connections
    drivable: Ints  # (V,) NONE before it enters and after it has left
    place: Ints  # (V,) index into Vehicles.path of the part of its path that it is on
    seen: Ints  # [s] (V,) end of the second in which it was seen last
    leader: Ints  # (K,) first vehicle of each lane at the start of the second, or NONE
    lost: Ints  # (1,) 1 if a vehicle was seen away from its path
