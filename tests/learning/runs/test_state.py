"""The state of a run believes no value: what is missing, of another kind or out of its range is damage."""

import json
from dataclasses import replace

import pytest

from tests.helpers.made_up_runs import made_up_run
from traffic_marl.errors import FileError
from traffic_marl.learning.runs.folder import RunFolder

WRONG = (None, True, "x", [], {}, -1, 1.5, 10**19, 10**400, "NaN")


@pytest.fixture
def folder(tmp_path):
    return made_up_run(tmp_path / "one")


def with_value(folder, key, text):
    """Puts a text into the file in place of the value of a key."""
    path = folder.path / "state.json"
    state = json.loads(path.read_text())
    path.write_text(json.dumps(state | {key: "HERE"}).replace('"HERE"', text))
    return RunFolder.open_run(folder.path)


@pytest.mark.parametrize("key", ["iteration", "agent_steps"])
@pytest.mark.parametrize("value", [*WRONG, 0.0])
def test_a_count_is_a_whole_number_in_its_range(folder, key, value):
    with pytest.raises(FileError, match=r"is damaged: state\.json is missing or unreadable"):
        with_value(folder, key, json.dumps(value))


@pytest.mark.parametrize("text", ["Infinity", "-Infinity", "NaN", "1e19", "-1e19", "1e400", '"1"', "true", "[1]"])
@pytest.mark.parametrize("key", ["seconds", "best_delay"])
def test_a_number_is_finite_and_in_its_range(folder, key, text):
    with pytest.raises(FileError, match=r"is damaged: state\.json"):
        with_value(folder, key, text)


def test_a_time_is_not_below_zero(folder):
    with pytest.raises(FileError, match=r"is damaged: state\.json"):
        with_value(folder, "seconds", "-1")


def test_delays_of_free_roads_are_a_little_below_zero(folder):
    written = replace(folder.state, best_delay=-0.4, target=("actuated", -0.3), classical=(("sotl", -0.2),))
    folder.write_state(written)
    assert RunFolder.open_run(folder.path).state == written


def test_a_run_without_a_kind_of_mean_is_of_an_earlier_version(folder):
    assert folder.state.mean == "geometric"
    path = folder.path / "state.json"
    state = json.loads(path.read_text())
    assert state.pop("mean") == "geometric"
    path.write_text(json.dumps(state))
    assert RunFolder.open_run(folder.path).state.mean == "arithmetic"
    with pytest.raises(FileError, match=r"is damaged: state\.json"):
        with_value(folder, "mean", '"harmonic"')


@pytest.mark.parametrize("delay", [float("nan"), float("inf")])
def test_no_delay_that_could_not_be_read_is_written(folder, delay):
    before = folder.state
    with pytest.raises(ValueError, match="not JSON compliant"):
        folder.write_state(replace(before, best_delay=delay))
    assert RunFolder.open_run(folder.path).state == before


@pytest.mark.parametrize(
    "key", ["validation_seeds", "also", "classical", "target", "digests", "scenario", "last", "best"]
)
@pytest.mark.parametrize(
    "text", ["3", "1e19", '"abc"', "[[]]", "[null]", '[["a"]]', '[["a", NaN]]', '{"a": 1}', '{"iteration_000001": 3}']
)
def test_lists_and_names_are_of_their_kind(folder, key, text):
    with pytest.raises(FileError, match=r"is damaged: state\.json"):
        with_value(folder, key, text)


@pytest.mark.parametrize(
    "name", ["../a", "/a", "training/../../a", "training/", "", "a\\b", "\x1b", "training/.hidden"]
)
def test_no_digest_is_of_a_file_outside(folder, name):
    digests = {"iteration_000001": {name: "0" * 64}}
    with pytest.raises(FileError, match=r"is damaged: state\.json"):
        with_value(folder, "digests", json.dumps(digests))
