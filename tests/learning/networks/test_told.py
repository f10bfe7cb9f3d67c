"""Policies that hear of their neighbours take what the neighbours tell, and themselves as they are."""

from dataclasses import replace

import pytest
import torch

from tests.learning.networks.test_networks import GRID, WIDE, architecture, observations
from traffic_marl.learning.checking.exclusions import NEIGHBOURLY
from traffic_marl.learning.networks import Architecture, build_actor, build_critic

TOLD = replace(WIDE, told=True)
SENDER, OTHER = 0, 5  # on opposite corners of the grid
HEARERS = [n for n in range(6) if SENDER in GRID.tables.neighbour[slice(*GRID.tables.neighbour_start[n : n + 2])]]


def both(policy, critic="local"):
    """An actor of plain observations and one of the same weights that is told of neighbours, and their critics."""
    plain = architecture(policy=policy, critic=critic)
    told = replace(plain, layout=TOLD)
    torch.manual_seed(1)
    pair = build_actor(plain), build_actor(told)
    pair[1].load_state_dict(pair[0].state_dict())
    return pair, told


@pytest.mark.parametrize("policy", NEIGHBOURLY)
def test_true_messages_make_the_choice_that_is_made_without_faults(policy):
    (plain, told), _ = both(policy)
    x = observations()
    assert torch.allclose(plain(x), told(torch.cat((x, x), -1)), atol=1e-6)


@pytest.mark.parametrize("policy", NEIGHBOURLY)
def test_a_changed_message_moves_its_hearers_alone_and_not_its_sender(policy):
    (_, told), _ = both(policy)
    x = observations()
    false = x.clone()
    false[:, SENDER] = observations(seed=1)[:, SENDER]
    moved = (told(torch.cat((x, x), -1)) != told(torch.cat((x, false), -1))).any(-1).any(0)
    assert HEARERS
    assert not moved[SENDER]
    assert not moved[OTHER]
    assert [n for n in range(6) if moved[n]] == HEARERS


@pytest.mark.parametrize("critic", ["local", "central"])
@pytest.mark.parametrize("policy", NEIGHBOURLY)
def test_critics_value_what_is_there_whatever_the_messages_tell(policy, critic):
    _, told = both(policy, critic)
    torch.manual_seed(1)
    value = build_critic(told)
    x, other = observations(), observations(seed=1)
    assert torch.equal(value(torch.cat((x, x), -1)), value(torch.cat((x, other), -1)))


def test_the_plain_values_of_an_architecture_know_of_messages_only_where_there_are_some():
    (plain, _), told = both("message")
    assert "told" not in plain.architecture.to_json()["layout"]
    assert Architecture.from_json(told.to_json()) == told
