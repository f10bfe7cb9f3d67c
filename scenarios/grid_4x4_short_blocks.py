"""Who keeps short blocks from locking up?

The blocks of a 4 x 4 grid are 90 m long, and a lane between two intersections has room for eight vehicles. A green that
lasts while vehicles come fills the next block, and full blocks close to rings in which nobody moves. Expect gridlock
under actuated control, and the plan of Webster ahead of it. With blocks of 300 m it is the other way round.
"""

from traffic_marl.scenario import GridNetwork, Scenario, TurningFlows, TurningShares

scenario = Scenario(
    name="grid_4x4_short_blocks",
    description="Who keeps short blocks from locking up? A 4 x 4 grid with blocks of 90 m, where queues spill back.",
    network=GridNetwork(rows=4, columns=4, block_m=90.0, rim_m=250.0),
    demand=TurningFlows(inflow_vph=430.0, turning=TurningShares(left=0.12, through=0.74, right=0.14)),
    duration_s=3600,
    clearing_s=1800,
)

if __name__ == "__main__":
    from traffic_marl.cli import compare_scenario

    compare_scenario(scenario)
