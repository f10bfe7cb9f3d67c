"""What does a policy learn where streets fill up and block each other?

One of the scenarios that the shipped general policy was trained on. It is meant for `train --also`. Its inflows are 1.4
times those of `grid_4x4_rush_hour`, so that more vehicles come than can leave.
"""

from traffic_marl.scenario import Entry, GridNetwork, ProfilePoint, Scenario, TurningFlows, TurningShares

MAIN_VPH, SECONDARY_VPH = 840.0, 430.0
STREETS = range(1, 5)

scenario = Scenario(
    name="grid_4x4_overload",
    description="What does a policy learn where streets fill up and block each other?",
    network=GridNetwork(rows=4, columns=4, block_m=300.0),
    demand=TurningFlows(
        entries=(
            *(Entry(road=f"road_west_{row}_E", inflow_vph=MAIN_VPH) for row in STREETS),
            *(Entry(road=f"road_south_{column}_N", inflow_vph=MAIN_VPH) for column in STREETS),
            *(Entry(road=f"road_east_{row}_W", inflow_vph=SECONDARY_VPH) for row in STREETS),
            *(Entry(road=f"road_north_{column}_S", inflow_vph=SECONDARY_VPH) for column in STREETS),
        ),
        turning=TurningShares(left=0.12, through=0.73, right=0.15),
        profile=(
            ProfilePoint(time_s=0, factor=0.4),
            ProfilePoint(time_s=1200, factor=1.0),
            ProfilePoint(time_s=2100, factor=1.0),
            ProfilePoint(time_s=3600, factor=0.3),
        ),
    ),
)

if __name__ == "__main__":
    from traffic_marl.cli import compare_scenario

    compare_scenario(scenario)
