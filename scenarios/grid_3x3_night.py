"""What does a plan cost at night?

One vehicle a minute enters on each road of a 3 x 3 grid. A plan lets it wait for its turn at an empty intersection.
Expect actuated control to need less than a third of the delay of Webster's plan, because a single detector call is
enough.
"""

from traffic_marl.scenario import GridNetwork, Scenario, TurningFlows

scenario = Scenario(
    name="grid_3x3_night",
    description="What does a plan cost at night? One vehicle a minute on each road into a 3 x 3 grid.",
    network=GridNetwork(rows=3, columns=3),
    demand=TurningFlows(inflow_vph=60.0),
    duration_s=3600,
    clearing_s=600,
)

if __name__ == "__main__":
    from traffic_marl.cli import compare_scenario

    compare_scenario(scenario)
