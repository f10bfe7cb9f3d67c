"""What does a policy learn on a main street with eight intersections?

One of the scenarios that the shipped general policy was trained on. It is meant for `train --also`.
"""

from traffic_marl.scenario import ArterialNetwork, Entry, Scenario, TurningFlows, TurningShares

EASTBOUND_VPH, WESTBOUND_VPH, SIDE_VPH = 1100.0, 1300.0, 400.0
MAIN_STREET = TurningShares(left=0.06, through=0.88, right=0.06)
SIDE_STREET = TurningShares(left=0.25, through=0.5, right=0.25)

scenario = Scenario(
    name="arterial_1x8",
    description="What does a policy learn on a main street with eight intersections?",
    network=ArterialNetwork(intersections=8, blocks_m=(260.0, 400.0, 310.0, 340.0, 450.0, 280.0, 370.0)),
    demand=TurningFlows(
        inflow_vph=SIDE_VPH,
        turning=SIDE_STREET,
        entries=(
            Entry(road="road_west_E", inflow_vph=EASTBOUND_VPH, turning=MAIN_STREET),
            Entry(road="road_east_W", inflow_vph=WESTBOUND_VPH, turning=MAIN_STREET),
        ),
    ),
)

if __name__ == "__main__":
    from traffic_marl.cli import compare_scenario

    compare_scenario(scenario)
