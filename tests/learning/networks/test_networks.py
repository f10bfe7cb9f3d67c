from dataclasses import replace

import pytest
import torch

from traffic_marl.errors import StrategyError
from traffic_marl.learning.checking.exclusions import NEIGHBOURLY
from traffic_marl.learning.networks import Architecture, architecture_for, build_actor, build_critic
from traffic_marl.learning.networks.actor import FORBIDDEN
from traffic_marl.learning.networks.architecture import kinds_of, neighbour_table
from traffic_marl.learning.networks.layers import StackedLinear
from traffic_marl.learning.networks.sharing import parameter_groups
from traffic_marl.learning.settings import POLICIES, TrainingSettings
from traffic_marl.network.generators.arterial import arterial
from traffic_marl.network.generators.grid import grid
from traffic_marl.observation import ObservationLayout

ROWS = 5
GRID = grid(2, 3)
WIDE = ObservationLayout(phases=4, movements=3, movement_features=("present", "queue", "delay"))
NARROW = replace(WIDE, phases=2, movements=1)
ALL = [
    {"network": network, "policy": policy, "critic": critic}
    for network in ("phase", "mlp")
    for policy in ("shared", "independent", "by-type", *NEIGHBOURLY)
    for critic in ("local", "central")
    if network == "phase" or policy not in NEIGHBOURLY
]


def architecture(layout=WIDE, on=GRID, **choices):
    return architecture_for(layout, on, TrainingSettings(hidden=(8, 6), **choices))


def observations(layout=WIDE, agents=6, seed=0):
    """Random ones in which all slots are filled and all phases allowed; the first phase is shown."""
    generator = torch.Generator().manual_seed(seed)
    x = torch.rand(ROWS, agents, layout.size, generator=generator)
    movements, phases, _ = layout.split(x)
    movements[..., 0] = 1.0
    phases[..., 0] = torch.eye(layout.phases)[0]
    phases[..., 2] = 1.0
    by_movement = movements.flatten(2)
    x[..., : by_movement.shape[-1]] = by_movement
    x[..., by_movement.shape[-1] : -3] = phases.flatten(2)
    return x


def exchanged(layout, x, first, second):
    """The observations with two phases exchanged."""
    order = list(range(layout.phases))
    order[first], order[second] = order[second], order[first]
    movements, phases, signal = layout.split(x)
    return torch.cat((movements[..., order, :, :].flatten(2), phases[..., order, :].flatten(2), signal), -1)


@pytest.mark.parametrize("choices", ALL)
def test_actor_and_critic_give_a_number_for_each_phase_and_intersection(choices):
    torch.manual_seed(0)
    x = observations()
    assert build_actor(architecture(**choices))(x).shape == (ROWS, 6, 4)
    values = build_critic(architecture(**choices))(x)
    assert values.shape == (ROWS, 6)
    assert torch.isfinite(values).all()


@pytest.mark.parametrize("choices", ALL)
def test_rows_do_not_see_each_other(choices):
    torch.manual_seed(0)
    actor, critic, x = build_actor(architecture(**choices)), build_critic(architecture(**choices)), observations()
    assert torch.allclose(actor(x)[2:3], actor(x[2:3]), atol=1e-6)
    assert torch.allclose(critic(x)[2:3], critic(x[2:3]), atol=1e-6)


@pytest.mark.parametrize("policy", POLICIES)
def test_a_phase_that_is_not_allowed_is_never_the_best(policy):
    torch.manual_seed(0)
    x = observations()
    _, phases, _ = WIDE.split(x)
    phases = phases.clone()
    phases[:, 2, :2, 2] = 0.0
    x[..., 4 * 9 : 4 * 9 + 12] = phases.flatten(2)
    logits = build_actor(architecture(policy=policy))(x)
    assert (logits[:, 2, :2] == FORBIDDEN).all()
    assert (logits[:, 2, 2:] > FORBIDDEN).all()
    assert (logits[:, 3] > FORBIDDEN).all()
    assert torch.softmax(logits, -1)[:, 2, :2].max() == 0.0


@pytest.mark.parametrize("policy", ["shared", "independent", "attention"])
def test_phases_that_are_exchanged_exchange_their_logits(policy):
    torch.manual_seed(0)
    actor, x = build_actor(architecture(policy=policy)), observations()
    swapped = actor(exchanged(WIDE, x, 1, 3))
    assert torch.allclose(swapped, actor(x)[..., [0, 3, 2, 1]], atol=1e-6)
    assert not torch.allclose(swapped, actor(x), atol=1e-6)


def test_movements_of_a_phase_may_stand_in_any_order():
    torch.manual_seed(0)
    actor, x = build_actor(architecture()), observations()
    movements, phases, signal = WIDE.split(x)
    turned = torch.cat((movements.flip(-2).flatten(2), phases.flatten(2), signal), -1)
    assert torch.allclose(actor(turned), actor(x), atol=1e-6)


def test_features_may_stand_in_any_order():
    torch.manual_seed(0)
    actor, x = build_actor(architecture()), observations()
    turned = replace(WIDE, movement_features=WIDE.movement_features[::-1], phase_features=WIDE.phase_features[::-1])
    movements, phases, signal = WIDE.split(x)
    there = build_actor(architecture(layout=turned))
    weights = actor.state_dict()
    for name in ("network.movement.weight", "network.phase.weight"):
        weights[name] = weights[name].flip(1)
    there.load_state_dict(weights)
    reversed_ = torch.cat((movements.flip(-1).flatten(2), phases.flip(-1).flatten(2), signal), -1)
    assert torch.allclose(there(reversed_), actor(x), atol=1e-6)


def test_empty_slots_say_nothing():
    torch.manual_seed(0)
    actor, x = build_actor(architecture(layout=NARROW)), observations(NARROW)
    wider = replace(NARROW, movements=2)
    movements, phases, signal = NARROW.split(x)
    filled = torch.cat((movements, torch.zeros_like(movements)), -2)
    padded = torch.cat((filled.flatten(2), phases.flatten(2), signal), -1)
    there = build_actor(architecture(layout=wider))
    there.load_state_dict(actor.state_dict())
    assert torch.allclose(there(padded), actor(x), atol=1e-6)


def test_a_new_actor_finds_all_phases_about_equally_good():
    torch.manual_seed(0)
    for network in ("phase", "mlp"):
        probabilities = torch.softmax(build_actor(architecture(network=network))(observations()), -1)
        assert (probabilities - 0.25).abs().max() < 0.01


def test_independent_policies_differ_and_do_not_touch_each_other():
    torch.manual_seed(0)
    actor, x = build_actor(architecture(policy="independent")), observations()
    same = x[:, :1].expand_as(x)
    assert not torch.allclose(actor(same)[:, 0], actor(same)[:, 1])
    actor(x)[:, 2].sum().backward()
    gradient = actor.network.network.movement.weight.grad
    assert gradient[2].abs().sum() > 0.0
    assert gradient[[0, 1, 3, 4, 5]].abs().sum() == 0.0


def test_a_stack_is_its_layers_side_by_side():
    torch.manual_seed(0)
    stack, x = StackedLinear(3, 4, 2), torch.rand(3, 5, 7, 4)
    alone = torch.stack([x[n] @ stack.weight[n] + stack.bias[n] for n in range(3)])
    assert torch.allclose(stack(x), alone, atol=1e-6)


def test_intersections_of_a_kind_share_their_policy():
    torch.manual_seed(0)
    made = replace(architecture(policy="by-type"), kind_names=("a", "b"), kinds=(0, 1, 0, 1, 1, 0))
    actor, x = build_actor(made), observations()
    same = actor(x[:, :1].expand_as(x))
    assert torch.allclose(same[:, 0], same[:, 2])
    assert torch.allclose(same[:, 1], same[:, 4])
    assert not torch.allclose(same[:, 0], same[:, 1])
    assert torch.allclose(actor(x)[:, 3], actor(x)[:, [3]].squeeze(1))


def test_each_intersection_keeps_its_place_among_kinds():
    torch.manual_seed(0)
    made = replace(architecture(policy="by-type"), kind_names=("a", "b"), kinds=(1, 0, 1, 0, 0, 1))
    actor, x = build_actor(made), observations()
    changed = x.clone()
    changed[:, 4] = observations(seed=1)[:, 4]
    moved = (actor(changed) != actor(x)).any(-1).any(0)
    assert moved.tolist() == [False, False, False, False, True, False]


def test_attention_reaches_neighbours_and_no_further():
    torch.manual_seed(0)
    made = architecture(policy="attention")
    actor, x = build_actor(made), observations()
    changed = x.clone()
    changed[:, 0] = observations(seed=1)[:, 0]
    moved = (actor(changed) != actor(x)).any(-1).any(0).tolist()
    assert moved == [n == 0 or 0 in made.neighbours[n] for n in range(6)]
    assert moved.count(True) == 3


def test_a_central_critic_sees_everybody_and_a_local_one_itself():
    torch.manual_seed(0)
    x = observations()
    changed = x.clone()
    changed[:, 0] = observations(seed=1)[:, 0]
    for critic, sees in (("central", True), ("local", False)):
        values = build_critic(architecture(critic=critic))
        assert ((values(changed) != values(x)).any(0)[1:].any().item()) is sees


def test_an_architecture_comes_back_from_json_unchanged():
    import json

    for choices in ALL:
        made = architecture(**choices)
        assert Architecture.from_json(json.loads(json.dumps(made.to_json()))) == made


def test_a_shared_policy_moves_to_a_network_of_another_shape():
    torch.manual_seed(0)
    for policy in ("shared", "attention"):
        actor = build_actor(architecture(policy=policy))
        street = arterial(3)
        moved = architecture(policy=policy).moved_to(NARROW, street)
        there = build_actor(moved)
        there.load_state_dict(actor.state_dict())
        assert there(observations(NARROW, 3)).shape == (ROWS, 3, 2)


def test_an_mlp_does_not_move_to_another_shape():
    with pytest.raises(StrategyError, match="an mlp for 4 phases of 3 movements cannot see 2 phases of 1 movement"):
        architecture(network="mlp").moved_to(NARROW, GRID)
    assert architecture(network="mlp").moved_to(WIDE, grid(1, 2)).agents == 2


def test_policies_do_not_move_to_other_observations():
    other = replace(WIDE, movement_features=("present", "queue"))
    with pytest.raises(StrategyError, match="another observation"):
        architecture().moved_to(other, GRID)


def test_independent_policies_stay_where_they_are():
    made = architecture(policy="independent")
    assert made.moved_to(WIDE, GRID) == made
    with pytest.raises(StrategyError, match="it has a policy for each of"):
        made.moved_to(WIDE, grid(3, 2))


def test_policies_by_kind_move_where_the_kinds_are_known():
    made = architecture(policy="by-type")
    assert made.moved_to(WIDE, grid(1, 1)).kinds == (made.kind_names.index(kinds_of(grid(1, 1))[0]),)
    with pytest.raises(StrategyError, match="no policy for intersections with 2 phases"):
        made.moved_to(WIDE, grid(1, 1, phases="two"))


def test_neighbours_are_one_road_away():
    table = neighbour_table(grid(2, 2))
    assert all(sorted(set(near)) == sorted(near) and len(near) == 2 for near in table)
    assert neighbour_table(grid(1, 1)) == ((-1,),)


def test_a_single_intersection_attends_to_itself():
    torch.manual_seed(0)
    logits = build_actor(architecture(on=grid(1, 1), policy="attention"))(observations(agents=1))
    assert torch.isfinite(logits).all()


@pytest.mark.parametrize(("policy", "served", "is_stack"), [("shared", [6], False), ("independent", [1], True)])
def test_parameters_are_told_apart_by_whom_they_serve(policy, served, is_stack):
    found = parameter_groups(build_actor(architecture(policy=policy)).network, 6)
    assert [group.agents for group in found] == served
    assert [group.is_stack for group in found] == [is_stack]


def test_parameters_of_each_kind_are_a_group():
    made = replace(architecture(policy="by-type"), kind_names=("a", "b"), kinds=(0, 1, 1, 1, 1, 1))
    assert [group.agents for group in parameter_groups(build_actor(made).network, 6)] == [1, 5]


PLANNED = replace(WIDE, phase_features=(*WIDE.phase_features, "plan_near", "plan_far"))


def planned_observations(near):
    """Random ones in which the phases have these planned delays, as the feature shows them."""
    x = observations(PLANNED)
    movements, phases, signal = PLANNED.split(x)
    phases = phases.clone()
    phases[..., 3] = torch.tensor(near)
    return torch.cat((movements.flatten(2), phases.flatten(2), signal), -1)


@pytest.mark.parametrize("policy", ["shared", "independent", "attention"])
def test_a_residual_actor_adds_the_logits_of_the_plan(policy):
    torch.manual_seed(0)
    plain = build_actor(architecture(PLANNED, policy=policy))
    residual = build_actor(replace(plain.architecture, residual=True))
    residual.load_state_dict(plain.state_dict())
    x = planned_observations((1.0, 0.5, 0.1, 0.25))
    assert torch.allclose(residual(x), plain(x) + torch.log(torch.tensor([1.0, 0.5, 0.1, 0.25])), atol=1e-6)


def test_phases_that_the_plan_rules_out_keep_a_probability_that_is_a_normal_number():
    torch.manual_seed(0)
    actor = build_actor(replace(architecture(PLANNED), residual=True))
    for weight in actor.network.score.parameters():
        weight.data *= 1000.0
    x = planned_observations((1.0, 1e-30, 0.0, 1.0))
    probabilities = torch.softmax(actor(x), -1)
    assert probabilities.min() > 1e-30
    assert probabilities[..., 1:3].max() < 1e-6


def test_a_phase_that_is_not_allowed_does_not_count_as_the_best():
    torch.manual_seed(0)
    actor = build_actor(replace(architecture(PLANNED), residual=True))
    x = planned_observations((1.0, 1e-19, 1e-20, 0.0))
    place = PLANNED.phases * PLANNED.movements * 3 + PLANNED.phase_features.index("allowed")
    x[..., place] = 0.0
    logits = actor(x)
    assert (logits[..., 0] == FORBIDDEN).all()
    assert ((logits[..., 1] - logits[..., 2] - 2.3).abs() < 1.0).all()


def test_a_residual_actor_that_would_see_no_plan_is_not_built():
    with pytest.raises(ValueError, match="without a plan"):
        build_actor(replace(architecture(), residual=True))
