"""A network begins as another one behaves: with more features, on other roads, and with more policies."""

from dataclasses import replace

import pytest
import torch

from tests.learning.networks.test_networks import GRID, WIDE, architecture, observations
from traffic_marl.errors import StrategyError
from traffic_marl.learning.networks import build_actor, build_critic
from traffic_marl.learning.networks.solo import apart, together
from traffic_marl.learning.networks.transfer import transferred
from traffic_marl.network.generators.arterial import arterial

MORE = replace(WIDE, movement_features=("present", "wait", "queue", "exit", "delay"))  # between those that are known
FURTHER = replace(MORE, phase_features=("shown", "turn", "since_served", "allowed"), signal_features=("hour", *"abc"))
KNOWN = replace(WIDE, signal_features=tuple("abc"))


def decided(module, seed=0):
    """The module with weights large enough to make up its mind."""
    torch.manual_seed(seed)
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.add_(0.5 * torch.randn_like(parameter))
    return module


def known_part(layout, more, x):
    """The observations without the features that are new."""
    movements, phases, signal = more.split(x)
    parts = [(movements, "movement_features"), (phases, "phase_features"), (signal, "signal_features")]
    kept = []
    for part, name in parts:
        places = [getattr(more, name).index(feature) for feature in getattr(layout, name)]
        kept.append(part[..., places].flatten(2))
    return torch.cat(kept, -1)


def seen(layout, agents=6):
    """Random observations in which all phases are allowed and one is shown."""
    x = torch.rand(5, agents, layout.size, generator=torch.Generator().manual_seed(1))
    movements, phases, signal = layout.split(x)
    movements[..., layout.movement_features.index("present")] = 1.0
    phases[..., layout.phase_features.index("shown")] = torch.eye(layout.phases)[1]
    phases[..., layout.phase_features.index("allowed")] = 1.0
    return torch.cat((movements.flatten(2), phases.flatten(2), signal), -1)


@pytest.fixture(autouse=True)
def same_draws():
    """Weights do not depend on the tests before. With these no small network is without effect at its beginning."""
    torch.manual_seed(6)


def begun(build, source, target, former=None):
    """A network with other random weights that then begins as a former one, and the former one."""
    former = decided(build(source)) if former is None else former
    new = decided(build(target), seed=7)
    new.load_state_dict(dict(transferred(build, source, former.state_dict(), target, "runs/x")))
    return former.eval(), new.eval()


ALONE = [
    {"network": network, "policy": policy}
    for network in ("phase", "mlp")
    for policy in ("shared", "independent", "by-type", "attention", "message")
    if network == "phase" or policy not in ("attention", "message")
]


@pytest.mark.parametrize("choices", ALONE, ids=str)
def test_new_features_have_no_effect_at_first(choices):
    source, target = architecture(KNOWN, **choices), architecture(FURTHER, **choices)
    former, new = begun(build_actor, source, target)
    x = seen(FURTHER)
    assert torch.allclose(new(x), former(known_part(KNOWN, FURTHER, x)), atol=1e-5)
    assert former(known_part(KNOWN, FURTHER, x)).std() > 0.1, "else anything would be the same"


@pytest.mark.parametrize("choices", ALONE, ids=str)
def test_new_features_can_be_learnt_from(choices):
    _, new = begun(build_actor, architecture(KNOWN, **choices), architecture(FURTHER, **choices))
    x = seen(FURTHER)
    before = new(x).detach()
    optimiser = torch.optim.SGD(new.parameters(), lr=0.1)
    new(x)[..., 0].sum().backward()
    optimiser.step()
    movements, phases, signal = FURTHER.split(x)
    movements = movements.clone()
    movements[..., FURTHER.movement_features.index("wait")] = 0.0
    other = torch.cat((movements.flatten(2), phases.flatten(2), signal), -1)
    assert not torch.allclose(new(x), before)
    assert not torch.allclose(new(x), new(other), atol=1e-6)


@pytest.mark.parametrize("policy", ["independent", "by-type", "attention", "message"])
def test_a_shared_policy_is_the_start_of_each_of_several_and_of_one_that_hears_others(policy):
    former, new = begun(build_actor, architecture(), architecture(policy=policy))
    assert torch.allclose(new(observations()), former(observations()), atol=1e-5)


def test_a_phase_network_begins_on_intersections_of_another_shape():
    narrow = replace(WIDE, phases=2, movements=1)
    former, new = begun(build_actor, architecture(), architecture(narrow))
    for name, weight in former.state_dict().items():
        assert torch.equal(new.state_dict()[name], weight), name


@pytest.mark.parametrize(
    "choices",
    [{}, {"critic": "central"}, {"policy": "attention"}, {"policy": "independent"}, {"policy": "by-type"}],
    ids=str,
)
def test_a_critic_begins_as_the_former_one(choices):
    source, target = architecture(KNOWN, **choices), architecture(FURTHER, **choices)
    former, new = begun(build_critic, source, target)
    x = seen(FURTHER)
    assert torch.allclose(new(x), former(known_part(KNOWN, FURTHER, x)), atol=1e-5)


def test_a_central_critic_stays_one_network_whatever_the_policies_are():
    source, target = architecture(critic="central"), architecture(critic="central", policy="independent")
    former, new = begun(build_critic, source, target)
    assert torch.allclose(new(observations()), former(observations()), atol=1e-6)


def test_policies_find_their_kind_and_their_intersection():
    source = replace(architecture(policy="by-type"), kind_names=("a", "b", "c"), kinds=(0, 1, 2, 0, 1, 2))
    target = replace(source, kind_names=("c", "a"), kinds=(1, 1, 1, 0, 0, 0))
    former, new = begun(build_actor, source, target)
    x = observations()
    as_now = build_actor(replace(source, kinds=(0, 0, 0, 2, 2, 2)))
    as_now.load_state_dict(former.state_dict())
    assert torch.allclose(new(x), as_now(x), atol=1e-6)
    source = architecture(policy="independent")
    turned = replace(source, intersections=source.intersections[::-1])
    former, new = begun(build_actor, source, turned)
    assert torch.allclose(new(x.flip(1)), former(x).flip(1), atol=1e-6)


@pytest.mark.parametrize("policy", ["shared", "independent", "by-type", "attention", "message"])
def test_policies_that_are_taken_apart_are_put_together_again(policy):
    plan = architecture(policy=policy)
    weights = decided(build_actor(plan)).state_dict()
    again = together(plan, apart(plan, weights))
    assert set(again) == set(weights)
    assert all(torch.equal(again[name], weight) for name, weight in weights.items())


@pytest.mark.parametrize(
    ("source", "target", "reason"),
    [
        ({"network": "mlp"}, {}, r"its network is mlp, not phase; give --network mlp"),
        ({"policy": "independent"}, {}, r"a policy for each of 6 intersections, which are no start for shared; give"),
        ({"policy": "attention"}, {}, r"have no place in the new network; begin with a policy of the same"),
        ({"layout": MORE}, {}, r"it sees wait, exit, which the observation lacks; choose the observation of its"),
        ({"layout": FURTHER}, {"layout": MORE}, r"it sees turn, hour, a, b, c, which"),
        (
            {"network": "mlp"},
            {"network": "mlp", "layout": replace(WIDE, phases=2)},
            r"an mlp for 4 phases of 3 movements cannot see 2 of 3; begin with a phase network",
        ),
        ({"policy": "independent"}, {"policy": "independent", "on": arterial(5)}, r"it has no policy for "),
    ],
)
def test_a_misfit_is_told_with_what_differs(source, target, reason):
    plans = [architecture(**{"layout": WIDE, "on": GRID, **choices}) for choices in (source, target)]
    weights = build_actor(plans[0]).state_dict()
    with pytest.raises(StrategyError, match=rf"^runs/x: cannot be the start: .*{reason}"):
        transferred(build_actor, plans[0], weights, plans[1], "runs/x")


def test_kinds_are_no_start_for_intersections():
    source = replace(architecture(policy="by-type"), kind_names=("a", "b"), kinds=(0, 1, 0, 0, 1, 0))
    weights = build_actor(source).state_dict()
    with pytest.raises(StrategyError, match=r"each of 2 kinds of intersections, which are no start for independent"):
        transferred(build_actor, source, weights, architecture(policy="independent"), "runs/x")


@pytest.mark.parametrize("hidden", [(12, 6), (8, 9), (16, 20)])
@pytest.mark.parametrize("policy", ["shared", "independent"])
@pytest.mark.parametrize(("build", "network"), [(build_actor, "phase"), (build_actor, "mlp"), (build_critic, "phase")])
def test_a_wider_network_begins_as_the_narrower_one(build, network, policy, hidden):
    source = architecture(KNOWN, network=network)
    target = replace(architecture(FURTHER, network=network, policy=policy), hidden=hidden)
    former, new = begun(build, source, target)
    x = seen(FURTHER)
    expected = former(known_part(KNOWN, FURTHER, x))

    assert torch.allclose(new(x), expected, atol=1e-5)
    assert expected.std() > 0.1, "else anything would be the same"


def test_units_that_are_new_learn():
    narrow, wide = architecture(), replace(architecture(), hidden=(12, 9))
    _, new = begun(build_actor, narrow, wide)
    new(seen(WIDE)).square().sum().backward()

    assert not new.network.score.weight[0, 6:].any()
    assert (new.network.score.weight.grad[0, 6:] != 0.0).all()
    assert not new.network.together.weight[:6, 8:].any()
    assert (new.network.together.weight.grad[:6, 8:].abs().sum(0) > 0.0).sum() >= 3, "a rectifier may be silent"
    assert new.network.movement.weight[8:].all(), "units of their own"


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        (replace(architecture(), hidden=(8, 5)), "its hidden layers are 8,6, not 8,5; give --hidden 8,6, or as many"),
        (replace(architecture(), hidden=(8, 6, 6)), "its hidden layers are 8,6, not 8,6,6; give --hidden 8,6, or as"),
        (
            replace(architecture(policy="attention"), hidden=(8, 9)),
            "its hidden layers are 8,6, not 8,9; give --hidden 8,6, because attention cannot be widened",
        ),
    ],
)
def test_networks_that_cannot_be_widened_are_refused(target, reason):
    source = architecture()
    with pytest.raises(StrategyError, match=reason):
        transferred(build_actor, source, build_actor(source).state_dict(), target, "runs/x")


def test_a_central_critic_cannot_be_widened():
    source = architecture(critic="central")
    weights = build_critic(source).state_dict()
    with pytest.raises(StrategyError, match="its central critic cannot be widened"):
        transferred(build_critic, source, weights, replace(source, hidden=(8, 9)), "runs/x")


def test_other_hidden_layers_are_a_misfit():
    plan = architecture()
    with pytest.raises(StrategyError, match=r"its hidden layers are 8,6, not 9; give --hidden 8,6"):
        transferred(build_actor, plan, build_actor(plan).state_dict(), replace(plan, hidden=(9,)), "runs/x")
