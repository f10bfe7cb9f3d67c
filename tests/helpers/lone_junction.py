"""A scenario of one junction and two and a half minutes, for commands that train."""

from traffic_marl.scenario import GridNetwork, Scenario, TurningFlows

LONE_JUNCTION = Scenario(
    name="small",
    network=GridNetwork(rows=1, columns=1, block_m=150.0),
    demand=TurningFlows(inflow_vph=400.0),
    duration_s=100,
    clearing_s=50,
)
