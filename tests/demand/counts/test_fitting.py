import numpy as np
import pytest
from scipy import sparse
from scipy.optimize import lsq_linear

from traffic_marl.demand.counts.demand import _with_only_ways
from traffic_marl.demand.counts.fitting import RoadFlows, fitted_flows, whole_flows
from traffic_marl.demand.counts.geh import geh
from traffic_marl.demand.counts.routes import routes_of

# Roads 0 and 1 lead into road 2, from which vehicles go on to roads 3 and 4
FORK = RoadFlows(
    leaves=np.array([0, 1, 2, 2]),
    enters=np.array([2, 2, 3, 4]),
    roads=5,
    between=np.array([False, False, True, False, False]),
    share=np.array([1.0, 1.0, 0.75, 0.25]),
)
EACH = sparse.eye_array(4).tocsr()
NOTHING = np.nan


@pytest.mark.parametrize(
    ("counted", "flow"),
    [
        ((10, 20, 18, 12), (10, 20, 18, 12)),  # they agree
        ((NOTHING, 20, 18, 12), (10, 20, 18, 12)),  # the rest is what is missing
        ((10, 30, NOTHING, NOTHING), (10, 30, 30, 10)),  # by shares
        ((10, NOTHING, 45, NOTHING), (10, 50, 45, 15)),  # by shares, and the rest
        ((20, 20, 50, NOTHING), (22.22, 22.22, 44.44, 0)),  # least 2 (x - 20)^2 / 20 + (2 x - 50)^2 / 50
    ],
)
def test_flows_by_hand(counted, flow):
    found = fitted_flows(FORK, EACH, np.array(counted, float), 0.0)
    assert found == pytest.approx(flow, abs=0.2)
    assert found[0] + found[1] == pytest.approx(found[2] + found[3], abs=1e-6)
    assert found.min() >= 0.0


def test_no_flow_is_negative_and_the_fit_is_the_best_of_all():
    # 5 enter, and 40 leave to road 3: road 4 would have to give some back
    counted = np.array([2.0, 3.0, 40.0, 6.0])
    found = fitted_flows(FORK, EACH, counted, 0.0)
    weight = 1 / np.sqrt(counted)
    balance = FORK.balance().toarray() * 1e4
    by_hand = lsq_linear(
        np.vstack((np.diag(weight), balance)), np.append(weight * counted, 0.0), (0, np.inf), tol=1e-12
    ).x
    assert found == pytest.approx(by_hand, abs=1e-2)


def test_whole_flows_are_balanced_and_next_to_the_flows():
    flow = np.array([10.3, 20.4, 18.3, 12.4])
    found = whole_flows(FORK, flow)
    assert found[:2].sum() == found[2:].sum()
    assert (np.abs(found - flow) < 1).all()
    assert whole_flows(FORK, np.array([1.0, 2.0, 3.0, 0.0])).tolist() == [1, 2, 3, 0]


def test_what_other_intervals_rounded_may_take_a_flow_below_zero():
    found = whole_flows(FORK, np.array([-0.6, 0.2, -0.3, -0.1]))
    assert found.tolist() == [0, 0, 0, 0]


def test_a_round_trip_is_put_into_a_route_that_passes_it():
    # road 0 leads to 1; 1 goes on to 2, or round by 3 and back to 1
    leaves, enters = np.array([0, 1, 1, 3]), np.array([1, 2, 3, 1])
    for seed in range(5):
        routes = routes_of(np.array([2, 2, 1, 1]), leaves, enters, 4, np.random.default_rng(seed))
        assert sorted(routes) == [(0, 1, 2), (0, 1, 3, 1, 2)]


def test_geh_is_that_of_hourly_flows():
    assert geh(120.0, 100.0, 3600) == pytest.approx((2 * 20**2 / 220) ** 0.5)
    assert geh(30.0, 25.0, 900) == pytest.approx((2 * 20**2 / 220) ** 0.5)
    assert geh(0.0, 0.0, 900) == 0.0


def test_a_road_that_only_movements_without_a_share_leave_lets_vehicles_go_on():
    share = _with_only_ways(np.array([0.75, 0.25, 0.0, 0.0, 0.0, 1.0]), np.array([0, 0, 1, 2, 2, 3]))
    assert share.tolist() == [0.75, 0.25, 1.0, 0.5, 0.5, 1.0]
