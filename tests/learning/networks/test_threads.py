"""Threads of a learner: as many as find a CPU, and no more than ray or the user allow."""

import os
import subprocess
import sys

import pytest

from traffic_marl.learning.networks import sums, threads
from traffic_marl.learning.networks.threads import free_threads, threads_for_learning
from traffic_marl.learning.settings import TrainingSettings


@pytest.fixture
def two_cpus(monkeypatch):
    monkeypatch.setattr(threads, "usable_cpus", lambda: 2)
    monkeypatch.setattr(threads, "sums_are_the_same", lambda: True)
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)


@pytest.mark.parametrize(("running", "expected"), [(1, 2), (2, 1), (3, 1), (40, 1)])
def test_a_cpu_that_another_thread_uses_is_left_to_it(two_cpus, monkeypatch, tmp_path, running, expected):
    load = tmp_path / "loadavg"
    load.write_text(f"1.52 1.10 0.98 {running}/512 4711\n")
    monkeypatch.setattr(threads, "LOAD", str(load))
    assert free_threads(2) == expected
    assert free_threads(1) == 1


@pytest.mark.parametrize("content", [None, "", "1.5 1.1", "a b c d e"])
def test_a_system_that_does_not_tell_is_taken_as_idle(two_cpus, monkeypatch, tmp_path, content):
    load = tmp_path / "loadavg"
    if content is not None:
        load.write_text(content)
    monkeypatch.setattr(threads, "LOAD", str(load))
    assert free_threads(2) == 2


@pytest.mark.parametrize(
    ("value", "expected"), [("1", 1), ("2", 2), ("64", 2), ("1,4", 1), ("", 2), ("0", 2), ("x", 2)]
)
def test_the_environment_bounds_the_threads_of_a_learner(two_cpus, monkeypatch, value, expected):
    monkeypatch.setenv("OMP_NUM_THREADS", value)
    assert threads_for_learning(TrainingSettings()) == expected


def test_a_learner_beside_others_or_with_small_minibatches_has_one_thread(two_cpus):
    assert threads_for_learning(TrainingSettings(learners=1)) == 1
    assert threads_for_learning(TrainingSettings(minibatch=64)) == 1


def test_a_minibatch_that_threads_would_sum_in_parts_has_one_thread(two_cpus):
    assert threads_for_learning(TrainingSettings(minibatch=32_768)) == 2
    assert threads_for_learning(TrainingSettings(minibatch=32_769)) == 1


def test_where_two_threads_give_other_sums_there_is_one(two_cpus, monkeypatch, tmp_path):
    monkeypatch.setattr(threads, "LOAD", str(tmp_path / "none"))
    monkeypatch.setattr(threads, "sums_are_the_same", lambda: False)
    assert free_threads(2) == 1


@pytest.mark.parametrize(
    ("processor", "chosen", "expected"),
    [
        ("vendor_id : GenuineIntel", None, "AUTO,STRICT"),
        ("vendor_id : GenuineIntel", "COMPATIBLE", "COMPATIBLE"),
        ("vendor_id : AuthenticAMD", None, None),
        (None, None, None),
    ],
)
def test_the_strict_mode_is_for_processors_of_intel(monkeypatch, tmp_path, processor, chosen, expected):
    monkeypatch.delenv(sums.VARIABLE, raising=False)
    if chosen is not None:
        monkeypatch.setenv(sums.VARIABLE, chosen)
    if processor is not None:
        (tmp_path / "cpuinfo").write_text(f"processor : 0\n{processor}\n")
    monkeypatch.setattr(sums, "PROCESSOR", tmp_path / "cpuinfo")
    monkeypatch.setattr(os, "environ", os.environ.copy())  # a mode that is set now would hold for later tests
    sums.ask_for_same_sums()
    assert os.environ.get(sums.VARIABLE) == expected


def test_products_are_the_same_on_one_thread_and_on_two():
    program = "import traffic_marl.learning.networks; from traffic_marl.learning.networks import sums; "
    code = f"{program}assert sums.sums_are_the_same(); import torch; print(torch.get_num_threads())"
    environment = {name: value for name, value in os.environ.items() if name != sums.VARIABLE} | {
        "OMP_NUM_THREADS": "1"
    }
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "1"), done.stderr
