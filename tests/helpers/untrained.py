"""Policies with weights drawn by chance, as strategies."""

import torch

from traffic_marl.learning.acting import Acting, Learned
from traffic_marl.learning.networks import architecture_for, build_actor
from traffic_marl.learning.policies import PolicyFacts, StoredPolicy
from traffic_marl.learning.settings import TrainingSettings
from traffic_marl.observation import make_encoder
from traffic_marl.strategies.named import NamedStrategy


def untrained(scenario, observation, policy="shared", interval=5):
    """A policy for a scenario that nobody has trained. It chooses by what it observes all the same.

    Args:
        scenario: that it is made for.
        observation: as `make_encoder` takes it.
        policy: one of settings.POLICIES.
        interval: [s] between decisions.
    """
    network = scenario.build_network()
    layout = make_encoder(network, scenario.timing(), interval, observation).layout
    settings = TrainingSettings(policy=policy, observation=observation, interval=interval)
    with torch.random.fork_rng(devices=()):
        torch.manual_seed(1)
        actor = build_actor(architecture_for(layout, network, settings))
        arrays = {name: 3.0 * tensor.numpy() for name, tensor in actor.state_dict().items()}
    facts = PolicyFacts("actor", "ppo", interval, observation, actor.architecture.to_json())
    learned = Learned(StoredPolicy("untrained", facts, arrays, {}), Acting(interval, observation))
    return NamedStrategy(f"{policy} on {observation}", learned)
