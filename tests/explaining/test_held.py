"""Trained policies without their features of neighbours, and without messages."""

import numpy as np
import pytest

from tests.helpers.untrained import untrained
from traffic_marl.explaining.held import DeafPolicy, HoldingEncoder, NotingEncoder, neighbour_columns
from traffic_marl.explaining.neighbours import MESSAGES, PLANS, worth_of_neighbours
from traffic_marl.observation import make_encoder
from traffic_marl.rollout import run
from traffic_marl.scenario import GridNetwork, Scenario, TurningFlows
from traffic_marl.strategies.catalogue import parse
from traffic_marl.strategies.strategy import Conditions

TOWN = Scenario(
    name="town",
    network=GridNetwork(rows=2, columns=2, block_m=100.0),
    demand=TurningFlows(inflow_vph=500.0),
    duration_s=200,
)
SEEDS = (0, 1)


def test_a_policy_that_observes_its_own_lanes_alone_loses_nothing():
    found = worth_of_neighbours(TOWN, untrained(TOWN, "local"), SEEDS)

    assert found.held == ()
    assert found.saved.tolist() == [0.0, 0.0]
    assert found.delay.tolist() == run(TOWN, untrained(TOWN, "local"), SEEDS).measures.mean_delay.tolist()


@pytest.mark.parametrize(
    ("observation", "policy", "held"),
    [
        ("pressure", "shared", ("exit_queue", "exit_vehicles")),
        ("upstream", "shared", ("exit_queue", "exit_vehicles", "sent", "held")),
        ("local+plan", "shared", (PLANS,)),
        ("local", "message", (MESSAGES,)),
        ("local", "attention", (MESSAGES,)),
    ],
)
def test_what_tells_of_neighbours_is_held_and_changes_the_delay(observation, policy, held):
    strategy = untrained(TOWN, observation, policy)

    found = worth_of_neighbours(TOWN, strategy, SEEDS)

    assert found.held == held
    assert found.delay.tolist() == run(TOWN, strategy, SEEDS).measures.mean_delay.tolist()
    assert found.saved.tolist() != [0.0, 0.0]


def test_an_encoder_holds_the_features_of_neighbours_at_their_means_and_no_others():
    noting = NotingEncoder(make_encoder(TOWN.build_network(), TOWN.timing(), 5, "upstream"))
    simulation = TOWN.simulation(SEEDS)
    seen = []
    for _ in range(20):
        simulation.advance(np.zeros((2, 4), np.int32), 5)
        seen.append(noting(simulation.readings()))
    truth, layout = np.stack(seen), noting.layout

    conditions = Conditions(TOWN.build_network(), TOWN.timing(), 5, TOWN.flow(), SEEDS)
    held = HoldingEncoder(make_encoder(TOWN.build_network(), TOWN.timing(), 5, "upstream"), noting.mean, conditions)
    found = layout.split(held(simulation.readings()))
    columns = neighbour_columns(layout)

    means = layout.split(truth.mean(axis=(0, 1)))[0][..., columns]
    assert found[0][..., columns] == pytest.approx(np.stack([means, means]), abs=1e-6)
    others = [place for place in range(len(layout.movement_features)) if place not in columns]
    last = layout.split(truth[-1])
    assert np.array_equal(found[0][..., others], last[0][..., others])
    assert np.array_equal(found[1], last[1])
    assert np.array_equal(found[2], last[2])


def test_plans_that_hear_nothing_are_those_of_intersections_that_do_not_coordinate():
    conditions = Conditions(TOWN.build_network(), TOWN.timing(), 5, TOWN.flow(), SEEDS)
    encoder = make_encoder(TOWN.build_network(), TOWN.timing(), 5, "local+plan", flow=TOWN.flow())
    layout = encoder.layout
    held = HoldingEncoder(encoder, np.zeros((4, layout.size), np.float32), conditions)
    alone = parse("rolling_horizon:coordination=none").start(conditions)
    nearest, simulation = layout.phase_features.index("plan_near"), TOWN.simulation(SEEDS)
    differs = False
    for _ in range(40):
        simulation.advance(alone.decide(simulation.readings()), 5)
        truth, found = (layout.split(each(simulation.readings()))[1][..., nearest] for each in (encoder, held))
        chosen = alone.decide(simulation.readings())
        assert (np.take_along_axis(found, chosen[..., None], 2) == 1.0).all()
        differs = differs or not np.array_equal(truth, found)
    assert differs


@pytest.mark.parametrize(("policy", "listens"), [("message", True), ("attention", True), ("shared", False)])
def test_a_deaf_policy_decides_for_each_intersection_by_its_own_observation(policy, listens):
    learned = untrained(TOWN, "local", policy).strategy
    conditions = Conditions(TOWN.build_network(), TOWN.timing(), 5, TOWN.flow(), (0,))
    hearing = learned.start(conditions).policy
    generator = np.random.default_rng(0)
    size = make_encoder(TOWN.build_network(), TOWN.timing(), 5, "local").layout.size
    mean = generator.random((4, size), np.float32)
    deaf = DeafPolicy(hearing, mean)

    one = generator.random((1, 4, size), np.float32)
    other = one.copy()
    other[0, 1:] = generator.random((3, size), np.float32)
    beside_means = mean[None].copy()
    beside_means[0, 0] = one[0, 0]

    assert np.array_equal(deaf.probabilities(one)[0, 0], deaf.probabilities(other)[0, 0])
    assert (np.abs(hearing.probabilities(one)[0, 0] - hearing.probabilities(other)[0, 0]).max() > 1e-5) == listens
    assert deaf.probabilities(one)[0, 0] == pytest.approx(hearing.probabilities(beside_means)[0, 0], abs=1e-5)
