"""Does the order of strategies hold on an irregular network?

Twelve intersections with three or four legs have blocks, lanes and speed limits that differ. Green waves run into dead
ends there. Expect the order of the steady grid: detectors first, then plans for the mean flows, then equal greens.
"""

from traffic_marl.scenario import RandomNetwork, Scenario, TurningFlows, TurningShares

scenario = Scenario(
    name="irregular_12",
    description="Does the order of strategies hold on an irregular network of twelve intersections?",
    network=RandomNetwork(seed=7, intersections=(12, 12), shape="irregular", lanes=(2, 3)),
    demand=TurningFlows(inflow_vph=330.0, turning=TurningShares(left=0.15, through=0.7, right=0.15)),
    duration_s=3600,
    clearing_s=1200,
)

if __name__ == "__main__":
    from traffic_marl.cli import compare_scenario

    compare_scenario(scenario)
