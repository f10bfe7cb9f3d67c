"""Unit and definition of each number of a place."""

from traffic_marl.measures import Definition

LOCAL_DEFINITIONS: dict[str, Definition] = {
    "demand": Definition(
        "veh", "visits in the paths of all vehicles due before the demand ends, whether they were reached or not"
    ),
    "arrived": Definition(
        "veh",
        "visits that began before the run ended; the visit of an approach begins when the front comes to a lane of it, "
        "and on the first approach of a trip when the vehicle is due",
    ),
    "served": Definition("veh", "visits in which the vehicle had passed the stop line before the run ended"),
    "volume": Definition("veh/h", "vehicles that passed the stop line before the horizon, per hour of demand"),
    "mean_delay": Definition(
        "s/veh",
        "time from the beginning of the visit to the arrival on the next road, less free travel time of lane and "
        "intersection, mean over the visits that began; a visit that is not over counts to the end of the run; the "
        "place counts the wait for room to enter at its own entry",
    ),
    "p95_delay": Definition("s", "delay (as in its mean) that 95 % of the visits do not exceed"),
    "entry_delay": Definition("s/veh", "part of the mean delay that vehicles waited outside for room to enter"),
    "stops": Definition(
        "1/veh", "times a vehicle came to a standstill (below 0.1 m/s) from the approach to the next road, mean"
    ),
    "mean_queue": Definition(
        "veh",
        "halted vehicles (below 0.1 m/s) from the approach to the next road, mean over the time until the horizon",
    ),
    "p95_queue": Definition(
        "veh",
        "halted vehicles on the lanes of the approach, not exceeded at 95 % of the looks"
        " until the horizon, one every 11 s",
    ),
    "mean_queue_length": Definition(
        "m",
        "distance from the stop line to the rear of the last halted vehicle, on the lane where it is longest, mean "
        "over the looks until the horizon, one every 11 s",
    ),
    "p95_queue_length": Definition("m", "that distance in whole metres, not exceeded at 95 % of the looks"),
    "capacity": Definition(
        "veh/h",
        "saturation flow times share of effective green, until the horizon; the effective green is the green less the "
        "time that a starting queue loses; vehicles of several movements share the capacity of a lane in the ratio of "
        "their numbers",
    ),
    "saturation": Definition(
        "v/c", "vehicles that arrived before the horizon per capacity; of an approach or intersection the greatest one"
    ),
    "arrivals_on_green": Definition(
        "share",
        "visits whose vehicle would have reached the stop line during green, if it had driven on at its free speed",
    ),
    "spillback": Definition(
        "s",
        "time until the horizon in which a lane of the approach was full: its queue left less than 7.5 m to the "
        "lane's start; looked at every 11 s",
    ),
    "total_delay": Definition("veh s", "delay (as in its mean), sum over the visits that began"),
}
