"""What do leading and lagging left turns save where left turns are heavy on one side?

Three in ten vehicles from the west turn left at each of four intersections, against heavy traffic from the east, of
which few turn left. The left turn from the west leads and the one from the east lags, so the two need not be green for
equally long. Expect less delay under Webster's plan than with the usual four phases, in which both left turns are green
together.
"""

from traffic_marl.scenario import ArterialNetwork, Entry, Scenario, Signals, TurningFlows, TurningShares

FROM_WEST = TurningShares(left=0.3, through=0.65, right=0.05)
FROM_EAST = TurningShares(left=0.04, through=0.9, right=0.06)
LEAD_LAG = ("W all", "EW through", "E all", "NS through", "NS left")

scenario = Scenario(
    name="arterial_1x4_lefts",
    description="What do leading and lagging left turns save where they are heavy on one side of four intersections?",
    network=ArterialNetwork(intersections=4, block_m=280.0),
    signals=Signals(phases=LEAD_LAG),
    demand=TurningFlows(
        inflow_vph=250.0,
        turning=TurningShares(left=0.15, through=0.7, right=0.15),
        entries=(
            Entry(road="road_west_E", inflow_vph=900.0, turning=FROM_WEST),
            Entry(road="road_east_W", inflow_vph=1500.0, turning=FROM_EAST),
        ),
    ),
    duration_s=3600,
    clearing_s=900,
)

if __name__ == "__main__":
    from traffic_marl.cli import compare_scenario

    compare_scenario(scenario)
