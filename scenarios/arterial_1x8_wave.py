"""What is a green wave worth where everything suits it?

Platoons drive east along a main street with eight intersections at equal distances, and little traffic comes against
them. Expect the green wave well ahead of Webster's plans without offsets. Control by detectors that knows nothing of
its neighbours has about the delay of the wave.
"""

from traffic_marl.scenario import ArterialNetwork, Entry, Platoons, Scenario, TurningFlows, TurningShares

EASTBOUND_VPH, WESTBOUND_VPH, SIDE_VPH = 1300.0, 350.0, 260.0
MAIN_STREET = TurningShares(left=0.03, through=0.94, right=0.03)
SIDE_STREET = TurningShares(left=0.15, through=0.7, right=0.15)

scenario = Scenario(
    name="arterial_1x8_wave",
    description="What is a green wave worth where everything suits it? Platoons to the east, equal blocks.",
    network=ArterialNetwork(intersections=8, block_m=300.0, rim_m=200.0),
    demand=TurningFlows(
        inflow_vph=SIDE_VPH,
        turning=SIDE_STREET,
        entries=(
            Entry(road="road_west_E", inflow_vph=EASTBOUND_VPH, turning=MAIN_STREET),
            Entry(road="road_east_W", inflow_vph=WESTBOUND_VPH, turning=MAIN_STREET),
        ),
        platoons=Platoons(cycle_s=80.0, cycle_share=0.5),
    ),
    duration_s=3600,
    clearing_s=900,
)

if __name__ == "__main__":
    from traffic_marl.cli import compare_scenario

    compare_scenario(scenario)
