"""`random_scenario`: a whole scenario drawn from a seed."""

import math
from typing import Any

import numpy as np

from traffic_marl.checks import at_least_one, checked_seed, ensure_kind
from traffic_marl.demand.demand import LONGEST_DURATION
from traffic_marl.network.generators.phase_sets import PhaseSet
from traffic_marl.scenario.demands import TurningFlows
from traffic_marl.scenario.disturbances.sensors import Sensors
from traffic_marl.scenario.networks import RandomNetwork
from traffic_marl.scenario.random.flows import random_flows
from traffic_marl.scenario.random.ranges import Ranges
from traffic_marl.scenario.scenario import Scenario
from traffic_marl.scenario.signals import Signals

PUBLISHED_SHARE = 0.3  # of the scenarios have the rules of the public data sets
PUBLISHED = {"yellow_s": 5, "all_red_s": 0, "min_green_s": 0, "max_green_s": None}
MOST_FAULTS = (0.2, 0.05, 0.1, 0.05)  # shares of vehicles missed and counted twice, of lanes blind and stuck
LATEST = 3  # [s] greatest age of readings
ROUNDING = 1e-9  # so that a tenth of ten intersections is one
STREAM, STREAM_OF_EXCEEDING, STREAM_OF_CLEARING = 1, 2, 3  # of the draws of a seed. The network has its own


def random_scenario(seed: int, ranges: Ranges | None = None, duration_s: int = 3600) -> Scenario:
    """A random scenario: network, demand, rules of the signals, and detectors. The same seed gives the same one.

    Each number is drawn uniformly within its range, if nothing else is said. Three of ten scenarios have the signals of
    the public data sets, with 5 s of yellow, no all-red and no limits of the green. No scenario has a max red. The
    load of the busiest intersection at the peak is drawn first, and the inflows follow from it. With
    `Ranges.exceeding` some intersections may have more load than that.

    Seeds for training, validation and tests are those of `scenario.seeds`, so that no policy is judged on a network
    that it was trained on.

    Args:
        seed: of all draws, that of the network included.
        ranges: within which the scenario is drawn. None takes the defaults.
        duration_s: [s] of the demand.

    Raises:
        UsageError: an argument is wrong.
    """
    seed, ranges = checked_seed(seed), Ranges() if ranges is None else ranges
    ensure_kind("ranges", ranges, Ranges, "Ranges()")
    duration = at_least_one("duration_s", duration_s, LONGEST_DURATION)
    generator = np.random.default_rng((seed, STREAM))
    phases: PhaseSet = ranges.phases[generator.integers(len(ranges.phases))]
    signals = _signals(phases, ranges, generator)
    network = RandomNetwork(
        seed=seed,
        intersections=ranges.intersections,
        block_m=ranges.block_m,
        lanes=ranges.lanes,
        speed_limit_kmh=ranges.speed_limit_kmh,
        keep_clear=_keeps_clear(seed, ranges),
    )
    without_demand = Scenario(
        name=f"random_{seed}",
        network=network,
        demand=TurningFlows(inflow_vph=0.0),
        signals=signals,
        duration_s=duration,
        clearing_s=duration // 2,
    )
    built = without_demand.build_network()
    intergreen, exceeding = signals.yellow_s + signals.all_red_s, _exceeding(seed, ranges, len(built.intersections))
    demand, load = random_flows(built, intergreen, duration, ranges, generator, exceeding)
    sensors = _sensors(ranges, generator)
    described = f"{len(built.intersections)} intersections with {phases} phases, load {load:.2f} at the peak"
    described += f", more at {exceeding} of them" if exceeding else ""
    return without_demand.model_copy(update={"demand": demand, "sensors": sensors, "description": described})


def _signals(phases: PhaseSet, ranges: Ranges, generator: np.random.Generator) -> Signals:
    """Random times, or those of the public data sets where they lie within the ranges."""
    times: dict[str, Any] = {
        name: int(generator.integers(least, most + 1))
        for name, (least, most) in (
            ("yellow_s", ranges.yellow_s),
            ("all_red_s", ranges.all_red_s),
            ("min_green_s", ranges.min_green_s),
        )
    }
    times["max_green_s"] = ranges.max_green_s[generator.integers(len(ranges.max_green_s))]
    if generator.random() < PUBLISHED_SHARE and _has_published(ranges):
        times = PUBLISHED
    return Signals(phases=phases, max_red_s=None, **times)


def _exceeding(seed: int, ranges: Ranges, intersections: int) -> int:
    """Number of intersections with more load than the one drawn. Its stream leaves all other draws as they are."""
    share = np.random.default_rng((seed, STREAM_OF_EXCEEDING)).uniform(*ranges.exceeding)
    return math.floor(share * intersections + ROUNDING)


def _keeps_clear(seed: int, ranges: Ranges) -> bool:
    """Whether junctions are kept clear. Its stream leaves all other draws as they are."""
    return bool(np.random.default_rng((seed, STREAM_OF_CLEARING)).random() < ranges.clear_share)


def _sensors(ranges: Ranges, generator: np.random.Generator) -> Sensors:
    """Detectors that work, or in some scenarios several faults at once."""
    missed, twice, blind, stuck = (round(generator.uniform(0.0, most), 3) for most in MOST_FAULTS)
    delay, known = int(generator.integers(0, LATEST + 1)), bool(generator.random() < 0.5)
    if generator.random() >= ranges.faulty_share:
        return Sensors()
    return Sensors(
        missed_share=missed, twice_share=twice, blind_share=blind, stuck_share=stuck, delay_s=delay, known=known
    )


def _has_published(ranges: Ranges) -> bool:
    """Whether the times of the public data sets lie within the ranges."""
    pairs = {name: getattr(ranges, name) for name in ("yellow_s", "all_red_s", "min_green_s")}
    within = all(least <= int(PUBLISHED[name] or 0) <= most for name, (least, most) in pairs.items())
    return within and None in ranges.max_green_s
