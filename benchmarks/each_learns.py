"""Does every algorithm, network, policy and critic learn? Mean delay before and after a budget on one small scenario.

`before` is the mean delay of the untrained greedy policy, `after` that of the best checkpoint, both on the validation
seeds. Asynchronous algorithms sample in a process of their own.
"""

import argparse
import tempfile
from pathlib import Path
from typing import Any

from timing import print_table

from traffic_marl import load_scenario
from traffic_marl.learning.runs.budget import Budget, Validation
from traffic_marl.learning.runs.state import RunSettings
from traffic_marl.learning.runs.validation import validate
from traffic_marl.learning.settings import TrainingSettings
from traffic_marl.learning.train import begin, make_learner, run_training
from traffic_marl.scenario.seeds import validation_seeds
from traffic_marl.tuning import tuned

SCENARIO = "grid_2x2_smoke"
SLOW = 3.0  # factor of the budget for those that need more samples
CHOICES: tuple[tuple[float, dict[str, Any]], ...] = (  # factor of the budget, settings
    (1.0, {"algorithm": "ppo"}),
    (SLOW, {"algorithm": "appo", "runners": 1}),
    (SLOW, {"algorithm": "impala", "runners": 1}),
    (SLOW, {"algorithm": "dqn"}),
    (1.0, {"algorithm": "reinforce"}),
    (1.0, {"algorithm": "tabular-q"}),
    (SLOW, {"network": "mlp"}),
    (1.0, {"policy": "independent"}),
    (1.0, {"policy": "by-type"}),
    (1.0, {"policy": "attention"}),
    (1.0, {"critic": "central"}),
    (SLOW, {"policy": "independent", "network": "mlp"}),
    (1.0, {"policy": "attention", "critic": "central"}),
    (1.0, {"policy": "independent", "critic": "central"}),
)
HEAD = ["algorithm", "network", "policy", "critic", "minutes", "before [s/veh]", "after [s/veh]", "agent-steps"]


def outcome(settings: TrainingSettings, minutes: float, seeds: int, folder: Path) -> list[str]:
    """A row of the table."""
    scenario = load_scenario(SCENARIO)
    learner = make_learner(scenario, settings)
    before = validate(scenario, learner.policy(), settings, validation_seeds(seeds))
    learner.close()
    validation = Validation(every=5, seeds=seeds, classical=False)
    report = run_training(begin(scenario, RunSettings(settings, Budget(minutes=minutes), validation), folder))
    assert report.best_delay is not None, "a run ends with a validation"
    names = [
        settings.algorithm,
        settings.network,
        settings.policy,
        settings.critic if settings.traits.has_critic else "-",
    ]
    if settings.traits.has_tables:
        names[1] = "-"
    return [*names, f"{minutes:g}", f"{before:.1f}", f"{report.best_delay:.1f}", f"{report.agent_steps:,}"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=0.5, help="of training; the slow ones get 3 times as many")
    parser.add_argument("--seeds", type=int, default=5, help="number of validation seeds")
    parser.add_argument("--seed", type=int, default=0, help="seed of the training")
    flags = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for number, (times, choices) in enumerate(CHOICES):
            settings = TrainingSettings.chosen(**choices, seed=flags.seed)
            rows.append(outcome(settings, times * flags.minutes, flags.seeds, Path(folder) / str(number)))
    print(f"{SCENARIO}, {flags.seeds} validation seeds\n")
    print_table(HEAD, rows)
    name, delay = tuned(load_scenario(SCENARIO), validation_seeds(flags.seeds), lambda label: None)[0]
    print(f"\nbest classical strategy, tuned: {name}, {delay:.1f} s/veh")


if __name__ == "__main__":
    main()
