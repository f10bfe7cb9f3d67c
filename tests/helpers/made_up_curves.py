"""Folders of runs with validations that were made up."""

from dataclasses import replace

from tests.helpers.made_up_runs import SMALL
from traffic_marl.learning.runs.budget import Budget, Validation
from traffic_marl.learning.runs.folder import RunFolder
from traffic_marl.learning.runs.state import RunSettings, RunState
from traffic_marl.learning.settings import TrainingSettings

SEEDS = (10_000, 10_001)
DELAYS = ((100.0, 104.0), (60.0, 64.0), (50.0, 54.0))  # [s/veh] of both seeds at each validation


def made_up_curve(path, delays=DELAYS, scenario=SMALL, steps=1000, each=True, **settings):
    """A run validated before its first iteration, and after each iteration of so many agent-steps and half a minute."""
    training = TrainingSettings(**settings)
    state = RunState(validation_seeds=SEEDS, scenario=scenario.hash(), classical=(("webster", 58.0),))
    folder = RunFolder.create(path, scenario, RunSettings(training, Budget(iterations=9), Validation(seeds=2)), state)
    rows = []
    for number, both in enumerate(delays):
        row = {"iteration": number, "agent_steps": steps * number, "seconds": 30.0 * number}
        row |= {"validation_delay": sum(both) / len(both)}
        rows.append(row | {f"validation_delay_of_{seed}": one for seed, one in zip(SEEDS, both, strict=True) if each})
    done = max(len(rows) - 1, 0)
    folder.write_state(replace(state, iteration=done, agent_steps=steps * done))
    folder.write_progress(rows)
    return folder
