import csv
import io

import numpy as np
import pytest

from tests.helpers.handmade_signals import TIMING, TWO_PHASES, conditions, crossing
from tests.helpers.plans import greens
from traffic_marl.errors import FileError
from traffic_marl.scenario import load_scenario
from traffic_marl.strategies import parse
from traffic_marl.strategies.plans.design import planned_greens
from traffic_marl.strategies.plans.gmns import gmns_tables
from traffic_marl.strategies.plans.plan import Plan

PLAN = "timing_plan_id,controller_id,cycle_length\n1,X,65\n"
PHASES = (
    "timing_phase_id,timing_plan_id,signal_phase_num,min_green,max_green,clearance,ring,barrier,position\n"
    "b,1,2,20,,7,1,1,2\na,1,1,8,33,5,1,1,1\n"
)
COORDINATION = "coordination_id,timing_plan_id,controller_id,coord_phase,coord_ref_to,offset\n1,1,X,{}\n"


def folder(tmp_path, plan=PLAN, phases=PHASES, coordination=None):
    for name, text in (("plan", plan), ("phase", phases)):
        (tmp_path / f"signal_timing_{name}.csv").write_text(text)
    if coordination is not None:
        (tmp_path / "signal_coordination.csv").write_text(COORDINATION.format(coordination))
    return Plan(file=str(tmp_path))


def plan_of(strategy):
    return strategy.start(conditions(crossing(TWO_PHASES), {}, timing=TIMING)).plan


def test_greens_follow_each_other_by_position_and_the_clearance_is_one_time(tmp_path):
    # 33 + 5, 20 + 7: the signals' own clearance of 5 s leaves the second green 22 s
    plan = plan_of(folder(tmp_path))
    assert (greens(plan), plan.cycle.tolist(), plan.offset.tolist()) == ([(0, 0, 33), (1, 38, 60)], [65], [0])


@pytest.mark.parametrize(
    ("coordination", "offset"),
    [
        ("1,begin_of_green,7", 7),
        ("2,begin_of_green,50", 12),  # phase 2 begins 38 s after phase 1
        ("2,begin_of_green,10", 37),  # 10 - 38, one cycle later
        ("1,begin_of_yellow,40", 7),
        (",,9", 9),
    ],
)
def test_an_offset_is_that_of_the_coordinated_phase(tmp_path, coordination, offset):
    assert plan_of(folder(tmp_path, coordination=coordination)).offset.tolist() == [offset]


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"plan": PLAN + "2,X,80\n"}, "line 3: is the second plan with the controller_id X"),
        ({"plan": PLAN.replace("1,X", "3,X")}, "line 2: there is no phase of this plan in signal_timing_phase.csv"),
        ({"phases": PHASES.replace("5,1,1,1", "5,2,1,1")}, "has phases in several rings"),
        (
            {"phases": PHASES.replace("1,2,20", "1,0,20")},
            "line 2: there is no phase 0; number the phases of a controller",
        ),
        ({"coordination": "1,begin_of_red,7"}, "the offset refers to begin_of_red"),
        ({"coordination": "6,begin_of_green,7"}, "the plan has no phase 6"),
    ],
)
def test_tables_that_make_no_single_plan_are_refused(tmp_path, parts, message):
    with pytest.raises(FileError, match=message):
        plan_of(folder(tmp_path, **parts))


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_tables_that_are_written_are_read_as_the_same_plan(tmp_path):
    scenario = load_scenario("arterial_1x6")
    network = scenario.build_network()
    planned = planned_greens(scenario, parse("green_wave"))
    for name, text in gmns_tables(planned, network).items():
        (tmp_path / name).write_text(text)
    assert planned == tuple(
        type(green)(**vars(green) | {"where": before.where})
        for green, before in zip(planned_greens(scenario, parse(f"plan:file={tmp_path}")), planned, strict=True)
    )


def test_movements_of_each_green_are_those_that_its_phase_serves():
    scenario = load_scenario("arterial_1x6")
    network = scenario.build_network()
    tables = gmns_tables(planned_greens(scenario, parse("webster")), network)
    phases = {row["timing_phase_id"]: row for row in rows(tables["signal_timing_phase.csv"])}
    assert phases["intersection_1_1"]["signal_phase_num"] == "1"
    of_first = [
        row["mvmt_id"] for row in rows(tables["signal_phase_mvmt.csv"]) if row["timing_phase_id"] == "intersection_1_1"
    ]
    here = network.tables.movement_intersection == 0
    assert of_first == list(map(str, np.flatnonzero(here & network.tables.served[:, 0])))
    movement = rows(tables["movement.csv"])[int(of_first[0])]
    assert (movement["ib_link_id"], movement["ob_link_id"]) == network.movement_roads[int(of_first[0])]
