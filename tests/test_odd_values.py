"""Values of odd size and form in every place that takes one: an error in one line, or a result, and soon."""

import math
import signal
import warnings
from contextlib import contextmanager

import numpy as np
import pytest

import traffic_marl
from tests.test_wrong_arguments import PLACES, RIGHT
from traffic_marl import TrafficError
from traffic_marl.strategies.catalogue import STRATEGIES
from traffic_marl.strategies.parameters import parameters_of

NUMBERS = (math.nan, math.inf, -math.inf, -0.0, 1e308, -1e308, 1e-308, 2**31, 2**63, 10**30, 10**400)
TEXTS = ("", " ", "\n", "\0", "\x1b[31m", "\ud800", "é", "x" * 300, "a/" * 3000, "x" * 300 + ".json", "\0.py:x")
OTHERS = (True, [], {}, (), np.int64(2**62), np.uint64(2**63), np.float32(math.inf), [2**63], "/dev/zero.json")
WRITTEN = ("1e308", "-1e308", "1e-308", "nan", "inf", "-0.0", "2147483648", "1e9", "86400", "1" + "0" * 5000)
PARAMETERS = [(name, each) for name, made in STRATEGIES.items() for each in (*parameters_of(made), "interval_s", "odd")]
LONG = {("train", "iterations"), ("train", "minutes")}  # any of them may be meant, and lasts
PATIENCE = 20  # [s] far more than any of these takes
LONGEST_LINE = 6000  # [characters] with the lists of all names that would do


@contextmanager
def soon(what):
    """In a `with` block, time is limited."""

    def late(number, frame):
        raise AssertionError(f"{what} takes longer than {PATIENCE} s")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(PATIENCE)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def line_of(function, what) -> str:
    """The error of a call, empty if it works."""
    with soon(what):
        try:
            function()
        except TrafficError as error:
            return str(error)
    return ""


@pytest.mark.parametrize(("function", "argument"), [place for place in PLACES if place not in LONG])
def test_an_odd_value_of_an_argument_is_refused_in_one_line_or_works(function, argument, tmp_path):
    for value in (*NUMBERS, *TEXTS, *OTHERS):
        arguments = {**RIGHT[function], argument: value}
        if function == "train":
            arguments = {**arguments, "out": tmp_path / "run", "algorithm": "no such algorithm"}
        what = f"{function}({argument}={value!r:.60})"
        line = line_of(lambda a=arguments: getattr(traffic_marl, function)(**a), what)
        assert line.isprintable(), what
        assert len(line) < LONGEST_LINE, what


@pytest.mark.parametrize(("strategy", "parameter"), PARAMETERS)
def test_an_odd_value_of_a_parameter_is_refused_in_one_line_or_works(strategy, parameter):
    for value in (*WRITTEN, *TEXTS):
        text = f"{strategy}:{parameter}={value}"
        with warnings.catch_warnings():
            warnings.simplefilter("error", RuntimeWarning)
            line = line_of(lambda t=text: traffic_marl.run("grid_2x2_smoke", t, [0], until=5), text[:80])
        assert line.isprintable(), text[:80]
        assert len(line) < 2 * LONGEST_LINE, text[:80]


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("copies", 2**31),
        ("copies", 10**30),
        ("runners", 10**6),
        ("learning_rate", 1e308),
        ("hidden", "100000,100000"),
        ("epochs", 2**31),
        ("entropy", 10**400),
        ("seed", 2**63),
        ("clip", 1e-308),
        ("fragment", 2**63),
    ],
)
def test_a_setting_of_a_training_has_limits(setting, value, tmp_path):
    with pytest.raises(TrafficError, match=rf"^{setting}: .* (is too large|is not a number|is out of range); give"):
        traffic_marl.train("grid_2x2_smoke", tmp_path / "run", iterations=1, **{setting: value})
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("value", [2**63, -(2**63), 2**64, 10**30, -1, 1.5, math.nan, "0", None, [], object()])
def test_an_action_outside_the_space_is_refused_by_each_form(value):
    from gymnasium.error import InvalidAction

    parallel = traffic_marl.parallel_env("grid_2x2_smoke")
    parallel.reset()
    with pytest.raises(InvalidAction):
        parallel.step(dict.fromkeys(parallel.agents, value))
    turns = traffic_marl.aec_env("grid_2x2_smoke")
    turns.reset()
    with pytest.raises(AssertionError, match="action is not in action space"):
        turns.step(value)
    for form in ({"form": "intersection", "intersection": parallel.possible_agents[0]}, {}):
        single = traffic_marl.gymnasium_env("grid_2x2_smoke", **form)
        single.reset()
        with pytest.raises(InvalidAction):
            single.step(value if form else [value] * 4)
    vector = traffic_marl.vector_env("grid_2x2_smoke", 1)
    vector.reset()
    with pytest.raises(TrafficError, match=r"^actions: "):
        vector.step([[value] * 4])


def test_options_of_reset_are_refused_or_warned_of():
    with pytest.raises(TrafficError, match=r"^options: reset takes none, but was given \{'speed': 3\}; leave them out"):
        traffic_marl.gymnasium_env("grid_2x2_smoke").reset(options={"speed": 3})
    with pytest.warns(UserWarning, match="reset reads no options, so .'speed': 3. changes nothing"):
        traffic_marl.parallel_env("grid_2x2_smoke").reset(options={"speed": 3})
    traffic_marl.gymnasium_env("grid_2x2_smoke").reset(options={})
