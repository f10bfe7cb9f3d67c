"""Folders of runs that were never trained: a random policy under the names that training would give."""

import json

import torch

from traffic_marl.actions.choice import OWN_MOMENTS
from traffic_marl.learning.networks import architecture_for, build_actor
from traffic_marl.learning.policies import ActorPolicy, PolicyFacts, write_policy
from traffic_marl.learning.runs.budget import Budget, Validation
from traffic_marl.learning.runs.folder import RunFolder
from traffic_marl.learning.runs.new_folder import TRAINING
from traffic_marl.learning.runs.state import RunSettings, RunState
from traffic_marl.learning.settings import TrainingSettings
from traffic_marl.learning.tabular import QTable
from traffic_marl.observation import make_encoder
from traffic_marl.scenario import GridNetwork, Scenario, TurningFlows

SMALL = Scenario(
    name="small",
    network=GridNetwork(rows=1, columns=2, block_m=150.0),
    demand=TurningFlows(inflow_vph=400.0),
    duration_s=120,
    clearing_s=60,
)
HARDLY_ANY = Scenario(  # one vehicle on the validation seed 10003, none on the three before it
    name="hardly_any",
    network=GridNetwork(rows=1, columns=1, block_m=150.0),
    demand=TurningFlows(inflow_vph=10.0),
    duration_s=100,
    clearing_s=100,
)


def actor_on(scenario, settings):
    """A random actor for a scenario, with weights large enough to make up its mind."""
    layout = make_encoder(scenario.build_network(), scenario.timing(), settings.interval, settings.observation).layout
    torch.manual_seed(3)
    actor = build_actor(architecture_for(layout, scenario.build_network(), settings))
    with torch.no_grad():
        for parameter in actor.parameters():
            parameter.add_(0.3 * torch.randn_like(parameter))
    return actor.eval()


def made_up_run(path, scenario=SMALL, own=None, **settings):
    """A run with one checkpoint, of a random actor with these settings if no other policy is given."""
    training = TrainingSettings(**settings)
    state = RunState(iteration=1, agent_steps=48, seconds=1.0, validation_seeds=(10_000,), best_delay=30.0)
    folder = RunFolder.create(path, scenario, RunSettings(training, Budget(iterations=2), Validation()), state)
    policy = ActorPolicy(actor_on(scenario, training), training.algorithm) if own is None else own
    facts = PolicyFacts(
        policy.kind,
        training.algorithm,
        training.interval,
        training.observation,
        policy.architecture(),
        training.action,
        training.longest_wait if training.action in OWN_MOMENTS else None,
        training.longest_green,
    )

    def write(checkpoint):
        write_policy(checkpoint, facts, policy.arrays())
        (checkpoint / TRAINING).mkdir()

    folder.save_checkpoint(state, write, is_best=True)
    return folder


def without_digests(folder):
    """The run as version 0.2 would have written it: without digests and without the hash of its scenario."""
    path = folder.path / "state.json"
    state = json.loads(path.read_text())
    state.pop("digests")
    state.pop("scenario")
    path.write_text(json.dumps(state))
    return RunFolder.open_run(folder.path)


def empty_table(scenario=SMALL, interval=5):
    """A table without any experience."""
    network = scenario.build_network()
    return QTable.empty(make_encoder(network, scenario.timing(), interval, "local").layout, network.intersections)
