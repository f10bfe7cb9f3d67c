"""What can signals do when more vehicles come than fit?

For half an hour, all sides of a 3 x 3 grid send more than its intersections can serve. No strategy avoids the queues,
and all vehicles wait for minutes. Those that serve long queues with long greens lose least by changing. Expect actuated
control ahead of max pressure, which changes often, and nobody left over an hour later.
"""

from traffic_marl.scenario import GridNetwork, ProfilePoint, Scenario, TurningFlows

scenario = Scenario(
    name="grid_3x3_oversaturated",
    description="What can signals do when more vehicles come than fit? Half an hour above capacity on a 3 x 3 grid.",
    network=GridNetwork(rows=3, columns=3),
    demand=TurningFlows(
        inflow_vph=820.0,
        profile=(
            ProfilePoint(time_s=0, factor=1.0),
            ProfilePoint(time_s=1800, factor=1.0),
            ProfilePoint(time_s=1860, factor=0.25),
        ),
    ),
    duration_s=3600,
    clearing_s=3600,
)

if __name__ == "__main__":
    from traffic_marl.cli import compare_scenario

    compare_scenario(scenario)
