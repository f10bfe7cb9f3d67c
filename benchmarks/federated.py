"""Delay of a policy that three districts learn together, apart, and from all data in one place.

The districts are the first quarter of an hour of three shipped scenarios. `federated` trains in each of them and
averages policies. `pooled` trains one policy on the traffic of all three at once. `alone` trains a policy in one
district. `pooled` samples as many agent-steps as all districts of `federated` together, and `alone` trains as many
iterations as one of them. The last policy of each is measured on the validation seeds of all districts. Actuated
control is measured on the same seeds.
"""

import argparse
import sys
from pathlib import Path
from statistics import fmean
from tempfile import TemporaryDirectory
from time import perf_counter

from timing import print_table

from traffic_marl import run, train
from traffic_marl.learning.federated.federation import Federation
from traffic_marl.learning.learned import load_learned
from traffic_marl.learning.runs.budget import Validation
from traffic_marl.scenario import Scenario, load_scenario
from traffic_marl.scenario.seeds import validation_seeds

DISTRICTS = {"arterial": "arterial_1x4_lefts", "grid": "grid_3x3_steady", "town": "irregular_12"}
DURATION = 900  # [s] of the demand
SEEDS = 10  # for validation
ONCE = 10**6  # iterations between validations: none but the first and the last


def main() -> None:
    """Trains, measures and prints a table for each training seed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=40, help="averages of the federated training")
    parser.add_argument("--every", type=int, default=2, help="iterations of each district between two averages")
    parser.add_argument("--copies", type=int, default=16, help="copies of the traffic")
    parser.add_argument("--training-seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--learning-rate", type=float, default=None, help="of federated and of pooled trainings")
    parser.add_argument("--noise", type=float, nargs="*", default=[], help="also with noise of these multiples")
    parser.add_argument("--clip", type=float, default=1.0, help="bound of updates with noise")
    given = parser.parse_args()
    with TemporaryDirectory() as folder:
        scenarios = made_scenarios(Path(folder))
        for seed in given.training_seeds:
            rows = measured(Path(folder) / f"seed_{seed}", scenarios, seed, given)
            print(f"training seed {seed}: mean delay [s/veh] on {SEEDS} validation seeds of each district")
            print_table(["policy", *DISTRICTS, "minutes"], rows)


def made_scenarios(folder: Path) -> dict[str, Path]:
    """The files of the districts' scenarios."""
    paths = {}
    for name, shipped in DISTRICTS.items():
        scenario = load_scenario(shipped).model_copy(update={"duration_s": DURATION, "name": name})
        paths[name] = folder / f"{name}.json"
        scenario.save(paths[name])
    return paths


def measured(folder: Path, scenarios: dict[str, Path], seed: int, given: argparse.Namespace) -> list[list[str]]:
    """A row for each policy."""
    loaded = {name: load_scenario(path) for name, path in scenarios.items()}
    rows = [["actuated", *(f"{delay:.1f}" for delay in delays("actuated", loaded)), ""]]
    options = {"seed": seed, "copies": given.copies, "validation": Validation(ONCE, 1, False)}
    terms = {"federated": {}}
    terms |= {f"noise {noise:g}": {"noise": noise, "update_clip": given.clip} for noise in given.noise}
    rate = {} if given.learning_rate is None else {"learning_rate": given.learning_rate}
    agent_steps = 0
    for label, privacy in terms.items():
        federation = Federation(tuple(f"{name}={path}" for name, path in scenarios.items()), given.every, **privacy)
        begun = perf_counter()
        report = train(None, folder / label, federation=federation, iterations=given.rounds, **options, **rate)
        agent_steps = report.agent_steps
        rows.append(row_of(label, folder / label, loaded, begun))
    begun = perf_counter()
    first, *others = map(str, scenarios.values())
    train(first, folder / "pooled", also=others, agent_steps=agent_steps, **options, **rate)
    rows.append(row_of("pooled", folder / "pooled", loaded, begun))
    for name, path in scenarios.items():
        begun = perf_counter()
        train(path, folder / name, iterations=given.rounds * given.every, **options)
        rows.append(row_of(f"{name} alone", folder / name, loaded, begun))
    return rows


def row_of(label: str, folder: Path, scenarios: dict[str, Scenario], begun: float) -> list[str]:
    """The delays of the last policy of a run, and the time that it took."""
    minutes = (perf_counter() - begun) / 60.0
    policy = f"{folder}:checkpoint=last"
    row = [label, *(f"{delay:.1f}" for delay in delays(policy, scenarios)), f"{minutes:.1f}"]
    print(" ".join(row), file=sys.stderr, flush=True)  # in case that the rest takes too long
    return row


def delays(strategy: str, scenarios: dict[str, Scenario]) -> list[float]:
    """[s/veh] Mean delay of a strategy in each district."""
    named = load_learned(strategy) if "/" in strategy else strategy
    seeds = validation_seeds(SEEDS)
    return [fmean(run(scenario, named, seeds).measures.mean_delay.tolist()) for scenario in scenarios.values()]


if __name__ == "__main__":
    main()
