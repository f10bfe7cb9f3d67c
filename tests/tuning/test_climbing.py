from traffic_marl.kernels.tables import Timing
from traffic_marl.scenario import Signals
from traffic_marl.strategies.plans.sheet import Green
from traffic_marl.tuning.climbing import ask, changed
from traffic_marl.tuning.trials import Trial

TIMING: Timing = Signals(min_green_s=5, max_green_s=60, yellow_s=3, all_red_s=2).timing()


def green(name, phase, seconds, cycle, offset=0.0):
    return Green("here", name, phase, float(seconds), 3.0, 2.0, float(offset), float(cycle))


PLAN = (green("A", "0", 20, 50), green("A", "1", 20, 50), green("B", "0", 30, 60, 7), green("B", "1", 20, 60, 7))


def test_no_change_gives_the_plan_itself():
    assert changed(PLAN, {}, TIMING) == PLAN


def test_the_cycle_of_all_and_the_offset_of_one_intersection_change():
    found = changed(PLAN, {"cycle": 2.0, "offset B": 0.25}, TIMING)
    assert [each.cycle for each in found] == [100.0, 100.0, 120.0, 120.0]
    assert [each.green for each in found[:2]] == [45.0, 45.0]
    assert [each.offset for each in found] == [0.0, 0.0, 44.0, 44.0]  # 2 * 7 + 0.25 * 120
    for name in "AB":
        own = [each for each in found if each.intersection == name]
        assert sum(each.green + 5.0 for each in own) == own[0].cycle


def test_a_split_moves_green_within_the_cycle_and_keeps_its_limits():
    found = changed(PLAN, {"split A 1": 10.0}, TIMING)
    assert [each.green for each in found[:2]] == [35.0, 5.0]
    assert found[0].cycle == 50.0
    assert [each.green for each in changed(PLAN, {"cycle": 1.7, "split B 1": 9.0}, TIMING)[2:]] == [60.0, 32.0]


def test_the_second_trial_gives_all_the_longest_cycle_where_cycles_differ():
    first = [Trial({}, (9.0,), 1.0)]
    assert ask(PLAN, first) == {"common cycle": 1}
    assert "common cycle" not in ask(PLAN[:2], first)
    assert [each.cycle for each in changed(PLAN, {"common cycle": 1}, TIMING)] == [60.0] * 4
    assert [each.cycle for each in changed(PLAN, {"common cycle": 1, "cycle": 1.5}, TIMING)] == [90.0] * 4


def test_a_phase_that_never_ends_stays():
    alone = (Green("here", "A", "0", 50.0, 0.0, 0.0, 0.0, 50.0),)
    assert changed(alone, {"cycle": 0.6}, TIMING) == alone


def test_each_trial_changes_the_best_plan_so_far_at_one_place():
    best = {"cycle": 1.1, "offset A": 0.5}
    trials = [Trial({}, (9.0,), 1.0), Trial(best, (5.0,), 1.0), Trial({"cycle": 0.7}, (7.0,), 1.0)]
    seen = set()
    for number in range(3, 60):
        found = ask(PLAN, [*trials, *[Trial({}, None, 0.0)] * (number - 3)])
        assert found == ask(PLAN, [*trials, *[Trial({}, None, 0.0)] * (number - 3)])
        changes = {key for key in found.keys() | best.keys() if found.get(key) != best.get(key)}
        assert len(changes) == 1
        seen |= changes
    assert seen == {"cycle", "offset A", "offset B", "split A 1", "split A 2", "split B 1", "split B 2"}
