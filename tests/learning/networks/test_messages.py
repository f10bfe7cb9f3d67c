from dataclasses import replace

import pytest
import torch

from traffic_marl.errors import UsageError
from traffic_marl.kernels.tables import NONE
from traffic_marl.learning.networks import architecture_for, build_actor, build_critic
from traffic_marl.learning.networks.links import links_of
from traffic_marl.learning.networks.messages import Messages
from traffic_marl.learning.settings import TrainingSettings
from traffic_marl.network.generators.arterial import arterial
from traffic_marl.network.generators.grid import grid
from traffic_marl.observation import ObservationLayout
from traffic_marl.observation.slots import slots

ROWS = 3
NETWORKS = {
    "grid": grid(2, 3),
    "two phases": grid(2, 2, phases="two"),
    "eight phases": grid(2, 2, phases="eight"),
    "arterial": arterial(3),
}


def layout_of(network, more_phases=0, more_slots=0):
    _, phases, held = slots(network).shape
    return ObservationLayout(phases + more_phases, held + more_slots, ("present", "queue"))


def observations(network, layout, seed=0):
    """Random ones in which the slots of movements are filled; the first phase is shown, and all are allowed."""
    known = torch.from_numpy(slots(network))
    generator = torch.Generator().manual_seed(seed)
    agents, phases, held = known.shape
    movements = torch.zeros(ROWS, agents, layout.phases, layout.movements, 2)
    movements[..., :phases, :held, 1] = torch.rand(ROWS, agents, phases, held, generator=generator)
    movements[..., :phases, :held, 0] = 1.0
    movements[..., :phases, :held, :] *= (known != NONE)[..., None]
    signs = torch.zeros(ROWS, agents, layout.phases, 3)
    signs[..., 0, 0] = 1.0
    signs[..., :phases, 2] = 1.0
    signal = torch.rand(ROWS, agents, 3, generator=generator)
    return torch.cat((movements.flatten(2), signs.flatten(2), signal), -1)


def messages_of(network, layout):
    links = links_of(network, layout)
    torch.manual_seed(0)
    return Messages(layout, 5, 7, links.sending, links.receiving)


def actor_on(network, layout=None):
    torch.manual_seed(0)
    settings = TrainingSettings(policy="message", hidden=(8, 6))
    return build_actor(architecture_for(layout or layout_of(network), network, settings))


def by_hand(network, numbers):
    """What each slot receives of the numbers (rows, N, P, S), from the names of roads alone."""
    known = slots(network)
    received = torch.zeros_like(numbers)
    sent = {}
    for m, (_, road) in enumerate(network.movement_roads):
        places = [tuple(place) for place in zip(*(known == m).nonzero(), strict=True)]
        if places:
            mean = torch.stack([numbers[:, n, p, s] for n, p, s in places]).mean(0)
            sent[road] = sent.get(road, 0.0) + mean
    for (n, p, s), m in [(place, known[place]) for place in zip(*(known != NONE).nonzero(), strict=True)]:
        received[:, n, p, s] = sent.get(network.movement_roads[m][0], 0.0)
    return received


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("more", [0, 1])
def test_a_movement_receives_the_sum_over_the_movements_that_lead_to_its_road(name, more):
    network = NETWORKS[name]
    layout = layout_of(network, more, more)
    messages, x = messages_of(network, layout), observations(network, layout)
    parts = layout.split(x)
    numbers = messages.numbers(*parts)
    expected = by_hand(network, numbers)
    assert torch.allclose(messages.received(numbers), expected, atol=1e-6)
    assert expected.abs().max() > 0.0
    weights = messages.heard.weight[:, 0]
    assert torch.allclose(messages(*parts), expected.unsqueeze(-1) * weights, atol=1e-6)


def test_a_message_goes_one_road_down_and_no_further():
    network = NETWORKS["grid"]
    actor, x = actor_on(network), observations(network, layout_of(network))
    changed = x.clone()
    changed[:, 0] = observations(network, layout_of(network), seed=1)[:, 0]
    moved = (actor(changed) != actor(x)).any(-1).any(0).tolist()
    near = actor.architecture.neighbours
    assert moved == [n == 0 or 0 in near[n] for n in range(6)]
    assert moved.count(True) == 3


def test_the_gradient_of_the_receiver_reaches_the_sender():
    network = NETWORKS["arterial"]
    actor, x = actor_on(network), observations(network, layout_of(network)).requires_grad_()
    actor(x)[:, 1, 0].sum().backward()
    assert x.grad[:, 0].abs().sum() > 0.0
    assert x.grad[:, 2].abs().sum() > 0.0
    for parameter in actor.network.messages.parameters():
        assert parameter.grad.abs().sum() > 0.0


def test_a_message_tells_of_the_phase_that_the_sender_shows():
    network = NETWORKS["arterial"]
    layout = layout_of(network)
    actor, x = actor_on(network), observations(network, layout)
    _, phases, _ = layout.split(x)
    other = phases.clone()
    other[:, 0, :, 0] = torch.tensor([0.0, 1.0, *(layout.phases - 2) * [0.0]])
    by_movement = layout.phases * layout.movements * 2
    changed = x.clone()
    changed[..., by_movement:-3] = other.flatten(2)
    assert (actor(changed) != actor(x))[:, 1].any()


def test_a_single_intersection_receives_nothing():
    network = grid(1, 1)
    layout = layout_of(network)
    received = messages_of(network, layout)(*layout.split(observations(network, layout)))
    assert torch.equal(received, torch.zeros(ROWS, 1, 4, 2, 7))


def test_the_weights_work_on_a_network_of_another_shape():
    actor, there = actor_on(NETWORKS["grid"]), NETWORKS["two phases"]
    moved = build_actor(actor.architecture.moved_to(layout_of(there), there))
    moved.load_state_dict(actor.state_dict())
    built = actor_on(there)
    built.load_state_dict(actor.state_dict())
    x = observations(there, layout_of(there))
    assert torch.equal(moved(x), built(x))
    assert moved.architecture == built.architecture


def test_slots_and_phases_that_nobody_uses_change_nothing():
    network = NETWORKS["grid"]
    wide = layout_of(network, 2, 1)
    actor, there = actor_on(network), actor_on(network, wide)
    there.load_state_dict(actor.state_dict())
    here = actor(observations(network, layout_of(network)))
    assert torch.allclose(there(observations(network, wide))[..., :4], here, atol=1e-6)


def test_an_observation_with_too_few_slots_is_refused():
    network = NETWORKS["grid"]
    narrow = replace(layout_of(network), movements=1)
    with pytest.raises(UsageError, match="a slot for each of 2 movements of a phase, and there are 1"):
        actor_on(network, narrow)


def test_the_critic_of_messages_sees_the_neighbours():
    network = NETWORKS["arterial"]
    torch.manual_seed(0)
    critic, x = build_critic(actor_on(network).architecture), observations(network, layout_of(network)).requires_grad_()
    critic(x)[:, 0].sum().backward()
    assert [bool(x.grad[:, n].any()) for n in range(3)] == [True, True, False]


def test_weights_of_a_shared_policy_fit_and_messages_of_no_weight_leave_it_as_it_is():
    network = NETWORKS["grid"]
    layout = layout_of(network)
    shared = build_actor(architecture_for(layout, network, TrainingSettings(hidden=(8, 6))))
    told, x = actor_on(network), observations(network, layout)
    missing = told.load_state_dict(shared.state_dict(), strict=False)
    assert missing.unexpected_keys == []
    assert {name.split(".")[1] for name in missing.missing_keys} == {"messages"}
    with torch.no_grad():
        told.network.messages.heard.weight.zero_()
    assert torch.equal(told(x), shared(x))
