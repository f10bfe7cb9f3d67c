"""Random flows of SUMO's route files that end after a number of vehicles."""

import numpy as np
import pytest

from tests.helpers.sumo_town import routes, town
from traffic_marl.demand.formats.sumo.demand import read_routes, read_sumo_demand, span_of
from traffic_marl.demand.formats.sumo.times import Process

RATES = ('probability="0.1"', 'period="exp(0.1)"')  # both one vehicle in 10 s


def flow(folder, attributes):
    return routes(folder, f'<flow id="f" begin="0" {attributes} from="WC" to="CT"/>')


def read(folder, attributes, horizon=3600):
    return read_sumo_demand(flow(folder, attributes), town(), horizon)


@pytest.mark.parametrize("rate", RATES)
def test_a_random_flow_ends_after_its_number_as_in_sumo(tmp_path, rate):
    demand = read(tmp_path, f'{rate} number="20"')
    draws = [demand.draw(seed).scheduled for seed in range(200)]
    assert {len(seconds) for seconds in draws} == {20}
    lasts = [seconds[-1] for seconds in draws]
    assert np.mean(lasts) == pytest.approx(199, abs=13)  # four standard errors of about 3 s
    assert sum(demand.flow) == pytest.approx(20 / 3600)


def test_the_vehicles_are_the_first_ones_of_the_flow_without_a_number(tmp_path):
    numbered, endless = (read(tmp_path, f'probability="0.1"{more}').draw(3).scheduled for more in (' number="20"', ""))
    assert len(endless) > 300
    assert numbered.tolist() == endless[:20].tolist()


@pytest.mark.parametrize("rate", RATES)
def test_the_end_may_come_before_the_number_is_reached(tmp_path, rate):
    draws = [read(tmp_path, f'{rate} number="200" end="1000"').draw(seed).scheduled for seed in range(20)]
    assert max(seconds.max() for seconds in draws) < 1000
    assert np.mean([len(seconds) for seconds in draws]) == pytest.approx(100, abs=9)


@pytest.mark.parametrize("rate", RATES)
def test_no_vehicle_is_drawn_for_the_number_0(tmp_path, rate):
    assert len(read(tmp_path, f'{rate} number="0"').draw(0)) == 0


def test_a_dense_flow_with_a_small_number_is_small(tmp_path):
    assert read(tmp_path, 'period="exp(1000)" number="3"', 86_400).draw(0).scheduled.tolist() == [0, 0, 0]


@pytest.mark.parametrize("rate", RATES)
def test_the_demand_lasts_until_the_number_is_nearly_certain(tmp_path, rate):
    first, last = span_of([read_routes(flow(tmp_path, f'{rate} number="100"'))])
    assert (first, last) == (0, 1300)  # mean of 1,000 s, and three standard deviations of at most 100 s


def test_no_vehicle_of_a_numbered_flow_is_late(tmp_path):
    told = " | ".join(str(remark) for remark in read(tmp_path, 'probability="0.1" number="20"').remarks)
    assert "are due after" not in told


@pytest.mark.parametrize(
    ("process", "last"),
    [
        (Process(10.0, 100.0, 10.0, 3), 30.0),
        (Process(10.0, 100.0, 10.0, 0), 10.0),
        (Process(10.0, 100.0, float("inf"), 1), 10.0),
        (Process(10.0, 100.0, 10.0, None), 90.0),
        (Process(10.0, 25.0, 10.0, 9), 25.0),
    ],
)
def test_the_last_vehicle_of_a_flow(process, last):
    assert process.last() == last
