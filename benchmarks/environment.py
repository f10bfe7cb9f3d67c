"""Agent-steps a second of the environments: PettingZoo's parallel form, and the vectorised one for several batches.

An agent-step is one decision of one intersection. All environments have a 4 x 4 grid with three lanes on each
approach, four phases, decisions every 5 s and random actions, and are measured after a warm-up.

`--sumo-rl PYTHON` measures sumo-rl's PettingZoo environment on its 4 x 4 grid with libsumo in the same run, in turn
with ours. PYTHON is the interpreter of a virtual environment with `requirements-bench-sumo-rl.txt`. That is a second
one, because sumo-rl needs another release of PettingZoo.
"""

import argparse
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter

import numpy as np
from timing import cpus, print_table, with_unit

import traffic_marl
from traffic_marl import Scenario, VectorEnv

BATCHES = (1, 16, 64, 256)  # copies
INTERVAL = 5  # [s]
WARM_UP, STEPS = 120, 120  # decisions
INFLOW_VPH = 90  # on each of the 16 entry roads: moderate, 1,440 veh/h, as many as in RESCO's 4 x 4 grid
SCENARIO = Scenario.model_validate(
    {
        "name": "moderate",
        "network": {"kind": "grid", "rows": 4, "columns": 4},
        "demand": {"kind": "turning", "inflow_vph": INFLOW_VPH},
        "duration_s": (WARM_UP + STEPS) * INTERVAL + INTERVAL,
    }
)
HEAD = ["environment", "copies", "agents", "vehicles/copy", "environment steps/s", "agent-steps/s", "x sumo-rl"]

Figures = tuple[int, int, float, float]  # copies, agents, vehicles a copy, environment steps/s


def parallel() -> Figures:
    """PettingZoo's parallel form."""
    env = traffic_marl.parallel_env(SCENARIO, seed=0, interval=INTERVAL)
    env.reset()
    generator = np.random.default_rng(0)
    spaces = {agent: env.action_space(agent).n for agent in env.agents}

    def step() -> None:
        env.step({agent: int(generator.integers(count)) for agent, count in spaces.items()})

    wall = timed(step)
    return 1, len(spaces), float(env.vector.simulation.under_way().mean()), STEPS / wall


def vectorised(copies: int) -> Figures:
    """The vectorised form."""
    env = traffic_marl.vector_env(SCENARIO, copies, seeds=range(16), interval=INTERVAL)
    env.reset()
    generator = np.random.default_rng(0)

    def step() -> None:
        env.step(generator.integers(0, env.num_actions, (copies, len(env.intersections))))

    wall = timed(step)
    return copies, len(env.intersections), float(env.simulation.under_way().mean()), copies * STEPS / wall


def timed(step: Callable[[], None]) -> float:
    """[s] that the steps after the warm-up take."""
    for _ in range(WARM_UP):
        step()
    begin = perf_counter()
    for _ in range(STEPS):
        step()
    return perf_counter() - begin


def sumo_rl(python: Path) -> Figures:
    """sumo-rl's parallel form, in a process of its own virtual environment."""
    script = Path(__file__).with_name("sumo_rl_steps.py")
    command = [str(python), str(script), str(INTERVAL), str(WARM_UP), str(STEPS)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"sumo-rl failed:\n{done.stderr}")
    figures = json.loads(done.stdout.splitlines()[-1])
    return 1, figures["agents"], figures["vehicles"], STEPS / figures["seconds"]


def shares(copies: int) -> list[str]:
    """Time of a step for traffic, for readings, and for observations and rewards."""
    env: VectorEnv = traffic_marl.vector_env(SCENARIO, copies, seeds=range(16), interval=INTERVAL)
    env.reset()
    generator = np.random.default_rng(0)
    spent = np.zeros((WARM_UP + STEPS, 3))
    for row in spent:
        actions = generator.integers(0, env.num_actions, (copies, len(env.intersections))).astype(np.int32)
        begin = perf_counter()
        env.simulation.advance(actions, INTERVAL)
        moved = perf_counter()
        readings = env.simulation.readings()
        read = perf_counter()
        env.encoder(readings)
        env.reward(readings)
        row[:] = moved - begin, read - moved, perf_counter() - read
    return [str(copies), *(f"{micro:.0f}" for micro in np.median(spent[WARM_UP:], axis=0) * 1e6)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sumo-rl", type=Path, metavar="PYTHON", help="interpreter with sumo-rl and libsumo")
    parser.add_argument("--rounds", type=int, default=3, help="of which the medians are shown")
    flags = parser.parse_args()
    runs: dict[str, Callable[[], Figures]] = {"parallel_env": parallel}
    runs |= {f"vector_env {copies}": lambda copies=copies: vectorised(copies) for copies in BATCHES}
    if flags.sumo_rl:
        runs["sumo-rl parallel_env"] = lambda: sumo_rl(flags.sumo_rl)
    measured: dict[str, list[Figures]] = {name: [] for name in runs}
    for _ in range(flags.rounds):
        for name, run in runs.items():
            measured[name].append(run())
    print(f"{cpus()} CPUs; medians of {flags.rounds} rounds, in turn\n")
    rate = {name: median(each[3] * each[1] for each in figures) for name, figures in measured.items()}
    theirs = rate.get("sumo-rl parallel_env")
    rows = []
    for name, figures in measured.items():
        copies, agents, vehicles, _ = figures[0]
        beside = f"{rate[name] / theirs:.1f}" if theirs else "-"
        steps, agent_steps = with_unit(rate[name] / agents), with_unit(rate[name])
        rows.append([name.split()[0], str(copies), str(agents), f"{vehicles:.0f}", steps, agent_steps, beside])
    print_table(HEAD, rows)
    print()
    shown = [shares(copies) for copies in BATCHES]
    print_table(["copies", "traffic [us]", "readings [us]", "observations and rewards [us]"], shown)


if __name__ == "__main__":
    main()
