"""Weights and policies of version 0.1.0, which had other names for some of their parts."""

import json

import pytest
import torch

from tests.helpers.made_up_runs import SMALL, actor_on, made_up_run, without_digests
from traffic_marl.learning.learned import load_learned
from traffic_marl.learning.networks import build_critic
from traffic_marl.learning.settings import TrainingSettings
from traffic_marl.rollout import run

ATTENTIVE = TrainingSettings(policy="attention", hidden=(6, 4))


def formerly(state):
    """The state as version 0.1.0 named it."""
    return {name.replace("neighbour_attention.", "listener."): value for name, value in state.items()}


@pytest.mark.parametrize("part", ["actor", "critic"])
def test_attention_is_loaded_under_its_former_name(part):
    actor = actor_on(SMALL, ATTENTIVE)
    made = actor if part == "actor" else build_critic(actor.architecture)
    other = actor_on(SMALL, ATTENTIVE) if part == "actor" else build_critic(actor.architecture)
    with torch.no_grad():
        for parameter in other.parameters():
            parameter.zero_()
    former = formerly(made.state_dict())
    assert any("listener" in name for name in former)
    other.load_state_dict(former)
    assert all(torch.equal(value, other.state_dict()[name]) for name, value in made.state_dict().items())


def test_a_policy_is_loaded_that_calls_its_architecture_a_plan(tmp_path):
    folder = made_up_run(tmp_path / "one")
    before = run(SMALL, load_learned(tmp_path / "one"), (0,)).measures.mean_delay
    folder = without_digests(folder)
    path = folder.checkpoint(folder.state.best) / "policy.json"
    facts = json.loads(path.read_text())
    facts["plan"] = facts.pop("architecture")
    path.write_text(json.dumps(facts))
    assert (run(SMALL, load_learned(tmp_path / "one"), (0,)).measures.mean_delay == before).all()
