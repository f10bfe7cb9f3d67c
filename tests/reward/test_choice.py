"""What may stand for a reward, and how the rewards of intersections are combined."""

import numpy as np
import pytest

from tests.helpers.observed_traffic import NETWORKS, played
from traffic_marl.errors import UsageError
from traffic_marl.reward import check_reward, make_reward, name_of

NETWORK = NETWORKS["grid"]
FILE = """
def still(network):
    return lambda readings: -readings.age / network.tables.phase_count

def broken(network):
    return lambda readings: readings.nowhere

def unmade(network):
    raise ValueError("not today")

number = 3
"""


@pytest.fixture(scope="module")
def readings():
    return played(NETWORK).readings()


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(FILE)
    return path


def age(network):
    """A reward of the shortest kind."""
    return lambda readings: -readings.age


def gives(values):
    """A reward that gives these values for all readings."""

    def mine(network):
        return lambda readings: values

    return mine


def test_neighbours_share_and_all_share(readings):
    local = make_reward(NETWORK)(readings)
    mixed = make_reward(NETWORK, neighbour_weight=0.5)(readings)
    tables = NETWORK.tables
    for n in range(len(NETWORK.intersections)):
        around = tables.neighbour[tables.neighbour_start[n] : tables.neighbour_start[n + 1]]
        assert 2 <= len(around) <= 3
        assert mixed[:, n] == pytest.approx(local[:, n] + 0.5 * local[:, around].mean(axis=1), rel=1e-5)
    shared = make_reward(NETWORK, shared=True)(readings)
    assert shared == pytest.approx(np.repeat(local.mean(axis=1, keepdims=True), local.shape[1], axis=1), rel=1e-5)


def test_a_function_of_ones_own_is_used(readings):
    values = make_reward(NETWORK, age)(readings)
    assert values.dtype == np.float32
    assert np.array_equal(values, -readings.age)


def test_a_function_in_a_file_is_used(readings, file):
    text = f"{file}:still"
    check_reward(text)
    assert name_of(text) == text
    assert make_reward(NETWORK, text)(readings) == pytest.approx(-readings.age / NETWORK.tables.phase_count)


def test_ones_own_reward_is_combined_as_the_named_ones_are(readings):
    shared = make_reward(NETWORK, age, shared=True)(readings)
    assert shared == pytest.approx(np.repeat(-readings.age.mean(axis=1, keepdims=True), 6, axis=1))
    assert not np.array_equal(make_reward(NETWORK, age, neighbour_weight=1.0)(readings), -readings.age)


def test_a_reward_has_a_name_by_which_it_is_found_again():
    assert name_of("queue") == "queue"
    assert name_of(age) == f"{__file__}:age"
    with pytest.raises(UsageError, match="cannot be found again by a name in a file"):
        name_of(gives(0))


@pytest.mark.parametrize(
    ("reward", "line"),
    [
        ("delays", "reward: unknown reward 'delays'; did you mean delay? Available: delay, queue, pressure, wait, thr"),
        (5, "reward: 5 is not a reward; give a function of a network, `file.py:Name`, or a name: delay, queue"),
        (None, "reward: None is not a reward; "),
        ("none.py:mine", "reward: there is no file none.py; "),
        (lambda: None, "cannot be called with (network); let it take these arguments"),
    ],
)
def test_what_is_no_reward_is_refused(reward, line):
    with pytest.raises(UsageError) as caught:
        check_reward(reward)
    assert line in str(caught.value)
    with pytest.raises(UsageError):
        make_reward(NETWORK, reward)


@pytest.mark.parametrize(
    ("values", "line"),
    [
        (np.zeros(2), r"gives an array of shape \(2,\); give \(2, 6\): copies, intersections"),
        (np.zeros((6, 2)), r"gives an array of shape \(6, 2\); give \(2, 6\)"),
        (0.0, r"gives an array of shape \(\); give \(2, 6\)"),
        (None, "gives "),
        ("much", r"gives 'much', not numbers; give an array of shape \(2, 6\)"),
        (np.full((2, 6), np.nan), "gives a value that is no finite number; check it for divisions by zero"),
    ],
)
def test_what_is_no_array_of_numbers_is_refused(readings, values, line):
    reward = make_reward(NETWORK, gives(values))
    with pytest.raises(UsageError, match=f"^reward: gives.<locals>.mine {line}"):
        reward(readings)


def test_a_reward_must_give_a_function_of_readings():
    with pytest.raises(UsageError, match=r"gives 3 for a network; let it give a function of readings"):
        make_reward(NETWORK, lambda network: 3)


def test_an_error_in_a_users_file_is_told_with_its_line(readings, file):
    reward = make_reward(NETWORK, f"{file}:broken", where="--reward")
    with pytest.raises(UsageError, match=r"^--reward: .*mine.py, line 6 fails with AttributeError: .*; correct the"):
        reward(readings)
    with pytest.raises(UsageError, match=r"mine.py, line 9 fails with ValueError: not today"):
        make_reward(NETWORK, f"{file}:unmade")
    with pytest.raises(UsageError, match=r"^reward: 3 is not a reward"):
        make_reward(NETWORK, f"{file}:number")


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ({"neighbour_weight": -1}, "neighbour_weight: -1 is too small; give a number, at least 0"),
        ({"neighbour_weight": "x"}, "neighbour_weight: 'x' is not a number; "),
        ({"shared": "yes"}, "shared_reward: 'yes' is neither true nor false; give True or False"),
        ({"neighbour_weight": 0.5, "shared": True}, "neighbour_weight: a shared reward holds all neighbours already; "),
    ],
)
def test_options_that_make_no_sense_are_refused(options, line):
    with pytest.raises(UsageError) as caught:
        make_reward(NETWORK, **options)
    assert str(caught.value).startswith(line)
