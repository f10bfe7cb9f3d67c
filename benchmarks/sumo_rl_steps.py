"""Times sumo-rl's PettingZoo environment on RESCO's 4 x 4 grid; runs in a virtual environment of its own.

Arguments: seconds between decisions, decisions to warm up, decisions to time. Prints one line of JSON.
"""

import json
import os
import sys
from pathlib import Path
from time import perf_counter

os.environ["LIBSUMO_AS_TRACI"] = "1"  # before sumo_rl is imported

import sumo
import sumo_rl

os.environ.setdefault("SUMO_HOME", sumo.SUMO_HOME)


def main() -> None:
    interval, warm_up, steps = (int(word) for word in sys.argv[1:4])
    folder = Path(sumo_rl.__file__).parent / "nets" / "RESCO" / "grid4x4"
    env = sumo_rl.parallel_env(
        net_file=str(folder / "grid4x4.net.xml"),
        route_file=str(folder / "grid4x4_1.rou.xml"),
        delta_time=interval,
        yellow_time=3,
        min_green=5,
        num_seconds=(warm_up + steps + 10) * interval,
        use_gui=False,
        sumo_warnings=False,
    )
    env.reset(seed=0)
    spaces = {agent: env.action_space(agent) for agent in env.agents}
    agents = len(spaces)
    seconds = 0.0
    for step in range(warm_up + steps):
        actions = {agent: space.sample() for agent, space in spaces.items()}
        begin = perf_counter()
        env.step(actions)
        if step >= warm_up:
            seconds += perf_counter() - begin
    vehicles = env.unwrapped.env.sumo.vehicle.getIDCount()
    print("\n" + json.dumps({"agents": agents, "vehicles": vehicles, "seconds": seconds}))


if __name__ == "__main__":
    main()
