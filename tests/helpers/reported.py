"""A small comparison with all that its report is made of."""

from functools import cache

from tests.helpers.recorded import CROSSING
from traffic_marl.report.findings import Findings
from traffic_marl.report.gathering import Recorded, gather
from traffic_marl.strategies.catalogue import parse

LABELS = ("longest_queue", "fixed_time")
SEEDS = (0, 1)


@cache
def reported() -> Findings:
    """Two strategies on two seeds, recorded on seed 1."""
    strategies = [parse(label) for label in LABELS]
    return gather(CROSSING, strategies, SEEDS, recorded=Recorded(seed=1), threads=1)
