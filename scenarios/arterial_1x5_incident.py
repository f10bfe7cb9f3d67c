"""Who copes best with a lane closed for ten minutes?

A vehicle breaks down on a through lane of a main street in the middle of five intersections. The queue behind it
reaches the intersections upstream. Expect a quarter more delay at least than on a day without it, under any strategy.
Expect control by detectors to stay ahead of plans, though it gives green to a lane that cannot move.
"""

from traffic_marl.scenario import ArterialNetwork, Entry, Incident, Scenario, TurningFlows, TurningShares

MAIN_STREET = TurningShares(left=0.06, through=0.88, right=0.06)
SIDE_STREET = TurningShares(left=0.2, through=0.6, right=0.2)
THROUGH_LANE = 1

scenario = Scenario(
    name="arterial_1x5_incident",
    description="Who copes best with a lane closed for ten minutes? A main street with five intersections.",
    network=ArterialNetwork(intersections=5, block_m=300.0),
    incidents=(Incident(road="road_3_E", lanes=(THROUGH_LANE,), from_s=1200, until_s=1800),),
    demand=TurningFlows(
        inflow_vph=320.0,
        turning=SIDE_STREET,
        entries=(
            Entry(road="road_west_E", inflow_vph=1000.0, turning=MAIN_STREET),
            Entry(road="road_east_W", inflow_vph=800.0, turning=MAIN_STREET),
        ),
    ),
    duration_s=3600,
    clearing_s=1200,
)

if __name__ == "__main__":
    from traffic_marl.cli import compare_scenario

    compare_scenario(scenario)
