"""Does it scale to a hundred intersections?

A 10 x 10 grid has the same moderate demand from all sides.
"""

from traffic_marl.scenario import GridNetwork, Scenario, TurningFlows, TurningShares

scenario = Scenario(
    name="grid_10x10",
    description="Does it scale? A hundred intersections with the same moderate demand from all sides.",
    network=GridNetwork(rows=10, columns=10, block_m=300.0),
    demand=TurningFlows(inflow_vph=380.0, turning=TurningShares(left=0.08, through=0.82, right=0.1)),
    decision_interval_s=15,
    duration_s=3600,
    clearing_s=1800,
)

if __name__ == "__main__":
    from traffic_marl.cli import compare_scenario

    compare_scenario(scenario)
