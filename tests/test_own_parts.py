"""A user's folder, outside the package, with a network format, a strategy, a reward and an observation, all at once."""

import json
import sys
from importlib import import_module

import numpy as np
import pytest

import traffic_marl
from tests.helpers.own_format import data_set
from traffic_marl.learning.learned import load_learned
from traffic_marl.learning.runs.budget import Validation

PARTS = '''
import numpy as np

from traffic_marl import make_encoder
from traffic_marl.reward import entering_sums


def in_turn(conditions, green=10):
    """Each phase in turn."""
    count = conditions.network.tables.phase_count
    return lambda readings: np.broadcast_to(readings.time // green % count, readings.phase.shape)


def outflow(network):
    """Vehicles discharged."""
    entering = entering_sums(network)
    return lambda readings: entering(readings.discharged)


class Few:
    """Three groups of features, behind a class of the user's own."""

    def __init__(self, network, timing, interval):
        self.encoder = make_encoder(network, timing, interval, ("queue", "bands", "backlog"))
        self.layout = self.encoder.layout

    def __call__(self, readings):
        return self.encoder(readings)
'''
SCENARIO = """
from my_format import read_network, read_trips

from traffic_marl.scenario import CustomDemand, CustomNetwork, Scenario

scenario = Scenario(
    name="my_crossing",
    network=CustomNetwork(reader=read_network, path="arms.csv"),
    demand=CustomDemand(reader=read_trips, path="trips.csv"),
    duration_s=60,
    clearing_s=120,
)
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The user's folder, as the present one."""
    data_set(tmp_path)
    (tmp_path / "parts.py").write_text(PARTS)
    (tmp_path / "my_crossing.py").write_text(SCENARIO)
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    sys.modules.pop("parts", None)


def delays(path):
    """Mean delays of the runs in a JSON file of a comparison, by strategy."""
    return {row["strategy"]: row["mean_delay"]["mean"] for row in json.loads(path.read_text())["strategies"]}


def test_the_command_line_takes_all_four(folder, call):
    own = ("--reward", "parts.py:outflow", "--observation", "parts.py:Few")
    short = ("--algorithm", "tabular-q", "--iterations", 2, "--copies", 2, "--validation-seeds", 1, "--skip-classical")
    assert call("train", "my_crossing.py", *own, *short, "--out", "runs/mine")[0] == 0
    strategies = "fixed_time,parts.py:in_turn:green=20,runs/mine"
    assert call("compare", "my_crossing.py", "--strategies", strategies, "--trust", "--json", "table.json")[0] == 0
    assert set(delays(folder / "table.json")) == {"fixed_time", "parts.py:in_turn:green=20", "runs/mine"}
    code, out, _ = call("simulate", "my_crossing.py", "--strategy", "parts.py:in_turn:green=20", "--json")
    found = json.loads(out)["measures"]
    assert (code, found["demanded"], found["completed"]) == (0, 3, 3)
    assert found["mean_delay"] == delays(folder / "table.json")["parts.py:in_turn:green=20"]
    assert call("watch", "my_crossing.py", "--strategy", "runs/mine", "--trust", "--record", "mine.traffic")[0] == 0
    assert call("replay", "mine.traffic", "--html", "mine.html")[0] == 0


def test_python_takes_all_four(folder, monkeypatch):
    monkeypatch.syspath_prepend(folder)
    parts = import_module("parts")
    quick = {"iterations": 2, "validation": Validation(seeds=1, classical=False), "algorithm": "tabular-q", "copies": 2}
    report = traffic_marl.train("my_crossing.py", "runs/mine", reward=parts.outflow, observation=parts.Few, **quick)
    assert report.doing == "done"
    mine = load_learned("runs/mine", trust=True)
    comparison = traffic_marl.compare("my_crossing.py", ["fixed_time", parts.in_turn, mine], seeds=[0])
    assert {row.label for row in comparison.rows} == {"fixed_time", "in_turn", "runs/mine"}
    own = {"reward": parts.outflow, "observation": parts.Few}
    env = traffic_marl.vector_env("my_crossing.py", 2, seeds=[0], autoreset=False, **own)
    env.reset()
    total, over = np.zeros((2, 1)), np.array([False, False])
    while not over.any():
        _, rewards, _, over, _ = env.step(np.zeros((2, 1), int))
        total += rewards
    assert total.tolist() == [[2.0], [2.0]], "both vehicles of the phase that stays green"
