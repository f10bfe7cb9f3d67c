"""What does a policy learn on blocks of 600 m?

One of the scenarios that the shipped general policy was trained on. It is meant for `train --also`.
"""

from traffic_marl.scenario import GridNetwork, Scenario, Signals, TurningFlows

scenario = Scenario(
    name="grid_3x4_600m",
    description="What does a policy learn on blocks of 600 m?",
    network=GridNetwork(rows=3, columns=4, block_m=600.0),
    demand=TurningFlows(inflow_vph=450.0),
    signals=Signals(yellow_s=5, all_red_s=0, min_green_s=0, max_green_s=None, max_red_s=None),
)

if __name__ == "__main__":
    from traffic_marl.cli import compare_scenario

    compare_scenario(scenario)
