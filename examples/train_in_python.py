"""Trains a policy in Python for two iterations, and uses it as a strategy.

Two iterations show how it is done. Good policies take some minutes: `minutes=5` in place of `iterations`.
"""

import tempfile

import traffic_marl

SCENARIO = traffic_marl.load_scenario("grid_2x2_smoke").model_copy(update={"duration_s": 120, "clearing_s": 60})


def main(folder):
    """Trains into a folder and compares the policy with a strategy of the program."""
    report = traffic_marl.train(
        SCENARIO, folder, iterations=2, copies=4, reward="queue", observation="queue+bands+exit"
    )
    print(f"{report.agent_steps} agent-steps, mean delay {report.best_delay:.1f} s/veh on the validation seeds")
    comparison = traffic_marl.compare(SCENARIO, [folder, "fixed_time"], seeds=range(3))
    for row in comparison.rows:
        name = "the new policy" if row.label == folder else row.label
        print(f"{name:15} {row.delay.mean:6.1f} s/veh")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as parent:
        main(f"{parent}/run")
