"""What are detectors worth where a plan is at its best?

A 3 x 3 grid has the same steady demand from all sides, so a plan for the mean flows suits every minute. Expect
Webster's plan far ahead of equal greens. Expect control by detectors ahead of the plan all the same, because vehicles
arrive at random.
"""

from traffic_marl.scenario import GridNetwork, Scenario, TurningFlows

scenario = Scenario(
    name="grid_3x3_steady",
    description="What are detectors worth where a plan is at its best? Steady demand from all sides on a 3 x 3 grid.",
    network=GridNetwork(rows=3, columns=3),
    demand=TurningFlows(inflow_vph=480.0),
    duration_s=3600,
    clearing_s=900,
)

if __name__ == "__main__":
    from traffic_marl.cli import compare_scenario

    compare_scenario(scenario)
