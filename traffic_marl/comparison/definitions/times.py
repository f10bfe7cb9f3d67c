"""Published definitions of travel time and delay, each computed from the same records."""

import numpy as np

from traffic_marl.arrays import Floats
from traffic_marl.kernels.tables import NEVER
from traffic_marl.measures import DEFINITIONS, Definition, Measures, delays_of, mean_of
from traffic_marl.rollout import Rollout
from traffic_marl.simulation import Records
from traffic_marl.simulation.conservation import vehicle_columns

PRIMARY = "mean_delay"  # the definition that others are compared to
OWN = ("mean_delay", "mean_travel_time", "travel_time_cityflow", "travel_time_log")  # that are measures already

FURTHER: dict[str, Definition] = {
    "travel_time_entered": Definition(
        "s/veh",
        "mean over the vehicles that entered before the horizon, from entering to the start of the trip's last second, "
        "or to the horizon; so SUMO's tripinfo with unfinished trips, as RESCO's `duration` and the travel time of "
        "tlc-baselines; vehicles that find no room to enter are missing",
    ),
    "travel_time_completed": Definition(
        "s/veh",
        "mean over the trips completed before the horizon, from entering; so SUMO's tripinfo as it is written by "
        "default; vehicles held up for longest are missing",
    ),
    "delay_completed": Definition(
        "s/veh",
        "mean over the trips completed before the horizon, from the scheduled departure, less the free travel time; "
        "so SUMO's timeLoss and departDelay of completed trips",
    ),
    "waiting_time": Definition(
        "s/veh",
        "time below 0.1 m/s until the horizon, mean over the vehicles that entered before it; so SUMO's waitingTime, "
        "as RESCO takes it; slow driving and waiting to enter are missing",
    ),
}


def definitions() -> dict[str, Definition]:
    """All definitions, the primary one first."""
    return {name: DEFINITIONS[name] for name in OWN} | FURTHER


def times_of(rollout: Rollout) -> dict[str, Floats]:
    """[s/veh] (B,) the mean time of each copy by each definition. It is nan over no vehicle."""
    own = {name: _measure(rollout.measures, name) for name in OWN}
    return own | further_times(rollout.at_horizon, rollout.horizon)


def further_times(records: Records, horizon: int) -> dict[str, Floats]:
    """[s/veh] (B,) the mean times that are no measures.

    Args:
        records: of every vehicle when the demand ended.
        horizon: [s] that moment.
    """
    demanded = vehicle_columns(records) & (records.scheduled < horizon)
    entered = demanded & (records.entered != NEVER)
    completed = demanded & (records.left != NEVER)
    until = np.where(records.left == NEVER, horizon, records.left)
    on_road = until - records.entered
    return {
        "travel_time_entered": mean_of(on_road, entered),
        "travel_time_completed": mean_of(on_road, completed),
        "delay_completed": mean_of(delays_of(records), completed),
        "waiting_time": mean_of(records.halted, entered),
    }


def _measure(measures: Measures, name: str) -> Floats:
    """(B,) a measure by name."""
    return np.asarray(getattr(measures, name), np.float64)
