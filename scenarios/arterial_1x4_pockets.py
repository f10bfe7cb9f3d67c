"""What do strategies miss that see no farther than a turn pocket?

The left lanes of a main street with four intersections begin 40 m before the stop line, with room for five vehicles.
Detectors of a signal lie on the lanes that end there, so strategies that compare queues take a long one for one of five
vehicles. Expect them to have less delay with pockets of 140 m. Expect actuated control, which only asks who comes next,
to have the same delay with both.
"""

from traffic_marl.scenario import ArterialNetwork, Entry, Scenario, TurningFlows, TurningShares

MAIN_STREET = TurningShares(left=0.18, through=0.74, right=0.08)
SIDE_STREET = TurningShares(left=0.2, through=0.6, right=0.2)

scenario = Scenario(
    name="arterial_1x4_pockets",
    description="What do strategies miss that see no farther than a turn pocket? Four intersections in a row.",
    network=ArterialNetwork(intersections=4, block_m=260.0, left_pocket_m=40.0),
    demand=TurningFlows(
        inflow_vph=330.0,
        turning=SIDE_STREET,
        entries=(
            Entry(road="road_west_E", inflow_vph=900.0, turning=MAIN_STREET),
            Entry(road="road_east_W", inflow_vph=900.0, turning=MAIN_STREET),
        ),
    ),
    duration_s=3600,
    clearing_s=1200,
)

if __name__ == "__main__":
    from traffic_marl.cli import compare_scenario

    compare_scenario(scenario)
