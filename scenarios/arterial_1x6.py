"""What are offsets worth on a main street with six intersections?

Platoons travel in both directions, and the cross traffic is light. The blocks have different lengths, so that no offset
suits both directions. Progression on the main street competes with the waiting times of the side streets.
"""

from traffic_marl.scenario import ArterialNetwork, Entry, Scenario, TurningFlows, TurningShares

EASTBOUND_VPH, WESTBOUND_VPH, SIDE_VPH = 1400.0, 1000.0, 380.0
MAIN_STREET = TurningShares(left=0.06, through=0.88, right=0.06)
SIDE_STREET = TurningShares(left=0.25, through=0.5, right=0.25)

scenario = Scenario(
    name="arterial_1x6",
    description="What are offsets worth on a main street with six intersections and light cross traffic?",
    network=ArterialNetwork(intersections=6, blocks_m=(350.0, 280.0, 420.0, 300.0, 360.0)),
    demand=TurningFlows(
        inflow_vph=SIDE_VPH,
        turning=SIDE_STREET,
        entries=(
            Entry(road="road_west_E", inflow_vph=EASTBOUND_VPH, turning=MAIN_STREET),
            Entry(road="road_east_W", inflow_vph=WESTBOUND_VPH, turning=MAIN_STREET),
        ),
    ),
    decision_interval_s=15,
    duration_s=3600,
    clearing_s=900,
)

if __name__ == "__main__":
    from traffic_marl.cli import compare_scenario

    compare_scenario(scenario)
