"""The rules in torch are those of the kernel, on thousands of moments of traffic."""

import numpy as np
import pytest
import torch

from tests.helpers.street import Street
from traffic_marl.learning.exporting.rules import Memory, Signal, choices, detected, first_greatest, noted, one_of
from traffic_marl.scenario import load_scenario
from traffic_marl.scenario.random import random_scenario

SECONDS = 400


def judged(street, longest_green):
    """The phases that may be asked for and the memory, by the rules in torch."""
    inputs = {name: torch.from_numpy(each) for name, each in street.inputs().items()}
    signal = Signal(*(inputs[name] for name in Signal._fields))
    served = one_of(inputs["slots"], inputs["queue"].shape[1]).any(2)
    seen = detected(inputs)
    memory = noted(served, Memory(inputs["waited"], inputs["empty"]), signal, seen)
    street.memory = {name: each.numpy() for name, each in memory._asdict().items()}
    return choices(served, memory, signal, seen, longest_green).numpy()


def scenario_of(name):
    if name.startswith("random"):
        return random_scenario(int(name.partition("_")[2]))
    scenario = load_scenario(name.partition(":")[0])
    phases = name.partition(":")[2]
    return scenario.model_copy(update={"signals": scenario.signals.model_copy(update={"phases": phases or "four"})})


@pytest.mark.parametrize(
    ("name", "longest_wait", "longest_green"),
    [
        *(
            pytest.param(*each, marks=pytest.mark.slow)
            for each in (
                ("grid_2x2_smoke", 180, 60),
                ("grid_2x2_smoke", None, 60),
                ("grid_2x2_smoke:eight", 60, 20),
                ("grid_4x4_rush_hour:eight", 180, 60),
                ("arterial_1x6:two", 90, 60),
                ("random_3", 120, 120),
            )
        ),
        ("random_8", 50, 60),
    ],
)
def test_graph_and_kernel_allow_the_same_phases(name, longest_wait, longest_green):
    street = Street(scenario_of(name), (1, 2), longest_wait, longest_green)
    generator = np.random.default_rng(7)
    choices_met = bounded = 0
    for _ in range(SECONDS):
        masks, mine = street.masks(), judged(street, longest_green)
        expected = masks.reshape(mine.shape)
        assert (mine == expected).all()
        choices_met += int((expected.sum(1) > 1).sum())
        own = np.take_along_axis(masks, street.readings.phase[:, :, None], axis=2)[:, :, 0]
        bounded += int((~own).sum())
        drawn = (masks * generator.random(masks.shape)).argmax(2)
        street.advance(np.where(own & (generator.random(own.shape) < 0.7), street.readings.phase, drawn))
    assert choices_met > 50
    assert bounded > 0 or longest_wait not in (60, 90)


def test_of_equal_values_the_first_counts():
    values, among = torch.tensor([[3, 5, 5, 9]]), torch.tensor([[True, True, True, False]])
    assert first_greatest(values, among).tolist() == [[False, True, False, False]]
    assert not first_greatest(values, torch.zeros_like(among)).any()
