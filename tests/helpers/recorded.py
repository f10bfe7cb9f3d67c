"""A short recording that several tests look at: a crossing under load, 90 s, decisions every 7 s."""

from functools import cache

from traffic_marl.scenario import Scenario
from traffic_marl.strategies.catalogue import parse
from traffic_marl.viewer.recording.recorder import take
from traffic_marl.viewer.recording.recording import Recording

CROSSING = Scenario.model_validate(
    {
        "name": "crossing",
        "network": {"kind": "grid", "rows": 1, "columns": 2, "block_m": 120},
        "demand": {"kind": "turning", "inflow_vph": 1500},
        "decision_interval_s": 7,
        "duration_s": 120,
        "clearing_s": 600,
    }
)
SECONDS = 90
SHORT = 60


@cache
def recorded() -> Recording:
    """The recording of seed 3."""
    return take(CROSSING, parse("longest_queue"), 3, until=SECONDS)


@cache
def shorter() -> Recording:
    """The recording of another strategy on the same traffic. It ends after SHORT seconds."""
    return take(CROSSING, parse("fixed_time"), 3, until=SHORT)
