"""Which decision interval and parameters suit each classical strategy? Chosen on the validation seeds of a scenario.

Many more settings are tried than before a training, where `traffic_marl.tuning` tries a few.

Prints each strategy's best setting and the command that compares them all on test seeds: the bar for learned policies.
"""

import argparse
from itertools import product

from timing import print_table

from traffic_marl import load_scenario
from traffic_marl.scenario import Scenario
from traffic_marl.scenario.seeds import validation_seeds
from traffic_marl.tuning import delay_of, mean_delays

INTERVALS = (5, 10, 15, 20)  # [s] of the strategies that leave it open
SETTINGS: dict[str, dict[str, tuple[object, ...]]] = {
    "fixed_time": {"green_s": (10, 15, 20, 25, 30, 40)},
    "webster": {"shortest_cycle_s": (30, 60), "longest_cycle_s": (90, 120, 180), "startup_lost_s": (0, 2)},
    "green_wave": {"shortest_cycle_s": (30, 60), "longest_cycle_s": (90, 120, 180), "speed_kmh": (None, 40, 50)},
    "actuated": {"gap_s": (1, 2, 3), "longest_green_s": (30, 45, 60, 120)},
    "actuated_longest_queue": {
        "gap_s": (1, 2),
        "longest_green_s": (30, 40, 60, 120),
        "longest_wait_s": (120, 180, 300),
    },
    "rolling_horizon": {"horizon_s": (45, 60, 90, 120), "startup_lost_s": (1, 2), "urgency": (0.15, 0.3, 0.6)},
    "sotl": {"threshold_veh_s": (50, 100, 200, 300), "reach_m": (60, 120), "platoon_veh": (0, 2, 4)},
    "max_pressure": {"exit": ("sum", "mean"), "interval_s": INTERVALS},
    "efficient_max_pressure": {"interval_s": INTERVALS},
    "longest_queue": {"reach_m": (0, 60, 120, 200), "hold": (0, 1, 2, 4), "interval_s": INTERVALS},
}


def labels(strategy: str) -> list[str]:
    """The strategy with all its settings, as `compare` takes them."""
    found = []
    for values in product(*SETTINGS[strategy].values()):
        pairs = zip(SETTINGS[strategy], values, strict=True)
        found.append(f"{strategy}:" + ",".join(f"{key}={value}" for key, value in pairs if value is not None))
    return found


def best(scenario: Scenario, strategy: str, seeds: tuple[int, ...]) -> tuple[float, str, int]:
    """Least mean delay [s/veh], the setting that has it, and how many were tried."""
    found = mean_delays(scenario, tuple(labels(strategy)), seeds, lambda label: None)
    label, least = min(found, key=delay_of)
    return least, label, len(found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scenario", nargs="?", default="grid_4x4_rush_hour")
    parser.add_argument("--seeds", type=int, default=5, help="validation seeds")
    flags = parser.parse_args()
    scenario = load_scenario(flags.scenario)
    rows, chosen = [], []
    for strategy in SETTINGS:
        least, label, tried = best(scenario, strategy, validation_seeds(flags.seeds))
        rows.append([label, f"{least:.1f}", str(tried)])
        chosen.append(label)
    print_table(["best setting", "mean delay [s/veh]", "settings tried"], rows)
    print(f"\npython run.py compare {flags.scenario} --strategies {','.join(chosen)}")


if __name__ == "__main__":
    main()
