"""Runs a strategy on a data set in CityFlow's format: a folder with roadnet.json and flow.json.

python examples/import_cityflow.py path/to/folder
"""

import sys

import traffic_marl
from traffic_marl.scenario import cityflow_scenario


def main(folder):
    """Reads the data set, runs max pressure and prints the measures of the literature."""
    scenario = cityflow_scenario(folder, horizon_s=600)
    network = scenario.build_network()
    print(f"{scenario.name}: {len(network.intersections)} intersections, {len(network.lane_names)} lanes")
    rollout = traffic_marl.run(scenario, "max_pressure", seeds=[0])
    print(f"travel time {rollout.measures.travel_time_cityflow[0]:.1f} s, as CityFlow counts it")
    print(f"mean delay {rollout.measures.mean_delay[0]:.1f} s/veh")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
