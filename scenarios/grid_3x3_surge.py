"""Who lets the crowd go home after an event?

For a quarter of an hour, ten times the usual traffic enters a 3 x 3 grid on one road, as when a stadium empties. A plan
for the mean flows of the hour gives that approach much too little green then, and too much before. Expect control by
detectors to halve the delay of such plans.
"""

from traffic_marl.scenario import Entry, GridNetwork, ProfilePoint, Scenario, TurningFlows, TurningShares

CROWD_VPH, OTHERS_VPH = 1600.0, 260.0
FROM_THE_STADIUM = TurningShares(left=0.3, through=0.4, right=0.3)

scenario = Scenario(
    name="grid_3x3_surge",
    description="Who lets the crowd go home after an event? A quarter of an hour of heavy traffic on one road.",
    network=GridNetwork(rows=3, columns=3),
    demand=TurningFlows(
        inflow_vph=OTHERS_VPH,
        entries=(
            Entry(
                road="road_south_2_N",
                inflow_vph=CROWD_VPH,
                turning=FROM_THE_STADIUM,
                profile=(
                    ProfilePoint(time_s=0, factor=0.1),
                    ProfilePoint(time_s=1200, factor=0.1),
                    ProfilePoint(time_s=1260, factor=1.0),
                    ProfilePoint(time_s=2100, factor=1.0),
                    ProfilePoint(time_s=2160, factor=0.1),
                ),
            ),
        ),
    ),
    duration_s=3600,
    clearing_s=1200,
)

if __name__ == "__main__":
    from traffic_marl.cli import compare_scenario

    compare_scenario(scenario)
