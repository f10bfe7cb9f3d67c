"""Errors say where, what and what would do; near names are suggested."""

import copy
import pickle
import re

import pytest

import traffic_marl.errors
from traffic_marl.errors import TrafficError, UsageError, one_line, printable, suggest

KNOWN = ("grid_2x2_rush_hour", "grid_2x2_smoke", "arterial")


def test_an_error_has_three_parts():
    error = UsageError("interval", "0 is too small", "give a whole number, at least 1")
    assert str(error) == "interval: 0 is too small; give a whole number, at least 1"


@pytest.mark.parametrize("again", [copy.copy, lambda error: pickle.loads(pickle.dumps(error))])
def test_an_error_can_be_copied_and_sent_to_another_process(again):
    error = again(UsageError("reward", "mine gives 3", "give an array"))
    assert type(error) is UsageError
    assert (error.where, error.what, error.remedy) == ("reward", "mine gives 3", "give an array")
    assert str(error) == "reward: mine gives 3; give an array"


def test_characters_that_steer_a_terminal_are_shown_as_escapes_and_line_ends_stay():
    assert printable("Zürich\x1b[2J\u202e\ud800\nmid") == "Zürich\\x1b[2J\\u202e\\ud800\nmid"


def test_a_text_of_several_lines_becomes_one_that_can_be_printed():
    assert one_line("first\nsecond\r") == "first second\\r"


def test_a_long_text_is_cut_in_the_middle():
    assert one_line("abcdefghij", longest=4) == "ab...ij"


def test_a_misspelt_name_gets_the_nearest_and_all():
    assert suggest("arteril", KNOWN) == f"did you mean arterial? Available: {', '.join(KNOWN)}"


def test_the_beginning_of_names_gets_all_that_go_on_so():
    assert suggest("grid_2x2", KNOWN).startswith("did you mean grid_2x2_rush_hour or grid_2x2_smoke? Available: ")


def test_a_name_unlike_all_others_gets_no_suggestion():
    assert suggest("zzz", KNOWN) == f"available: {', '.join(KNOWN)}"
    assert suggest("", KNOWN) == f"available: {', '.join(KNOWN)}"


def test_the_error_tree_in_the_docstring_names_every_error():
    errors = {TrafficError, *TrafficError.__subclasses__()}
    defined = {error.__name__ for error in errors if error.__module__ == traffic_marl.errors.__name__}
    assert defined <= set(re.findall(r"\w+", traffic_marl.errors.__doc__))
