"""Does everything work?

Ten minutes of light traffic on four intersections take a few seconds to compare.
"""

from traffic_marl.scenario import GridNetwork, Scenario, TurningFlows

scenario = Scenario(
    name="grid_2x2_smoke",
    description="Does everything work? Ten minutes of light traffic on four intersections.",
    network=GridNetwork(rows=2, columns=2, block_m=200.0),
    demand=TurningFlows(inflow_vph=400.0),
    duration_s=600,
    clearing_s=300,
)

if __name__ == "__main__":
    from traffic_marl.cli import compare_scenario

    compare_scenario(scenario)
