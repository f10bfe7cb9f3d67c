import numpy as np
import pytest

from traffic_marl.demand.departures import Departures, Profile
from traffic_marl.demand.trips import VehicleType
from traffic_marl.errors import DemandError

RAMP = Profile(((0.0, 0.0), (100.0, 2.0), (200.0, 2.0), (300.0, 1.0)))


def draw(departures, inflow, seed=0):
    return departures.draw(np.array(inflow), np.random.default_rng(seed))


def test_profile_is_linear_between_points_and_constant_outside():
    profile = Profile(((100.0, 1.0), (200.0, 3.0)))
    assert profile.factor(np.array([0.0, 100.0, 150.0, 200.0, 900.0])).tolist() == [1.0, 1.0, 2.0, 3.0, 3.0]


def test_mean_of_a_profile_is_its_integral():
    assert RAMP.mean(300) == pytest.approx((100 + 200 + 150) / 300)
    assert RAMP.mean(50) == pytest.approx(0.5)
    assert Profile().mean(77) == 1.0


@pytest.mark.parametrize("duration", [50.0, 150.0, 300.0, 450.0])
def test_time_at_a_share_inverts_the_integral(duration):
    share = np.linspace(0.0, 0.999, 50)
    fine = np.linspace(0.0, duration, 300_001)
    total = np.concatenate(([0.0], np.cumsum(RAMP.factor(0.5 * (fine[1:] + fine[:-1])))))
    assert RAMP.time_at(share, duration) == pytest.approx(np.interp(share, total / total[-1], fine), abs=2e-3)


def test_nobody_comes_while_the_factor_is_zero():
    profile = Profile(((0.0, 0.0), (100.0, 0.0), (101.0, 1.0), (200.0, 1.0), (201.0, 0.0)))
    due, _, _ = draw(Departures(300, profile), [5.0])
    assert due.min() >= 100
    assert due.max() <= 201


@pytest.mark.parametrize(
    ("points", "what"),
    [
        (((0.0, 1.0), (0.0, 2.0)), "the times do not increase"),
        (((0.0, -1.0),), "a factor is negative"),
        ((), "is not a list of points"),
        (((0.0, float("nan")),), "is not a list of points"),
    ],
)
def test_profile_that_is_none_is_refused(points, what):
    with pytest.raises(DemandError, match=what):
        Profile(points)


def test_vehicles_are_due_in_order_in_whole_seconds_of_the_duration():
    due, source, kind = draw(Departures(60), [1.0, 2.0])
    assert due.dtype == source.dtype == np.int32
    assert kind.dtype == np.int32
    assert (np.diff(due) >= 0).all()
    assert due.min() >= 0
    assert due.max() == 59


def test_poisson_counts_have_mean_and_variance_of_their_rate():
    departures = Departures(100)
    counts = np.array([len(draw(departures, [0.5], seed)[0]) for seed in range(2000)])
    assert counts.mean() == pytest.approx(50, abs=4 * np.sqrt(50 / 2000))
    assert counts.var() == pytest.approx(50, rel=4 * np.sqrt(2 / 2000))


def test_poisson_gaps_are_exponential():
    due, _, _ = draw(Departures(200_000), [0.02])
    gaps = np.diff(due)
    assert (gaps > 50).mean() == pytest.approx(np.exp(-1), abs=0.03)


def test_sources_get_their_own_flow():
    _, source, _ = draw(Departures(10_000), [0.1, 0.3, 0.0])
    count = np.bincount(source, minlength=3)
    assert count == pytest.approx([1000, 3000, 0], abs=4 * np.sqrt(3000))


def test_profile_is_honoured():
    due, _, _ = draw(Departures(300, RAMP), [100.0])
    count = np.histogram(due, bins=[0, 100, 200, 300])[0]
    assert count == pytest.approx([10_000, 20_000, 15_000], abs=4 * np.sqrt(20_000))


def test_regular_vehicles_keep_their_distance():
    due, _, _ = draw(Departures(3600, regular=True), [0.1])
    assert len(due) == 360
    assert set(np.diff(due)) == {10}


def test_regular_counts_are_right_on_average():
    departures = Departures(100, regular=True)
    counts = [len(draw(departures, [0.025], seed)[0]) for seed in range(1000)]
    assert set(counts) == {2, 3}
    assert np.mean(counts) == pytest.approx(2.5, abs=0.07)


def test_kinds_come_in_their_shares():
    types = (VehicleType(), VehicleType("bus", length=12.0), VehicleType("ghost"))
    _, _, kind = draw(Departures(10_000, types=types, shares=(9.0, 1.0, 0.0)), [1.0])
    count = np.bincount(kind, minlength=3) / len(kind)
    assert count == pytest.approx([0.9, 0.1, 0.0], abs=0.015)


@pytest.mark.parametrize("shares", [(1.0, 1.0), (-1.0,), (0.0,), (float("inf"),)])
def test_shares_that_are_none_are_refused(shares):
    with pytest.raises(DemandError, match="shares"):
        Departures(10, shares=shares)


def test_duration_below_one_second_is_refused():
    with pytest.raises(DemandError, match=r"^duration: 0 s is too short"):
        Departures(0)
