import pytest
import torch

from traffic_marl.learning.rllib.batches.scale import ReturnCode, ReturnScale

SCENARIOS = torch.tensor([0, 0, 1, 1])
RETURNS = torch.tensor([-1.0, -3.0, -100.0, -300.0])


def test_a_code_is_standardised_and_read_back():
    code = ReturnCode()
    code.update(RETURNS)
    coded = code.encode(RETURNS)
    assert coded.mean().item() == pytest.approx(0.0, abs=1e-6)
    assert coded.std(unbiased=False).item() == pytest.approx(1.0, abs=1e-5)
    assert code.decode(coded).tolist() == pytest.approx(RETURNS.tolist(), rel=1e-4)


def test_errors_of_one_share_count_the_same_for_small_and_large_returns():
    code = ReturnCode()
    code.update(RETURNS)
    light, _, heavy, _ = (code.encode(1.1 * RETURNS) - code.encode(RETURNS)).tolist()
    assert light == pytest.approx(heavy, rel=0.15)


def test_gains_and_losses_have_codes_of_their_own():
    returns = torch.tensor([-5.0, 0.0, 5.0])
    code = ReturnCode()
    code.update(returns)
    assert code.encode(returns).tolist() == sorted(code.encode(returns).tolist())
    assert code.decode(code.encode(returns)).tolist() == pytest.approx(returns.tolist(), abs=1e-5)


def test_an_odd_code_makes_no_infinite_return():
    assert torch.isfinite(ReturnCode().decode(torch.tensor([1e6, -1e6]))).all()


def test_the_first_deviations_are_taken_and_later_ones_move_them_a_little():
    scale = ReturnScale(3)
    for _ in range(50):
        scale.update(RETURNS, SCENARIOS)
    assert scale.deviation.tolist() == pytest.approx([1.0, 100.0, 1.0])
    scale.update(10.0 * RETURNS, SCENARIOS)
    assert 1.0 < scale.deviation[0] < 2.0
