"""Rules for signals by name."""

import pytest

from tests.helpers.two_intersections import scenario
from traffic_marl import run
from traffic_marl.errors import UsageError
from traffic_marl.scenario import Signals
from traffic_marl.scenario.presets import PRESETS, rules_of


def test_every_preset_is_named_by_its_times():
    for name, rules in PRESETS.items():
        times = f"{rules.interval}s-{rules.intergreen}s"
        assert name == rules.name
        assert name in (times, f"{times}-{rules.min_green}s")
        assert rules_of(f" {name} ") == rules
        assert rules.used_by


def test_any_other_interval_and_intergreen_can_be_named():
    rules = rules_of("20s-4s")
    assert (rules.interval, rules.intergreen, rules.min_green) == (20, 4, 0)
    rules = rules_of("20s-4s-7s")
    assert (rules.interval, rules.intergreen, rules.min_green) == (20, 4, 7)


def test_a_min_green_of_none_is_told_from_that_of_a_preset():
    assert rules_of("5s-2s").min_green == 5
    assert rules_of("5s-2s-0s").min_green == 0


def test_a_scenario_under_rules_keeps_its_phases_and_all_but_the_times():
    one = scenario(signals=Signals(phases="two", max_red_s=100), duration_s=300)
    found = one.under("5s-2s")
    assert found.signals == Signals(
        phases="two", min_green_s=5, max_green_s=None, yellow_s=2, all_red_s=0, max_red_s=None
    )
    assert found.stated_interval == 5
    assert found.name == one.name
    assert found.demand == one.demand
    assert found.hash() != one.hash()


def test_signals_keep_the_rules():
    rollout = run(scenario(duration_s=300).under("10s-3s"), "longest_queue", [0], log_signals=True)
    assert rollout.interval == 10
    tables = rollout.simulation.network.tables
    for n in range(2):
        shown = rollout.simulation.signal_log()[0, :300, n]
        lengths, row = [], shown[0]
        green = set(tables.phase_row[n].tolist())
        start = 0
        for second, now in enumerate(shown.tolist()):
            if now != row:
                lengths.append((row in green, second - start))
                row, start = now, second
        assert {length for is_green, length in lengths if not is_green} == {3}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("15s", "rules: '15s' is not a name of rules; give one of 5s-2s, 5s-2s-0s, 10s-3s, 10s-5s, 15s-5s, 30s-5s, or"),
        ("15-5", "rules: '15-5' is not a name of rules"),
        ("5s-5s", "rules: 5s-5s has no green between two decisions; give a shorter intergreen"),
        ("0s-0s", "rules: 0s-0s has no green between two decisions"),
        ("4000s-5s", "rules: 4000 s are too long"),
        ("9s-5s-4000s", "rules: 4000 s are too long; give a min green of at most 3600 s"),
        ("9s-5s-", "rules: '9s-5s-' is not a name of rules"),
        ("-5s-2s", "rules: '-5s-2s' is not a name of rules"),
        (15, "rules: 15 is not a name of rules"),
    ],
)
def test_a_mistake_is_told(name, words):
    with pytest.raises(UsageError) as told:
        scenario().under(name)
    assert str(told.value).startswith(words)
