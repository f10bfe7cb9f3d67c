"""The policy with which a training begins gives its weights, its critic's, and the settings that belong to them."""

import io

import numpy as np
import pytest
import torch

from tests.helpers.made_up_runs import SMALL, actor_on, empty_table, made_up_run
from traffic_marl.errors import FileError, StrategyError, UsageError
from traffic_marl.learning.policies import ActorPolicy
from traffic_marl.learning.settings import TrainingSettings
from traffic_marl.learning.starting.sources import first_weights, inherited, source_of
from traffic_marl.learning.starting.start import ACTOR
from traffic_marl.scenario import GridNetwork

LARGER = SMALL.model_copy(update={"name": "larger", "network": GridNetwork(rows=2, columns=2)})


def arrays_of(content):
    with np.load(io.BytesIO(content)) as arrays:
        return {name: arrays[name] for name in arrays.files}


def test_a_policy_begins_on_another_scenario_with_the_same_weights(tmp_path):
    made_up_run(tmp_path / "x", observation="local", hidden=(8, 8))
    settings = TrainingSettings(observation="local", hidden=(8, 8))
    weights = arrays_of(first_weights(source_of(str(tmp_path / "x")), LARGER, settings)[ACTOR])
    expected = actor_on(SMALL, settings).state_dict()
    assert set(weights) == set(expected)
    assert all(np.array_equal(weights[name], value.numpy()) for name, value in expected.items())


def test_it_behaves_as_before_with_an_observation_of_more_features(tmp_path):
    from traffic_marl.environments import VectorEnv
    from traffic_marl.learning.networks import build_actor
    from traffic_marl.learning.rllib.build import architecture_of

    made_up_run(tmp_path / "x", observation="local", hidden=(8, 8))
    settings = TrainingSettings(observation="neighbours", hidden=(8, 8))
    actor = build_actor(architecture_of(LARGER, settings))
    files = first_weights(source_of(str(tmp_path / "x")), LARGER, settings)
    actor.load_state_dict({name: torch.from_numpy(value) for name, value in arrays_of(files[ACTOR]).items()})
    policies = [ActorPolicy(actor, "ppo")]
    envs = [VectorEnv(LARGER, 2, (5, 6), interval=5, observation=each) for each in ("neighbours", "local")]
    observations = [env.reset() for env in envs]
    policies.append(source_of(str(tmp_path / "x")).policy.on(envs[1].network, envs[1].layout))
    for _ in range(12):
        more, local = (policy.probabilities(x) for policy, x in zip(policies, observations, strict=True))
        assert np.allclose(more, local, atol=1e-5)
        observations = [env.step(local.argmax(-1))[0] for env in envs]


def test_what_belongs_to_the_policy_is_inherited_unless_it_is_chosen(tmp_path):
    made_up_run(tmp_path / "x", observation="local", hidden=(8, 8), policy="by-type", critic="central", interval=10)
    source = source_of(str(tmp_path / "x"))
    own = {"algorithm": "ppo", "observation": "local", "interval": 10, "action": "phase"}
    network = {"network": "phase", "policy": "by-type", "critic": "central", "hidden": [8, 8]}
    assert inherited(source, {}) == own | network
    assert TrainingSettings.chosen(**inherited(source, {})).hidden == (8, 8)
    chosen = {"hidden": (4,), "interval": 5, "algorithm": "appo"}
    found = inherited(source, chosen)
    assert found == {
        "observation": "local",
        "action": "phase",
        "network": "phase",
        "policy": "by-type",
        "critic": "central",
    }
    assert "interval" not in inherited(source, {"action": "gap_out"}), "its moments of choice are others"
    assert "critic" not in inherited(source, {"algorithm": "reinforce"})


def test_tables_begin_with_tables_of_the_same_intersections(tmp_path):
    table = empty_table()
    table.values[:] = 3.5
    made_up_run(tmp_path / "x", own=table, algorithm="tabular-q", policy="independent", observation="local")
    source = source_of(str(tmp_path / "x"))
    settings = TrainingSettings.chosen(**inherited(source, {}))
    assert settings.algorithm == "tabular-q"
    assert (arrays_of(first_weights(source, SMALL, settings)[ACTOR])["values"] == 3.5).all()
    with pytest.raises(StrategyError, match=r"it has a table for each intersection of another one"):
        first_weights(source, LARGER, settings)


@pytest.mark.parametrize(
    ("former", "algorithm", "reason"),
    [
        ({}, "dqn", r"it has probabilities of phases, and dqn learns values of phases; give --algorithm ppo"),
        ({"algorithm": "dqn"}, "ppo", r"it has values of phases, and ppo learns probabilities of phases; give --alg"),
        ({}, "tabular-q", r"it has probabilities of phases, and tabular-q learns tables of values"),
    ],
)
def test_outputs_of_another_meaning_are_no_start(tmp_path, former, algorithm, reason):
    made_up_run(tmp_path / "x", **former)
    source = source_of(str(tmp_path / "x"))
    settings = TrainingSettings.chosen(**{"policy": "independent", "algorithm": algorithm})
    with pytest.raises(StrategyError, match=reason):
        first_weights(source, SMALL, settings)


def test_options_for_decisions_are_refused(tmp_path):
    made_up_run(tmp_path / "x")
    assert source_of(f"{tmp_path / 'x'}:checkpoint=last").path == tmp_path / "x"
    for options in ("choose=sampled", "interval_s=10"):
        with pytest.raises(UsageError, match=r"^start: .* has options for decisions; leave out all but checkpoint"):
            source_of(f"{tmp_path / 'x'}:{options}")


def test_a_damaged_policy_is_told(tmp_path):
    folder = made_up_run(tmp_path / "x")
    (folder.checkpoint(folder.state.last) / "policy.npz").write_bytes(b"PK")
    with pytest.raises(FileError, match=r"is damaged: checkpoints/iteration_000001/policy\.npz"):
        source_of(str(tmp_path / "x"))


def test_code_in_the_folder_of_the_policy_needs_trust(tmp_path):
    folder = made_up_run(tmp_path / "x", own=empty_table(), algorithm="tabular-q", policy="independent")
    facts = folder.checkpoint(folder.state.last) / "policy.json"
    facts.write_text(facts.read_text().replace('"upstream"', '"observation.py:Mine"'))
    state = folder.path / "state.json"
    state.write_text(state.read_text().replace('"digests": {', '"digests": {}, "unused": {'))
    with pytest.raises((UsageError, FileError), match=r"observation\.py would be executed"):
        source_of(str(tmp_path / "x"))
    assert source_of(str(tmp_path / "x"), trust=True).name == str(tmp_path / "x")
