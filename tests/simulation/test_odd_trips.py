"""Trips on networks with odd elements, against the oracle, and the speed on a road link of another type."""

import numpy as np
import pytest

from tests.helpers import oracle
from tests.helpers.odd_data_sets import DataSet, flow, link, road, write
from traffic_marl.demand.formats.cityflow import read_flow
from traffic_marl.kernels.tables import NEVER, Timing
from traffic_marl.network.formats.cityflow import read_roadnet
from traffic_marl.network.phases import select_phases
from traffic_marl.simulation import Simulation

SECONDS, DECISION = 240, 5
TIMING = Timing(min_green=30, max_green=NEVER, yellow=5, all_red=0, max_red=NEVER)


def crowded(data: DataSet) -> None:
    data.flow = [flow([start, "e_out"], interval=4.0) for start in ("w_in", "s_in")]
    data.flow.append(flow(["s_in", "n_out"], interval=6.0))
    data.set_phases((5, []), (30, [0, 2]), (30, [1, 2]))


def other_turn(data: DataSet) -> None:
    data.node("mid")["roadLinks"][2]["type"] = "turn_u"


def several_links(data: DataSet) -> None:
    """Two lanes a road, and the right turn of each lane in a road link of its own with phases of its own."""
    for each in data.roadnet["roads"]:
        each["lanes"] *= 2
    links = data.node("mid")["roadLinks"]
    links[0]["laneLinks"].append({"startLaneIndex": 1, "endLaneIndex": 1})
    links.append(link("go_straight", "s_in", "e_out"))
    links[3]["laneLinks"][0].update(startLaneIndex=1, endLaneIndex=1)
    data.set_phases((5, []), (30, [0, 2]), (30, [1, 3]), (30, [1, 2, 3]))


def turn_back(data: DataSet) -> None:
    data.roadnet["roads"].append(road("w_out", ("mid", "west")))
    data.node("mid")["roadLinks"].append(link("turn_left", "w_in", "w_out"))
    data.flow.append(flow(["w_in", "w_out"], interval=8.0))
    data.set_phases((5, []), (30, [0, 2, 3]), (30, [1, 3]))


def kinds(data: DataSet) -> None:
    for second in range(0, 200, 2):
        kind = {"maxSpeed": 8 + second / 50, "length": 4 + second / 100}
        data.flow.append(flow(["w_in", "e_out"], start=second, end=second, **kind))


def run(folder, *changes, seconds: int = SECONDS):
    """The simulation of a data set under a plan that shows each phase for 30 s, and its trips."""
    write(folder, *changes)
    network = read_roadnet(folder / "roadnet.json")
    rows = range(1, len(network.row_movements[0]))
    network = select_phases(network, [row for row in rows if network.row_movements[0][row]])
    trips = read_flow(folder / "flow.json", network, seconds).draw(0)
    simulation = Simulation(network, [trips], TIMING, log_until=seconds)
    for now in range(0, seconds, DECISION):
        turn = (now + DECISION) // (30 + DECISION)
        simulation.advance((turn % network.tables.phase_count)[None].astype(np.int32), DECISION)
    return network, trips, simulation


@pytest.mark.parametrize("changes", [(), (other_turn,), ("rim_not_virtual",), (several_links,), (turn_back,), (kinds,)])
def test_vehicles_move_as_the_oracle_moves_them(tmp_path, changes):
    network, trips, simulation = run(tmp_path, crowded, *changes)
    expected = oracle.run(network, trips, simulation.signal_log()[0], SECONDS)
    records = simulation.records()
    assert np.array_equal(records.entered[0], expected.entered)
    assert np.array_equal(records.left[0], expected.left)
    assert (expected.left < NEVER).sum() > 10


def alone(data: DataSet) -> None:
    """One vehicle that turns, on a green light."""
    data.flow = [flow(["s_in", "e_out"], end=0)]
    data.set_phases((5, []), (30, [1, 2]))


def test_a_turn_of_another_type_is_driven_without_slowing_down(tmp_path):
    other, right = (
        run(tmp_path / name, alone, *changes)[2].records().left[0, 0]
        for name, changes in (("other", (other_turn,)), ("right", ()))
    )
    # A right turn is approached at 8.33 m/s in place of 11.11 m/s, over the last 35.9 m.
    assert right - other == pytest.approx(35.94 / 8.3333 - 35.94 / 11.111, abs=1.1)
    assert right > other
