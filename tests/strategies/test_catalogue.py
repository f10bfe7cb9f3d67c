import dataclasses

import pytest

from traffic_marl.errors import StrategyError
from traffic_marl.strategies.catalogue import STRATEGIES, describe, parse
from traffic_marl.strategies.classical.fixed_time import FixedTime
from traffic_marl.strategies.classical.green_wave import GreenWave
from traffic_marl.strategies.classical.longest_queue import LongestQueue
from traffic_marl.strategies.classical.max_pressure import MaxPressure
from traffic_marl.strategies.classical.webster import Webster
from traffic_marl.strategies.notation import split_list


def refusal(text):
    with pytest.raises(StrategyError) as caught:
        parse(text)
    return str(caught.value)


def test_a_name_alone_gives_the_defaults():
    for name, strategy in STRATEGIES.items():
        named = parse(name)
        assert (named.label, named.strategy, named.interval) == (name, strategy(), None)


def test_parameters_are_read_by_their_kind():
    assert parse("fixed_time:green_s=20").strategy == FixedTime(green_s=20)
    assert parse("longest_queue:reach_m=120,hold=2.5").strategy == LongestQueue(reach_m=120, hold=2.5)
    assert parse("max_pressure:exit=mean").strategy == MaxPressure(exit="mean")
    assert parse(" green_wave : cycle_s = 80 , speed_kmh = 36 ").strategy == GreenWave(cycle_s=80, speed_kmh=36.0)
    assert parse("longest_queue:reach_m=120,hold=2.5").label == "longest_queue:reach_m=120,hold=2.5"


def test_every_strategy_takes_an_interval():
    for name, strategy in STRATEGIES.items():
        named = parse(f"{name}:interval_s=7")
        assert (named.strategy, named.interval) == (strategy(), 7)
    assert parse("fixed_time:interval_s=5,green_s=20").strategy == FixedTime(green_s=20)


def test_an_unknown_name_is_told_the_nearest_and_all():
    message = refusal("max_presure")
    assert message.startswith("strategy: unknown strategy 'max_presure'; did you mean max_pressure?")
    assert all(name in message for name in STRATEGIES)
    assert "did you mean" not in refusal("zzz")
    assert "available: fixed_time" in refusal("")


def test_an_unknown_key_is_told_the_nearest_and_all():
    message = refusal("fixed_time:gren_s=3")
    assert message.startswith("fixed_time: unknown parameter 'gren_s'; did you mean green_s?")
    assert message.endswith("Available: green_s, interval_s")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("fixed_time:green_s=-3", r"fixed_time:green_s=-3: -3 is not a duration.*; give seconds, at least 1"),
        ("fixed_time:green_s=0", "give seconds, at least 1"),
        ("fixed_time:green_s=2.5", r"2\.5 is not a duration in whole seconds"),
        ("fixed_time:green_s=long", "long is not a duration"),
        ("fixed_time:interval_s=0", r"fixed_time:interval_s=0: 0 is not a duration"),
        (
            "webster:saturation_flow_vph=0",
            r"webster:saturation_flow_vph=0: 0 is not a saturation flow; give veh/h, at least 1",
        ),
        ("webster:startup_lost_s=nan", "nan is not a duration; give seconds, at least 0"),
        ("webster:startup_lost_s=inf", "inf is not a duration"),
        ("longest_queue:reach_m=100", "give one of 0, 60, 120, 200, 300 m"),
        ("longest_queue:hold=-1", "not a number of vehicles"),
        ("sotl:reach_m=0", "give one of 60, 120, 200, 300 m"),
        ("sotl:platoon_veh=1.5", "give a whole number of vehicles, at least 0"),
        ("max_pressure:exit=median", "give one of sum, mean"),
        ("green_wave:speed_kmh=0", "not a speed; give km/h, at least 1"),
        ("webster:shortest_cycle_s=80,longest_cycle_s=60", "longer than the longest cycle of 60 s"),
        ("fixed_time:", "write fixed_time:key=value"),
        ("fixed_time:green_s", "'green_s' is not key=value"),
        ("fixed_time:green_s=", "is not key=value"),
        ("fixed_time:=3", "is not key=value"),
        ("fixed_time:green_s=3,,", "is not key=value"),
        ("fixed_time:green_s=30,green_s=40", "green_s is given twice; give it once"),
    ],
)
def test_a_wrong_value_is_told_what_would_do(text, message):
    with pytest.raises(StrategyError, match=message):
        parse(text)


def test_values_given_in_code_are_checked_too():
    with pytest.raises(StrategyError, match="fixed_time:green_s=-3"):
        FixedTime(green_s=-3)
    with pytest.raises(StrategyError, match="fixed_time:green_s=True"):
        FixedTime(green_s=True)
    with pytest.raises(StrategyError, match="webster:startup_lost_s=two"):
        Webster(startup_lost_s="two")
    with pytest.raises(StrategyError, match="fixed_time:green_s=None"):
        FixedTime(green_s=None)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("a", ["a"]),
        ("a,b", ["a", "b"]),
        ("a:k=1,l=2,b", ["a:k=1,l=2", "b"]),
        ("a:k=1,b:l=2,m=3,c", ["a:k=1", "b:l=2,m=3", "c"]),
        (" a : k=1 , l=2 , b ", ["a : k=1,l=2", "b"]),
        ("a:k=x:y,l=2", ["a:k=x:y,l=2"]),
        ("k=1,b", ["k=1", "b"]),
        ("my.py:Mine:k=1,l=2,my.py:Other,b", ["my.py:Mine:k=1,l=2", "my.py:Other", "b"]),
        ("a,runs/rate=0.1,./out/x:choose=sampled", ["a", "runs/rate=0.1", "./out/x:choose=sampled"]),
    ],
)
def test_a_list_is_cut_between_strategies_only(text, pieces):
    assert split_list(text) == pieces


@pytest.mark.parametrize("text", ["", "a,,b", "a,", ",a", "a:k=1,,b"])
def test_an_empty_place_in_a_list_is_refused(text):
    with pytest.raises(StrategyError, match="empty place"):
        split_list(text)


def test_every_strategy_is_described_in_one_line_with_its_parameters():
    for name, strategy in STRATEGIES.items():
        description = describe(name)
        assert description.name == name == strategy.name
        assert description.line.endswith(".") or description.line.endswith(":")
        assert len(description.line) < 120
        own = [parameter.name for parameter in description.parameters]
        assert own == [*(field.name for field in dataclasses.fields(strategy)), "interval_s"]
        assert all(parameter.meaning for parameter in description.parameters)


def test_descriptions_carry_defaults_and_units():
    (green, interval) = describe("fixed_time").parameters
    assert (green.name, green.default, green.unit) == ("green_s", 30, "s")
    assert (interval.name, interval.default, interval.unit) == ("interval_s", None, "s")


def test_strategies_are_values():
    assert parse("sotl").strategy == parse("sotl").strategy
    with pytest.raises(dataclasses.FrozenInstanceError):
        FixedTime().green_s = 3


def test_a_beginning_of_a_name_is_completed():
    with pytest.raises(StrategyError, match="did you mean max_pressure"):
        parse("max")
