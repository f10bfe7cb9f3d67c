"""Does the order of strategies hold in a town that is not made with a ruler?

Three streets cross four others. The northern one is a main street with two through lanes, three legs are missing, the
streets from south to north have a limit of 30 km/h, left turns have pockets of 60 m, and one intersection has no
signals. Expect the order of the steady grid: detectors first, then plans for the mean flows, then equal greens.
"""

from traffic_marl.scenario import Entry, GridNetwork, Scenario, TurningFlows, TurningShares

TWO_LANES = (("left",), ("through", "right"))
THREE_LANES = (("left",), ("through",), ("through", "right"))
MAIN_STREET = (
    "road_west_3_E",
    "road_east_3_W",
    *(f"road_3_{column}_{side}" for column in range(1, 5) for side in "EW"),
)

scenario = Scenario(
    name="town_3x4",
    description="Does the order of strategies hold in a town of missing legs, pockets and unlike streets?",
    network=GridNetwork(
        rows=3,
        columns=4,
        block_m=220.0,
        lanes=TWO_LANES,
        road_lanes=dict.fromkeys(MAIN_STREET, THREE_LANES),
        column_speed_limit_kmh=30.0,
        left_pocket_m=60.0,
        missing=(("intersection_1_2", "S"), ("intersection_2_4", "E"), ("intersection_1_3", "N")),
        without_signals=("intersection_1_4",),
    ),
    demand=TurningFlows(
        inflow_vph=230.0,
        entries=(
            Entry(road="road_west_3_E", inflow_vph=900.0),
            Entry(road="road_east_3_W", inflow_vph=700.0),
        ),
        turning=TurningShares(left=0.12, through=0.74, right=0.14),
    ),
    duration_s=3600,
    clearing_s=1200,
)

if __name__ == "__main__":
    from traffic_marl.cli import compare_scenario

    compare_scenario(scenario)
