import numpy as np
import pytest

from tests.helpers.handmade_signals import TIMING, conditions
from tests.helpers.strategy_runs import VARIANTS, run
from traffic_marl.network.generators.arterial import arterial
from traffic_marl.network.generators.grid import grid
from traffic_marl.strategies.classical.green_wave import GreenWave
from traffic_marl.strategies.classical.incidence import counted_movements, needs_green
from traffic_marl.strategies.classical.webster import Webster


def flows(network, by_turn):
    """[veh/h] by movement, the given one for each turn, three times as much for eastbound through movements."""
    return {
        movement: by_turn[turn]
        * (3.0 if turn == "through" and network.movement_roads[movement][0].endswith("_E") else 1.0)
        for movement, turn in enumerate(network.movement_turns)
    }


BY_TURN = {"left": 40.0, "through": 150.0, "right": 40.0}


def test_wave_on_an_arterial_takes_a_block_at_the_progression_speed():
    network = arterial(5, block=(300.0, 450.0, 250.0, 400.0))
    plan = GreenWave(cycle_s=100, speed_kmh=36.0).start(conditions(network, flows(network, BY_TURN))).plan
    # the same demand, hence the same splits, at each intersection; blocks of 300, 450, 250 and 400 m at 10 m/s
    order = np.argsort([int(name.rpartition("_")[2]) for name in network.intersections])
    assert (np.diff(plan.offset[order]) % 100).tolist() == [30, 45, 25, 40]


def test_wave_on_a_grid_runs_along_each_row_of_the_busier_axis():
    network = grid(3, 4, block=300.0)
    plan = GreenWave(cycle_s=120, speed_kmh=54.0).start(conditions(network, flows(network, BY_TURN))).plan
    offset = dict(zip(network.intersections, plan.offset.tolist(), strict=True))
    for row in (1, 2, 3):
        along = [offset[f"intersection_{row}_{column}"] for column in (1, 2, 3, 4)]
        assert (np.diff(along) % 120).tolist() == [20, 20, 20]  # 300 m at 15 m/s


@pytest.mark.parametrize(("phases", "count"), [("two", 2), ("four", 4), ("eight", 8)])
def test_phase_tables_of_all_sizes_get_a_plan(phases, count):
    network = grid(2, 2, phases=phases)
    plan = Webster().start(conditions(network, flows(network, BY_TURN))).plan
    assert network.tables.phase_count.tolist() == [count] * 4
    assert (plan.used <= min(count, 5)).all()  # of the eight, a ring needs five at most
    assert (plan.ends[:, 0] - plan.begins[:, 0] >= TIMING.min_green).all()


def test_right_turns_of_a_generated_grid_are_permitted():
    network = grid(2, 2)
    right = np.array([turn == "right" for turn in network.movement_turns])
    assert not needs_green(network)[right].any()
    assert counted_movements(network)[~right].all()


@pytest.mark.parametrize("text", VARIANTS)
@pytest.mark.parametrize("phases", ["two", "eight"])
def test_every_strategy_works_on_a_generated_grid(text, phases):
    network = grid(2, 3, phases=phases, missing=(("intersection_1_1", "S"),))
    asked = run(text, network, (1, 2), steps=6)
    assert (asked >= 0).all()
    assert (asked < network.tables.phase_count).all()
