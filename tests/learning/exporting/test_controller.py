"""Exported controllers see what the encoder writes, and choose what the strategy chooses."""

import json

import numpy as np
import pytest
import torch

from tests.helpers.made_up_runs import SMALL, actor_on
from tests.helpers.street import TRAINED, Street
from traffic_marl.learning.exporting.controller import Controller, can_control
from traffic_marl.learning.exporting.rules import Signal
from traffic_marl.learning.settings import TrainingSettings
from traffic_marl.observation import make_encoder
from traffic_marl.observation.features import MOVEMENT_GROUPS
from traffic_marl.scenario import load_scenario


def controller_for(scenario, **settings):
    return Controller(
        actor_on(scenario, TrainingSettings(**TRAINED, **settings)), is_value_based=False, longest_green=60
    )


@pytest.mark.parametrize("observation", ["local", "queue+turns", "+".join(MOVEMENT_GROUPS)])
def test_a_controller_sees_the_features_of_the_encoder(observation):
    scenario = load_scenario("grid_2x2_smoke")
    street, controller = Street(scenario, (1, 2)), controller_for(scenario, observation=observation)
    encoder = make_encoder(street.network, street.timing, 1, observation)
    generator = np.random.default_rng(3)
    for _ in range(200):
        inputs = {name: torch.from_numpy(each) for name, each in street.inputs().items()}
        signal = Signal(*(inputs[name] for name in Signal._fields))
        allowed = torch.from_numpy(encoder.layout.allowed(encoder(street.readings)).reshape(8, -1))
        mine = controller.observation(inputs, signal, allowed).numpy()
        assert mine == pytest.approx(encoder(street.readings).reshape(8, -1), abs=1e-6)
        street.advance(generator.integers(4, size=(2, 4)))


def test_policies_that_need_more_than_counts_are_no_controllers():
    assert can_control(actor_on(SMALL, TrainingSettings(**TRAINED)))
    assert can_control(actor_on(SMALL, TrainingSettings(**TRAINED, network="mlp")))
    assert not can_control(actor_on(SMALL, TrainingSettings(**TRAINED, observation="arrivals+plan")))
    for policy in ("independent", "by-type", "attention"):
        assert not can_control(actor_on(SMALL, TrainingSettings(**TRAINED, policy=policy)))


def test_the_runtime_does_what_torch_does(controller_file):
    session = pytest.importorskip("onnxruntime").InferenceSession(str(controller_file))
    metadata = json.loads(session.get_modelmeta().custom_metadata_map["traffic_marl"])
    facts = metadata["controller"]
    assert (metadata["action"], metadata["longest_wait"], facts["wait_bound"]) == ("gap_out", 180, 180)
    assert [each.name for each in session.get_inputs()] == [each["name"] for each in facts["inputs"]]
    assert [each.name for each in session.get_outputs()] == [each["name"] for each in facts["outputs"]]
    assert facts["rules"]["gap"]["unit"] == "s"
    assert metadata["longest_green"] == facts["rules"]["longest_green"]["value"] == 60
    scenario = load_scenario("grid_2x2_smoke")
    street, names = Street(scenario, (1, 2, 3), 60), [each["name"] for each in facts["inputs"]]
    chosen = set()
    for _ in range(600):
        masks, inputs = street.masks(), street.inputs(facts["phases"], facts["slots"])
        phase, probabilities, allowed, waited, empty = session.run(None, {name: inputs[name] for name in names})
        assert (allowed[:, :4] == masks.reshape(12, 4)).all()
        assert not allowed[:, 4:].any()
        assert probabilities.sum(1) == pytest.approx(1.0, abs=1e-5)
        assert (probabilities[~allowed] == 0).all()
        street.memory = {"waited": waited, "empty": empty}
        chosen |= set(phase.tolist())
        street.advance(phase.reshape(3, 4))
    assert chosen == {0, 1, 2, 3}
