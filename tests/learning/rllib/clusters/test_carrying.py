"""Files that a scenario or a setting names, carried to processes that do not see them."""

import pickle
from pathlib import Path

import numpy as np
import pytest

from traffic_marl.demand.formats.cityflow import write_flow
from traffic_marl.learning.environment import ScenarioEnvironment
from traffic_marl.learning.rllib.clusters.carrying import CarriedEnvironment, carried
from traffic_marl.learning.settings import TrainingSettings
from traffic_marl.network.formats.cityflow import write_roadnet
from traffic_marl.scenario import DemandFile, GridNetwork, NetworkFile, Scenario, TurningFlows

REWARD = """
import numpy as np


class Half:
    def __init__(self, network):
        self.network = network

    def __call__(self, readings):
        return np.full(readings.phase.shape, 0.5, np.float32)
"""
GRID = Scenario(
    name="grid",
    network=GridNetwork(rows=1, columns=2, block_m=150),
    demand=TurningFlows(inflow_vph=300),
    signals={"phases": "eight"},
    duration_s=60,
)


@pytest.fixture
def from_files(tmp_path, monkeypatch):
    """A scenario of two files, by paths from the present folder."""
    monkeypatch.chdir(tmp_path)
    write_roadnet(GRID.build_network(), tmp_path / "roadnet.json")
    write_flow(GRID.build_demand().draw(0), GRID.build_network(), tmp_path / "flow.json")
    return Scenario(
        name="from_files",
        network=NetworkFile(kind="cityflow", path="roadnet.json"),
        demand=DemandFile(kind="cityflow", path="flow.json"),
        duration_s=60,
    )


def elsewhere(make, tmp_path, monkeypatch):
    """What makes environments, as it comes to a process in another folder, without the files."""
    sent = pickle.dumps(make)
    for path in tmp_path.glob("*.*"):
        path.unlink()
    (tmp_path / "other").mkdir()
    monkeypatch.chdir(tmp_path / "other")
    monkeypatch.setenv("TMPDIR", str(tmp_path / "other"))
    monkeypatch.setattr("tempfile.tempdir", None)
    return pickle.loads(sent)


def rewards_of(env):
    """The rewards of a minute of the first phases."""
    env.reset()
    none = np.zeros((env.copies, len(env.intersections)), np.int32)
    return [env.step(none)[1].tolist() for _ in range(env.steps)]


def test_an_environment_of_files_is_the_same_where_they_are_missing(from_files, tmp_path, monkeypatch):
    settings = TrainingSettings.chosen(copies=1)
    here = rewards_of(ScenarioEnvironment(from_files, settings)(1))
    there = elsewhere(carried(from_files, settings), tmp_path, monkeypatch)(1, 0, 1, 1)
    assert rewards_of(there) == here
    assert np.ptp(here) > 0.0


def test_a_reward_of_the_users_own_is_carried(tmp_path, monkeypatch):
    (tmp_path / "mine.py").write_text(REWARD)
    settings = TrainingSettings.chosen(copies=1, reward=f"{tmp_path / 'mine.py'}:Half")
    there = elsewhere(carried(GRID, settings), tmp_path, monkeypatch)(1, 0, 1, 1)
    assert np.unique(rewards_of(there)).tolist() == [0.5]


def test_further_scenarios_bring_their_files_too(from_files, tmp_path, monkeypatch):
    from_files.save(tmp_path / "more.json")
    settings = TrainingSettings.chosen(copies=1, also=("more.json",))
    there = elsewhere(carried(GRID, settings), tmp_path, monkeypatch)(1, 0, 1, 1)
    assert len(set(there.scenario_of.tolist())) == 2


def test_nothing_is_carried_where_no_file_is_named(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "grid").write_text("a file with the name of the scenario")
    assert carried(GRID, TrainingSettings.chosen()) == ScenarioEnvironment(GRID, TrainingSettings.chosen())


def test_the_files_are_read_when_the_training_begins(from_files):
    found = carried(from_files, TrainingSettings.chosen())
    assert isinstance(found, CarriedEnvironment)
    assert found.files == {name: Path(name).read_bytes() for name in ("roadnet.json", "flow.json")}
