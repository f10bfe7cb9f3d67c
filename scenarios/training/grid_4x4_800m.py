"""What does a policy learn on blocks of 800 m and light traffic?

One of the scenarios that the shipped general policy was trained on. It is meant for `train --also`.
"""

from traffic_marl.scenario import GridNetwork, Scenario, Signals, TurningFlows

scenario = Scenario(
    name="grid_4x4_800m",
    description="What does a policy learn on blocks of 800 m and light traffic?",
    network=GridNetwork(rows=4, columns=4, block_m=800.0),
    demand=TurningFlows(inflow_vph=400.0),
    signals=Signals(yellow_s=5, all_red_s=0, min_green_s=0, max_green_s=None, max_red_s=None),
)

if __name__ == "__main__":
    from traffic_marl.cli import compare_scenario

    compare_scenario(scenario)
