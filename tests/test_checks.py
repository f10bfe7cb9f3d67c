"""Checks of arguments: plain values come back, and everything else is refused in one line."""

import re

import numpy as np
import pytest

from traffic_marl.checks import (
    LAST_SEED,
    at_least_one,
    boolean,
    check_call,
    check_name,
    checked_seed,
    checked_seeds,
    ensure_function,
    ensure_kind,
    number_at_least,
    shown,
    whole_number,
)
from traffic_marl.errors import UsageError


def refused(check, *arguments):
    """The line with which a check refuses its arguments."""
    with pytest.raises(UsageError) as caught:
        check(*arguments)
    return str(caught.value)


def test_whole_numbers_come_back_as_plain_ones():
    for value in (3, np.int32(3), np.uint8(3)):
        assert whole_number("interval", value) == 3
        assert type(at_least_one("interval", value)) is int


@pytest.mark.parametrize("value", [True, np.True_, 2.0, np.float64(2), "2", None, [2], np.array([2])])
def test_what_is_no_whole_number_is_refused(value):
    line = refused(at_least_one, "interval", value)
    assert line == f"interval: {value!r} is not a whole number; give a whole number, at least 1"


def test_a_number_below_the_least_is_refused():
    assert refused(at_least_one, "copies", 0) == "copies: 0 is too small; give a whole number, at least 1"
    assert whole_number("copies", -5) == -5


def test_a_number_that_the_kernels_cannot_hold_is_refused():
    assert at_least_one("interval", 2**31 - 1) == 2**31 - 1
    line = refused(at_least_one, "interval", 2**31)
    assert line == "interval: 2147483648 is too large; give a whole number, 1 to 2147483647"


def test_numbers_come_back_as_plain_ones():
    assert number_at_least("weight", np.float32(0.5), 0.0) == 0.5
    assert number_at_least("weight", 2, 0.0) == 2.0


@pytest.mark.parametrize("value", [True, "1", None, float("nan"), float("inf"), [1.0], 1j])
def test_what_is_no_finite_number_is_refused(value):
    line = f"weight: {value!r} is not a number; give a number, at least 0"
    assert refused(number_at_least, "weight", value, 0.0) == line


def test_a_number_that_is_too_small_is_refused():
    assert refused(number_at_least, "weight", -1, 0.0) == "weight: -1 is too small; give a number, at least 0"


def test_truth_comes_back_as_a_plain_one():
    assert boolean("shared", True) is True
    assert boolean("shared", np.False_) is False


@pytest.mark.parametrize("value", ["yes", 1, None, np.array([True])])
def test_what_is_neither_true_nor_false_is_refused(value):
    assert refused(boolean, "shared", value) == f"shared: {value!r} is neither true nor false; give True or False"


@pytest.mark.parametrize("seed", [-1, LAST_SEED])
def test_a_seed_outside_the_range_is_refused(seed):
    assert refused(checked_seed, seed) == f"seed: {seed} is not a seed; give a whole number, 0 to {LAST_SEED - 1}"


def test_seeds_come_back_as_plain_numbers():
    for seeds in ([4, 5], (4, 5), np.array([4, 5], np.uint16), [np.int64(4), 5]):
        checked = checked_seeds(seeds)
        assert checked == (4, 5)
        assert all(type(seed) is int for seed in checked)


def test_a_range_of_seeds_stays_a_range():
    assert checked_seeds(range(10**12)) == range(10**12)


@pytest.mark.parametrize("seeds", [5, "0,1", None, {1, 2}, {1: 2}, 1.5, iter([1]), np.array(5), np.int64(5)])
def test_what_is_no_sequence_of_seeds_is_refused(seeds):
    line = refused(checked_seeds, seeds)
    assert line.startswith("seeds: ")
    assert line.endswith("is not a sequence of seeds; give a sequence of whole numbers, such as range(10)")


@pytest.mark.parametrize(
    ("seeds", "what"),
    [
        ([], "there are none"),
        (np.array([], int), "there are none"),
        ([1, -2], "-2 is not a seed"),
        (range(3, -2, -1), "-1 is not a seed"),
        (range(0, 2**63, 2**62), f"{2**62} is not a seed"),
        ([1, 2.0], "2.0 is not a whole number"),
        (np.array([0.0, 1.0]), "is not a whole number"),
        (np.array([[0, 1]]), "is not a whole number"),
        ([True], "True is not a whole number"),
    ],
)
def test_seeds_that_are_none_are_refused(seeds, what):
    assert re.match(rf"seeds: .*{re.escape(what)}; give ", refused(checked_seeds, seeds))


def test_an_unknown_name_gets_the_nearest():
    line = refused(check_name, "--reward", "dely", ("delay", "queue"))
    assert line == "--reward: unknown reward 'dely'; did you mean delay? Available: delay, queue"
    check_name("reward", "delay", ("delay", "queue"))


@pytest.mark.parametrize("name", [None, 5, ["delay"]])
def test_what_is_no_name_is_refused(name):
    assert refused(check_name, "reward", name, ("delay", "queue")).endswith("is not a name; available: delay, queue")


def test_long_values_are_cut_with_an_ellipsis():
    assert shown("x" * 100) == "'" + "x" * 56 + "..."
    assert shown(np.zeros((2, 2))) == "array([[0., 0.], [0., 0.]])"


def test_functions_are_asked_whether_they_can_be_called():
    check_call(lambda network, timing=None: None, "reward", "mine", ("network",))
    with pytest.raises(UsageError, match=r"^reward: mine\(a, b\) cannot be called with \(network\); let it take"):
        check_call(lambda a, b: None, "reward", "mine", ("network",))


def test_a_built_in_function_that_does_not_tell_its_arguments_is_refused():
    with pytest.raises(UsageError, match=r"^reward: int does not tell which arguments it takes; call it in a function"):
        check_call(int, "reward", "int", ("network",))


def test_a_value_of_another_class_is_refused_with_the_source_of_the_right_one():
    ensure_kind("seed", 3, int, "range(10)")
    assert refused(ensure_kind, "seed", "3", int, "range(10)") == "seed: '3' is no int; give one, as from range(10)"


def test_a_function_that_cannot_be_called_with_the_arguments_is_refused():
    ensure_function("watch", print, ("report",))
    assert (
        refused(ensure_function, "watch", 3, ("report",)) == "watch: 3 is not a function; give a function of (report)"
    )
    line = refused(ensure_function, "watch", refused, ())
    assert line == "watch: refused(check, *arguments) cannot be called with (); let it take these arguments"
