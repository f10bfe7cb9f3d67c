"""Parameters of classes and functions that a user writes."""

from dataclasses import dataclass, field

import pytest

from traffic_marl.errors import StrategyError
from traffic_marl.strategies.parameters import arguments_of, choice, count, number, one_of, seconds


@dataclass(frozen=True)
class Annotated:
    """A class with rules, plain fields, and a field that text cannot give."""

    green_s: int = seconds(20, "green time")
    whole: int = 1
    share: float = 2
    word: "str" = "a"
    flag: bool = False
    maybe: int | None = None
    table: tuple = field(default=())


def started(conditions, greed, *rest, patience=3, **options):
    """A function with plain arguments."""


def test_fields_with_rules_and_plain_fields_are_parameters():
    found = arguments_of(Annotated)
    assert {name: parameter.type for name, parameter in found.items()} == {
        "green_s": int,
        "whole": int,
        "share": float,
        "word": str,
        "flag": bool,
        "maybe": int,
    }
    assert (found["green_s"].range, found["whole"].range) == ("at least 1", "")


def test_arguments_of_a_function_count_by_their_default():
    assert {name: each.type for name, each in arguments_of(started, positional=1).items()} == {"patience": int}


@pytest.mark.parametrize(("text", "value"), [("true", True), ("False", False)])
def test_truth_values_are_read(text, value):
    assert arguments_of(Annotated)["flag"].read("here", text) is value


@pytest.mark.parametrize(
    ("made", "allowed", "remedy"),
    [
        (seconds(3, "x", least=0), "at least 0", "give seconds, at least 0"),
        (number(1.0, "veh/h", "a flow", "x", least=1.0), "at least 1", "give veh/h, at least 1"),
        (number(1.0, "", "a factor", "x"), "at least 0", "give a number, at least 0"),
        (count(1, "veh", "a number", "x"), "at least 0", "give a whole number of vehicles, at least 0"),
        (one_of(0, (0, 60), "m", "a distance", "x"), "one of 0, 60", "give one of 0, 60 m"),
        (choice("a", ("a", "b"), "a word", "x"), "one of a, b", "give one of a, b"),
    ],
)
def test_each_kind_of_parameter_says_its_range_and_what_would_do(made, allowed, remedy):
    parameter = made.metadata["parameter"]
    assert (parameter.range, parameter.remedy) == (allowed, remedy)


@pytest.mark.parametrize(("name", "value"), [("whole", 1.5), ("whole", True), ("share", "x"), ("flag", 1)])
def test_a_value_of_another_type_is_refused(name, value):
    with pytest.raises(StrategyError, match=f"here={value}: "):
        arguments_of(Annotated)[name].check("here", value)
