import json

import numpy as np
import pytest
import torch

from tests.helpers.made_up_runs import SMALL, actor_on, empty_table, made_up_run
from traffic_marl.errors import FileError, StrategyError, UsageError
from traffic_marl.learning.learned import load_learned
from traffic_marl.learning.runs.export import export
from traffic_marl.learning.settings import TrainingSettings
from traffic_marl.rollout import run


def runtime(path):
    """A session of ONNX's runtime."""
    return pytest.importorskip("onnxruntime").InferenceSession(str(path), providers=["CPUExecutionProvider"])


def observations(rows, agents, size):
    return np.random.default_rng(5).random((rows, agents, size), np.float32)


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """Writes a random policy with these settings as ONNX, each once; gives its path."""
    pytest.importorskip("onnxscript")
    paths = {}

    def exported(**settings):
        key = str(settings)
        if key not in paths:
            folder = tmp_path_factory.mktemp("exported")
            made_up_run(folder / "run", **settings)
            export(str(folder / "run"), folder / "policy.onnx")
            paths[key] = folder / "policy.onnx"
        return paths[key]

    return exported


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"network": "mlp"},
        {"policy": "independent"},
        {"policy": "by-type"},
        {"policy": "attention"},
        {"policy": "message"},
        {"observation": "queue+plan"},
        {"observation": "queue+plan", "residual": True},
        {"observation": "queue+plan", "residual": True, "action": "plan", "interval": 1},
    ],
    ids=lambda settings: "-".join(map(str, settings.values())) or "phase",
)
def test_the_runtime_computes_what_torch_computes(exported, settings):
    path = exported(**settings)
    session = runtime(path)
    actor = actor_on(SMALL, TrainingSettings(**settings))
    for rows in (1, 2, 7):
        seen = observations(rows, actor.architecture.agents, actor.architecture.layout.size)
        (logits,) = session.run(["logits"], {"observations": seen})
        with torch.inference_mode():
            expected = actor(torch.from_numpy(seen)).numpy()
        assert logits.shape == (rows, 2, 4)
        assert logits == pytest.approx(expected, abs=1e-4)
    assert sorted(each.name for each in path.parent.iterdir()) == ["policy.onnx", "run"]


def test_a_shared_policy_takes_any_number_of_intersections(exported):
    session = runtime(exported())
    size = actor_on(SMALL, TrainingSettings()).architecture.layout.size
    (logits,) = session.run(["logits"], {"observations": observations(3, 9, size)})
    assert logits.shape == (3, 9, 4)
    facts = json.loads(session.get_modelmeta().custom_metadata_map["traffic_marl"])
    assert (facts["interval"], facts["observation"], facts["architecture"]["layout"]["phases"]) == (5, "upstream", 4)


def test_a_small_folder_holds_all_that_using_the_policy_needs(tmp_path):
    folder = made_up_run(tmp_path / "run")
    export(str(tmp_path / "run"), tmp_path / "small")
    (checkpoint,) = (tmp_path / "small" / "checkpoints").iterdir()
    assert sorted(path.name for path in checkpoint.iterdir()) == ["policy.json", "policy.npz"]
    delays = [
        run(SMALL, load_learned(tmp_path / name), (0, 1)).measures.mean_delay.tolist() for name in ("run", "small")
    ]
    assert delays[0] == delays[1]
    assert (tmp_path / "small" / "scenario.json").read_text() == (folder.path / "scenario.json").read_text()


def test_nothing_is_written_over(tmp_path):
    made_up_run(tmp_path / "run")
    with pytest.raises(FileError, match=r"FILE: .* already holds a run"):
        export(str(tmp_path / "run"), tmp_path / "run")


def test_a_table_is_no_network(tmp_path):
    made_up_run(tmp_path / "run", own=empty_table(), algorithm="ppo", observation="local")
    with pytest.raises(UsageError, match="has tables, no network; export it to a folder instead"):
        export(str(tmp_path / "run"), tmp_path / "policy.onnx")


def test_other_formats_are_refused(tmp_path):
    made_up_run(tmp_path / "run")
    with pytest.raises(UsageError, match=r"policy\.pt ends in \.pt; give a name that ends in \.onnx"):
        export(str(tmp_path / "run"), tmp_path / "policy.pt")
    with pytest.raises(FileError, match="there is no folder"):
        export(str(tmp_path / "run"), tmp_path / "nowhere" / "policy.onnx")
    with pytest.raises(StrategyError, match="there is no such run"):
        export(str(tmp_path / "nothing"), tmp_path / "policy.onnx")


def test_without_onnx_the_remedy_is_told(tmp_path, monkeypatch):
    made_up_run(tmp_path / "run")
    monkeypatch.setitem(__import__("sys").modules, "onnxscript", None)
    with pytest.raises(UsageError, match=r'onnxscript is not installed; run: pip install "traffic-marl\[export\]"'):
        export(str(tmp_path / "run"), tmp_path / "policy.onnx")
