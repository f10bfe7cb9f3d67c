"""Ranges of random scenarios as texts."""

import pytest

from traffic_marl.errors import UsageError
from traffic_marl.scenario import Ranges, ranges_of


def test_ranges_are_given_as_texts_and_the_others_are_the_defaults():
    given = ("load=0.4:1.1", "block_m=100:400", "phases=two,four", "tide=0.5", "lanes = 2 : 3")

    assert ranges_of(given) == Ranges(
        load=(0.4, 1.1), block_m=(100, 400), phases=("two", "four"), tide=0.5, lanes=(2, 3)
    )
    assert ranges_of(()) == Ranges()


def test_one_number_is_both_bounds():
    assert ranges_of(("yellow_s=3", "load=0.9")) == Ranges(yellow_s=(3, 3), load=(0.9, 0.9))


def test_choices_may_be_none():
    assert ranges_of(("max_green_s=none,60",)).max_green_s == (None, 60)
    assert ranges_of(["max_green_s=90"]).max_green_s == (90,)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("load=1.1:0.4", "in load=1.1:0.4, [1.1, 0.4] is not a pair of bounds; give the least first"),
        ("load=0.4:9", "in load=0.4:9, [0.4, 9] is not a pair of bounds; give the least first"),
        ("load=0.4:0.6:0.8", "in load=0.4:0.6:0.8, [0.4, 0.6, 0.8] is not a pair; give the least and the greatest"),
        ("load=low:high", "in load=low:high, 'low' is not a number; give numbers, 0.01 to 2"),
        ("load=nan:1", "in load=nan:1, nan is not a number"),
        ("load=:1", "in load=:1, '' is not a number"),
        ("lanes=1.5:2", "in lanes=1.5:2, 1.5 is not a whole number"),
        ("tide=0.1:0.2", "in tide=0.1:0.2, '0.1:0.2' is not a number; give a number from 0 to 1"),
        ("tide=2", "in tide=2, 2 is not a share"),
        ("phases=two,six", "in phases=two,six, unknown phases 'six'"),
        ("max_green_s=none,2", "in max_green_s=none,2, 2 is too small"),
        ("exceeding=0:0.9", "in exceeding=0:0.9, [0, 0.9] is not a pair of bounds"),
        ("lanes=1", "streets of one lane suit two phases alone; give two alone, or allow more lanes"),
        ("loud=0.4:1.1", "random scenarios have no range 'loud'; did you mean load?"),
        ("load", "'load' is not a range; give a name and its bounds, such as load=0.4:1.1"),
        ("load=", "'load=' is not a range"),
        ("=1:2", "'=1:2' is not a range"),
        ("", "'' is not a range"),
    ],
)
def test_a_wrong_text_is_told_in_one_line(text, told):
    with pytest.raises(UsageError) as caught:
        ranges_of((text,), "--range")

    assert str(caught.value).startswith(f"--range: {told}")
    assert "\n" not in str(caught.value)


def test_a_range_is_given_once():
    with pytest.raises(UsageError, match="ranges: load is given twice; give it once"):
        ranges_of(("load=0.4:1.1", "load=0.5"))


@pytest.mark.parametrize("wrong", ["load=0.4:1.1", None, (1,), {"load": (0.4, 1.1)}])
def test_ranges_are_a_list_of_texts(wrong):
    with pytest.raises(UsageError, match="is not a list of ranges"):
        ranges_of(wrong)
