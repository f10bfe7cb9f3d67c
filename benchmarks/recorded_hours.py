"""Delay of policies that have learnt from 1, 4 and 24 hours of recorded decisions, and of PPO that goes on from them.

Actuated control is recorded on training seeds of a scenario. Behaviour cloning and MARWIL learn from the records alone.
PPO begins with the weights of the first, and trains in traffic. For comparison it also begins at random. Each number
is the best delay of a training on validation seeds.
"""

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from timing import print_table

from traffic_marl import Validation, load_scenario, train
from traffic_marl.learning.offline.recording import record
from traffic_marl.learning.settings import TrainingSettings
from traffic_marl.scenario import Scenario
from traffic_marl.strategies.catalogue import parse

VALIDATIONS, EVERY = 4, 6  # validations of a training from records, and iterations between two of PPO
OBSERVATION = "arrivals+room"
HEAD = ["hours", "choices", "bc [s/veh]", "marwil [s/veh]", "bc, then ppo [s/veh]", "minutes"]


def main() -> None:
    """Records, trains, and prints a row for each number of hours."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--scenario", default="grid_4x4_rush_hour")
    parser.add_argument("--hours", type=float, nargs="+", default=[1.0, 4.0, 24.0])
    parser.add_argument("--iterations", type=int, default=100, help="of bc and of marwil")
    parser.add_argument("--agent-steps", type=int, default=4_000_000, help="of ppo afterwards, 0 for none")
    parser.add_argument("--algorithms", nargs="+", default=["bc", "marwil"])
    parser.add_argument("--seeds", type=int, default=5, help="for validation")
    given = parser.parse_args()
    scenario = load_scenario(given.scenario)
    rows = []
    with TemporaryDirectory() as folder:
        if given.agent_steps:
            rows.append(["0", "0", "", "", online(scenario, Path(folder) / "random", given, None), ""])
        for hours in given.hours:
            rows.append(row_of(scenario, Path(folder) / f"{hours:g}", hours, given))
            print(" ".join(rows[-1]), file=sys.stderr, flush=True)  # in case that the rest takes too long
    print_table(HEAD, rows)


def row_of(scenario: Scenario, folder: Path, hours: float, given: argparse.Namespace) -> list[str]:
    """Delays after these hours of records."""
    begun = perf_counter()
    folder.mkdir()
    settings = TrainingSettings.chosen(action="gap_out", observation=OBSERVATION, copies=8)
    data = record(scenario, parse("actuated"), folder / "data", hours=hours, settings=settings)
    delays = {}
    for algorithm in given.algorithms:
        report = train(
            scenario,
            folder / algorithm,
            algorithm=algorithm,
            data=str(folder / "data"),
            iterations=given.iterations,
            validation=Validation(max(1, given.iterations // VALIDATIONS), given.seeds, False),
        )
        delays[algorithm] = f"{report.best_delay:.1f}"
    after = online(scenario, folder / "ppo", given, folder / "bc") if given.agent_steps and "bc" in delays else ""
    minutes = f"{(perf_counter() - begun) / 60.0:.1f}"
    return [
        f"{hours:g}",
        f"{data.facts.choices:,}",
        *(delays.get(name, "") for name in ("bc", "marwil")),
        after,
        minutes,
    ]


def online(scenario: Scenario, folder: Path, given: argparse.Namespace, start: Path | None) -> str:
    """The best delay [s/veh] of PPO in traffic, from the weights of a policy or from random ones."""
    report = train(
        scenario,
        folder,
        start=start,
        algorithm="ppo",
        action="gap_out",
        observation=OBSERVATION,
        agent_steps=given.agent_steps,
        validation=Validation(EVERY, given.seeds, False),
    )
    return f"{report.best_delay:.1f}"


if __name__ == "__main__":
    main()
