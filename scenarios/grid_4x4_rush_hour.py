"""Which strategy copes best with a morning peak?

A 4 x 4 grid has heavy traffic to the east and north. The inflow builds up, holds its peak for a quarter of an hour and
falls off. At the peak the main directions come close to the capacity of an intersection with four phases. Long queues
build up where a plan gives green to the wrong street.
"""

from traffic_marl.scenario import Entry, GridNetwork, ProfilePoint, Scenario, TurningFlows, TurningShares

MAIN_VPH, SECONDARY_VPH = 600.0, 310.0
STREETS = range(1, 5)

scenario = Scenario(
    name="grid_4x4_rush_hour",
    description="Who copes best with a morning peak that is heavier to the east and north, on a 4 x 4 grid?",
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
    decision_interval_s=15,
    duration_s=3600,
    clearing_s=1800,
)

if __name__ == "__main__":
    from traffic_marl.cli import compare_scenario

    compare_scenario(scenario)
