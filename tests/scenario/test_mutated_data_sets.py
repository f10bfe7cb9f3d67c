"""Data sets changed at random: each is refused in one line or runs, and no vehicle is lost without a word."""

import json
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.helpers.mutations import mutated, wide
from tests.helpers.odd_data_sets import DataSet, sound
from traffic_marl import rollout
from traffic_marl.errors import TrafficError
from traffic_marl.kernels.tables import NEVER
from traffic_marl.rollout import Rollout
from traffic_marl.scenario.cityflow import cityflow_scenario
from traffic_marl.strategies.catalogue import parse

pytestmark = pytest.mark.filterwarnings("ignore::traffic_marl.remarks.DataWarning")
HORIZON = 90  # [s]
ALL_STRATEGIES = st.sampled_from(("fixed_time", "max_pressure", "actuated", "longest_queue", "webster"))


def created(flow) -> int:
    """[veh] that a flow creates before the horizon, by a clock and an accumulator."""
    start, end = flow.get("startTime"), flow.get("endTime")
    clock, ready, count = 0, flow["interval"], 0
    while clock < HORIZON:
        if clock >= (0 if start is None else start) and (end in (None, -1) or clock <= end):
            while ready >= flow["interval"]:
                count, ready = count + 1, ready - flow["interval"]
            ready += 1
        clock += 1
    return count


def told_of(remarks) -> int:
    """[veh] that the remarks say are left out with their flows."""
    found = (re.search(r"left out with ([\d,]+) vehicle", str(remark)) for remark in remarks)
    return sum(int(match[1].replace(",", "")) for match in found if match)


def tried(folder, data: DataSet, strategy: str) -> Rollout | TrafficError:
    """The run of a data set, or the error that refuses it."""
    (folder / "roadnet.json").write_text(json.dumps(data.roadnet))
    (folder / "flow.json").write_text(json.dumps(data.flow))
    try:
        return rollout.run(cityflow_scenario(folder, horizon_s=HORIZON), parse(strategy), [0])
    except TrafficError as error:
        return error


def is_one_clear_line(error: TrafficError) -> bool:
    return str(error).isprintable() and bool(error.where and error.what and error.remedy)


def check_that_nobody_is_lost(result: Rollout, data: DataSet) -> None:
    records, remarks = result.at_end, result.scenario.remarks()
    assert all(str(remark).isprintable() for remark in remarks)
    completed = int((records.left < NEVER).sum())
    waiting = int(result.simulation.readings().backlog.sum())
    assert int(records.count[0]) == completed + int(result.simulation.under_way()[0]) + waiting
    assert sum(map(created, data.flow)) == int(records.count[0]) + told_of(remarks)


@pytest.mark.parametrize("data", [sound(), wide()])
@pytest.mark.parametrize("strategy", ["fixed_time", "max_pressure"])
def test_the_data_sets_before_their_changes_run(tmp_path, data, strategy):
    result = tried(tmp_path, data, strategy)
    assert isinstance(result, Rollout), result
    check_that_nobody_is_lost(result, data)
    assert told_of(result.scenario.remarks()) == 0


@settings(
    max_examples=200,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=mutated(), strategy=ALL_STRATEGIES)
def test_a_changed_data_set_is_refused_in_one_line_or_loses_nobody_without_a_word(tmp_path, data, strategy):
    result = tried(tmp_path, data, strategy)
    if isinstance(result, TrafficError):
        assert is_one_clear_line(result)
    else:
        check_that_nobody_is_lost(result, data)
