"""What is a plan for the mean flows worth when the tide turns?

A 3 x 4 grid fills from the west for half an hour and empties to the west after that. The mean flows of both directions
are equal, and at no moment are the flows near their mean. Expect control by detectors to keep little more than half of
the delay that plans for the mean have.
"""

from traffic_marl.scenario import Entry, GridNetwork, ProfilePoint, Scenario, TurningFlows

PEAK_VPH, CROSSING_VPH = 720.0, 260.0
STREETS = range(1, 4)
FILLING = (
    ProfilePoint(time_s=0, factor=0.5),
    ProfilePoint(time_s=900, factor=1.0),
    ProfilePoint(time_s=1500, factor=1.0),
    ProfilePoint(time_s=2400, factor=0.4),
    ProfilePoint(time_s=3600, factor=0.3),
)
EMPTYING = (
    ProfilePoint(time_s=0, factor=0.3),
    ProfilePoint(time_s=1500, factor=0.4),
    ProfilePoint(time_s=2400, factor=1.0),
    ProfilePoint(time_s=3000, factor=1.0),
    ProfilePoint(time_s=3600, factor=0.5),
)

scenario = Scenario(
    name="grid_3x4_tide",
    description="What is a plan for the mean flows worth when the tide turns? A 3 x 4 grid fills and empties again.",
    network=GridNetwork(rows=3, columns=4),
    demand=TurningFlows(
        inflow_vph=CROSSING_VPH,
        entries=(
            *(Entry(road=f"road_west_{row}_E", inflow_vph=PEAK_VPH, profile=FILLING) for row in STREETS),
            *(Entry(road=f"road_east_{row}_W", inflow_vph=PEAK_VPH, profile=EMPTYING) for row in STREETS),
        ),
    ),
    duration_s=3600,
    clearing_s=1200,
)

if __name__ == "__main__":
    from traffic_marl.cli import compare_scenario

    compare_scenario(scenario)
