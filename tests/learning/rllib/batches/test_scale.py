import pytest
import torch

from traffic_marl.learning.rllib.batches.scale import ReturnScale

SCENARIOS = torch.tensor([0, 0, 1, 1])
RETURNS = torch.tensor([-1.0, -3.0, -100.0, -300.0])


def test_the_first_returns_of_each_scenario_are_its_scale():
    scale = ReturnScale(3)
    scale.update(RETURNS, SCENARIOS)
    assert scale.mean.tolist() == pytest.approx([-2.0, -200.0, 0.0])
    assert scale.deviation.tolist() == pytest.approx([1.0, 100.0, 1.0])
    assert scale.scaled(RETURNS, SCENARIOS).tolist() == pytest.approx([1.0, -1.0, 1.0, -1.0])
    assert scale.returns(scale.scaled(RETURNS, SCENARIOS), SCENARIOS).tolist() == pytest.approx(RETURNS.tolist())


def test_later_returns_move_it_a_little_until_it_forgets():
    scale = ReturnScale(2)
    for _ in range(50):
        scale.update(RETURNS, SCENARIOS)
    scale.update(10.0 * RETURNS, SCENARIOS)
    assert -4.0 < scale.mean[0] < -2.0
    scale.forget()
    scale.update(10.0 * RETURNS, SCENARIOS)
    assert scale.mean.tolist() == pytest.approx([-20.0, -2000.0])
