"""Descriptions of strategies."""

import inspect
import re

import pytest

from traffic_marl.strategies.catalogue import STRATEGIES, describe
from traffic_marl.strategies.classical.webster import Webster
from traffic_marl.strategies.description import HEAD, SECTIONS, description_of, moments


@pytest.mark.parametrize("name", STRATEGIES)
def test_every_docstring_has_the_same_form(name):
    text = inspect.getdoc(STRATEGIES[name])
    assert tuple(HEAD.findall(text)) == SECTIONS
    described = describe(name)
    assert re.fullmatch(r"[A-Z][^\n]{10,110}\.", described.line)
    for part in (described.method, described.senses, described.limits, described.source):
        assert part.endswith(".")


@pytest.mark.parametrize("name", STRATEGIES)
def test_every_parameter_has_a_meaning_and_a_range(name):
    for parameter in describe(name).parameters:
        assert len(parameter.meaning) > 10
        assert re.match(r"at least|more than|one of|a file", parameter.range)
        assert parameter.unit or isinstance(parameter.default, str) or parameter.range == "a file or folder"


def test_a_docstring_is_cut_into_its_parts():
    described = description_of(Webster, "webster")
    assert described.line.startswith("A fixed-time plan with cycle and splits")
    assert described.method.startswith("The cycle is C = ")
    assert described.method.endswith("Phases that are not needed are left out.")
    assert described.source == "Webster 1958, Traffic signal settings, Road Research Technical Paper 39."


@pytest.mark.parametrize(
    ("interval", "default", "words"),
    [
        (1, None, "every second"),
        (4, 15, "every 4 s"),
        (None, 15, "every 15 s, unless the scenario or the user gives another interval"),
        (None, None, "at the scenario's interval"),
    ],
)
def test_the_moments_of_decisions_are_told_in_words(interval, default, words):
    assert moments(interval, default) == words


def test_a_class_without_a_docstring_has_an_empty_description():
    class Silent(Webster):
        pass

    Silent.__doc__ = ""
    assert (description_of(Silent, "silent").line, description_of(Silent, "silent").source) == ("", "")
