"""Drives intersections from counts of detectors by an exported policy, with ONNX's runtime and NumPy alone."""

import json
import sys

import numpy as np
import onnxruntime


class Controller:
    """One intersection. `phases` holds the movements that each phase serves, `limits` the times of its signal [s]."""

    def __init__(self, policy: str, phases: list[list[int]], movements: int, limits: dict[str, int]) -> None:
        self.session = onnxruntime.InferenceSession(policy)
        facts = json.loads(self.session.get_modelmeta().custom_metadata_map["traffic_marl"])["controller"]
        self.names = [each["name"] for each in facts["inputs"]]
        self.missing = facts["phases"] - len(phases)  # of the phases that the graph has room for
        limits = {"wait_bound": facts["wait_bound"], **limits}
        self.memory = {"waited": np.zeros((1, movements), int), "empty": np.zeros(1, int)}
        self.fixed = {name: np.array([limits[name]]) for name in self.names if name in limits}
        self.fixed["slots"] = np.full((1, facts["phases"], facts["slots"]), -1)
        for phase, served in enumerate(phases):
            self.fixed["slots"][0, phase, : len(served)] = served

    def phase_to_ask_for(self, seen: dict[str, np.ndarray]) -> int:
        """The phase to ask for, from the counts of each movement and the state of the signal, by name of the input."""
        rows = {name: np.asarray(seen[name])[None] for name in self.names if name in seen}
        rows["since_served"] = np.pad(rows["since_served"], ((0, 0), (0, self.missing)))
        phase, _, _, waited, empty = self.session.run(None, self.fixed | self.memory | rows)
        self.memory = {"waited": waited, "empty": empty}
        return int(phase[0])


if __name__ == "__main__":  # four simulated intersections stand for the real ones
    import traffic_marl
    from traffic_marl.observation import MovementCounts

    scenario = traffic_marl.load_scenario("grid_2x2_smoke")
    simulation, detectors = scenario.simulation([0]), MovementCounts(scenario.build_network())
    plans = [[[each for each in phase if each >= 0] for phase in plan] for plan in detectors.slots.tolist()]
    controllers = [Controller(sys.argv[1], plan, detectors.largest, scenario.timing()._asdict()) for plan in plans]
    for second in range(300):
        seen = detectors.inputs(simulation.readings())
        phases = [
            each.phase_to_ask_for({name: rows[0, n] for name, rows in seen.items()})
            for n, each in enumerate(controllers)
        ]
        if second % 30 == 0:
            print(f"{second:3} s: phases {phases}")
        simulation.advance(np.array([phases], np.int32), 1)
