"""Agent-steps per second and costs of training: by runners, synchronous and asynchronous, on one node and on several.

All forms step the same number of copies in all, and learn with the same settings. Every round starts ray anew in a
process of its own, and the forms take turns in it, so that a disturbance meets them all. The nodes of a cluster are
processes on this machine, which offer one CPU each. They show the costs of a cluster, not the gain of more machines.

With `--until STRATEGY` it is measured instead how long each form trains until it beats this strategy on the validation
seeds by `--margin`. The time of validations is part of it, the start of ray is not.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from timing import cpus, print_table, with_unit

from traffic_marl.learning.costs.costs import Costs
from traffic_marl.learning.iterations import Learner
from traffic_marl.learning.placing.placement import HERE, Placement
from traffic_marl.learning.runs.budget import Validation
from traffic_marl.learning.settings import TrainingSettings
from traffic_marl.learning.train import train
from traffic_marl.scenario import load_scenario

COPIES = 16  # of all runners
WARM_UP = 2  # iterations that are not measured
SERVER = 8.0  # [s] in which a server of weights has started
HEAD = [
    *("form", "nodes", "agent-steps/s", "sampling", "learning", "transfer", "idle runners", "idle learner"),
    *("B/agent-step", "age [updates]", "greatest", "age [s]"),
]
DELAY_HEAD = ["form", "nodes", "reached", "seconds", "agent-steps"]


@dataclass(frozen=True)
class Form:
    """A way to train."""

    algorithm: str
    runners: int
    weights: str = "push"

    def __str__(self) -> str:
        mode = f"{self.algorithm}, {self.weights}" if self.algorithm == "appo" else self.algorithm
        return f"{mode}, {self.runners} runners" if self.runners else f"{mode}, main process alone"

    def settings(self, **others: Any) -> TrainingSettings:
        """Its settings, with the copies shared out among the runners."""
        chosen = {"algorithm": self.algorithm, "runners": self.runners, "copies": COPIES // max(1, self.runners)}
        if self.weights != "push":
            chosen["weights"] = self.weights
        return TrainingSettings.chosen(**chosen, **others)


LOCAL = (
    Form("ppo", 0),
    *(Form("ppo", runners) for runners in (1, 2)),
    *(Form("appo", runners, weights) for runners in (1, 2) for weights in ("push", "pull")),
)


def forms_on(nodes: int) -> Sequence[Form]:
    """The forms that are measured on so many nodes. On several, each has a runner."""
    return LOCAL if nodes == 1 else (Form("ppo", nodes), Form("appo", nodes), Form("appo", nodes, "pull"))


@contextmanager
def place_of(nodes: int) -> Iterator[Placement]:
    """A place with so many nodes of one CPU. One node is this machine."""
    if nodes == 1:
        yield HERE
        return
    os.environ["RAY_AUTH_MODE"] = "disabled"  # before ray is imported. Its nodes listen on the loopback alone.
    from ray.cluster_utils import Cluster

    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    try:
        for _ in range(nodes - 1):
            cluster.add_node(num_cpus=1)
        yield Placement(address=cluster.address)
    finally:
        import ray

        ray.shutdown()
        cluster.shutdown()


def measured_pace(form: Form, scenario: str, placement: Placement, seconds: float) -> dict[str, Any]:
    """Figures of one form, medians over the iterations of some seconds."""
    from traffic_marl.learning.rllib.learner import RllibLearner

    learner = RllibLearner(load_scenario(scenario), form.settings(), placement=placement)
    try:
        for _ in range(WARM_UP):
            learner.iterate(0.0)
        if form.weights == "pull":
            iterated(learner, SERVER)
        steps, costs, spent = iterated(learner, seconds)
    finally:
        learner.close()
    return {"agent_steps_per_s": steps / spent, **figures(costs, steps)}


def iterated(learner: Learner, seconds: float) -> tuple[int, list[Costs], float]:
    """Agent-steps, costs and time [s] of the iterations of some seconds."""
    begin, steps, costs = perf_counter(), 0, []
    while perf_counter() - begin < seconds:
        iteration = learner.iterate(0.0)
        steps += iteration.agent_steps
        costs += [] if iteration.costs is None else [iteration.costs]
    return steps, costs, perf_counter() - begin


def figures(costs: Sequence[Costs], steps: int) -> dict[str, float]:
    """Costs of iterations: medians of shares and ages, the greatest age, bytes for each agent-step."""
    ages = [each.age for each in costs if each.age is not None]
    timed = [each.age_in_seconds.mean for each in costs if each.age_in_seconds is not None]
    shares: dict[str, list[float | None]] = {
        "sampling": [each.sampling_share for each in costs],
        "learning": [each.learning_share for each in costs],
        "transfer": [each.transfer_share for each in costs],
        "idle_runners": [each.idle_share_of_runners for each in costs],
        "idle_learner": [each.idle_share_of_learners for each in costs],
        "age": [each.mean for each in ages],
        "age_s": list(timed),
    }
    known = {name: [value for value in values if value is not None] for name, values in shares.items()}
    found = {name: median(values) for name, values in known.items() if values}
    found["bytes"] = sum(each.moved.total for each in costs) / max(1, steps)
    return found | {"age_most": max((each.most for each in ages), default=0.0)}


def measured_delay(form: Form, scenario: str, placement: Placement, arguments: argparse.Namespace) -> dict[str, Any]:
    """Time [s] and agent-steps until a form beats a strategy."""
    from traffic_marl.learning.rllib.cluster import start_ray

    start_ray(form.runners, placement)
    settings = form.settings()
    with TemporaryDirectory() as folder:
        report = train(
            scenario,
            Path(folder) / "run",
            minutes=arguments.minutes,
            target=arguments.until,
            margin=arguments.margin,
            validation=Validation(every=arguments.every, classical=False),
            **{name: getattr(settings, name) for name in ("algorithm", "runners", "copies", "weights")},
        )
    return {"reached": report.is_reached, "seconds": report.seconds, "agent_steps": report.agent_steps}


def child(arguments: argparse.Namespace) -> None:
    """Measures all forms on a number of nodes once and prints their figures as lines of JSON."""
    with place_of(arguments.child) as placement:
        for form in (each for each in forms_on(arguments.child) if arguments.forms in str(each)):
            if arguments.until is None:
                found = measured_pace(form, arguments.scenario, placement, arguments.seconds)
            else:
                found = measured_delay(form, arguments.scenario, placement, arguments)
            print(json.dumps({"form": str(form), "nodes": arguments.child, **found}), flush=True)


def rounds_of(arguments: argparse.Namespace) -> dict[tuple[str, int], list[dict[str, Any]]]:
    """The figures of all rounds, by form and number of nodes."""
    found: dict[tuple[str, int], list[dict[str, Any]]] = {}
    for _ in range(arguments.rounds):
        for nodes in map(int, arguments.nodes.split(",")):
            command = [sys.executable, __file__, *sys.argv[1:], "--child", str(nodes)]
            output = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
            for line in output.splitlines():
                row = json.loads(line)
                found.setdefault((row["form"], row["nodes"]), []).append(row)
    return found


def pace_row(form: str, nodes: int, rounds: Sequence[dict[str, Any]]) -> list[str]:
    """A row of medians over the rounds."""

    def middle(name: str) -> float | None:
        values = [each[name] for each in rounds if name in each]
        return median(values) if values else None

    def share(name: str) -> str:
        value = middle(name)
        return "-" if value is None else f"{value:.0%}"

    def number(name: str) -> str:
        value = middle(name)
        return "-" if value is None else f"{value:.2g}"

    names = ("sampling", "learning", "transfer", "idle_runners", "idle_learner")
    pace = with_unit(middle("agent_steps_per_s") or 0.0)
    return [form, str(nodes), pace, *map(share, names), *map(number, ("bytes", "age", "age_most", "age_s"))]


def delay_row(form: str, nodes: int, rounds: Sequence[dict[str, Any]]) -> list[str]:
    """A row of medians over the rounds."""
    reached = sum(each["reached"] for each in rounds)
    seconds, steps = (median(each[name] for each in rounds) for name in ("seconds", "agent_steps"))
    return [form, str(nodes), f"{reached} of {len(rounds)}", f"{seconds:.1f}", with_unit(steps)]


def main() -> None:
    """Measures as the command line says and prints a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenario", default="grid_4x4_rush_hour")
    parser.add_argument("--nodes", default="1,2,3", help="numbers of nodes")
    parser.add_argument("--forms", default="", help="measure the forms that have this in their name, such as ppo")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=6.0, help="time that each form is measured in a round")
    parser.add_argument("--until", metavar="STRATEGY", help="measure the time to beat this strategy instead")
    parser.add_argument("--margin", type=float, default=0.02)
    parser.add_argument("--minutes", type=float, default=2.0, help="longest training")
    parser.add_argument("--every", type=int, default=5, help="iterations between validations")
    parser.add_argument("--child", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child is not None:
        child(arguments)
        return
    print(f"{arguments.scenario}, {COPIES} copies in all, {cpus()} CPUs, medians of {arguments.rounds} rounds")
    found = rounds_of(arguments)
    head, row = (HEAD, pace_row) if arguments.until is None else (DELAY_HEAD, delay_row)
    print_table(head, [row(form, nodes, rounds) for (form, nodes), rounds in found.items()])


if __name__ == "__main__":
    main()
