"""The features of a plan, against a plain computation from the planned delays."""

import math

import numpy as np
import pytest

from tests.helpers.observed_traffic import INTERVAL, NETWORKS, TIMING, played
from traffic_marl.environments import VectorEnv
from traffic_marl.errors import UsageError
from traffic_marl.kernels.tables import GREEN
from traffic_marl.observation import make_encoder
from traffic_marl.planning import Planner, PlanOptions
from traffic_marl.scenario import Messages, load_scenario

PLAN = ("plan_near", "plan_far")


def seen(name, observation="arrivals+room+plan"):
    """Readings of crowded traffic at green, and the features of phases (B, N, P, features) that an encoder makes."""
    simulation = played(NETWORKS[name])
    simulation.advance(simulation.readings().phase, 15)
    return phases_of(name, simulation.readings(), observation)


def phases_of(name, readings, observation):
    """The readings, and the features of phases that an encoder makes of them."""
    encoder = make_encoder(NETWORKS[name], TIMING, INTERVAL, observation)
    return readings, encoder.layout.split(encoder(readings))[1]


def expected(delays):
    """Both features of the phases of an intersection, from its delays [veh s]."""
    least = min(delays)
    return [[math.exp((least - each) / scale) if each < math.inf else 0.0 for scale in (15, 80)] for each in delays]


def test_a_phase_has_two_more_features_with_the_group():
    without, alone, joined = (
        make_encoder(NETWORKS["grid"], TIMING, INTERVAL, each).layout for each in ("queue", "plan", "queue+plan")
    )
    assert joined.phase_features == alone.phase_features == (*without.phase_features, *PLAN)
    assert joined.movement_features == without.movement_features
    assert alone.movement_features == ("present",)
    assert joined.size == without.size + 2 * joined.phases


@pytest.mark.parametrize("observation", ["plan", "arrivals+room+plan"])
@pytest.mark.parametrize("name", NETWORKS)
def test_features_follow_from_the_planned_delays(name, observation):
    readings, phases = seen(name, observation)
    equal = np.zeros(len(NETWORKS[name].tables.movement_intersection))
    delays = Planner(NETWORKS[name], TIMING, INTERVAL, PlanOptions(), equal)(readings)
    between = 0
    for b, n in np.ndindex(*readings.phase.shape):
        wanted = np.array(expected(delays[b, n].tolist()))
        assert phases[b, n, :, 3:] == pytest.approx(wanted, abs=1e-6)
        between += ((wanted > 0.0) & (wanted < 1.0)).sum()
    assert between > 0


@pytest.mark.parametrize("name", NETWORKS)
def test_the_best_phase_has_one_and_a_phase_that_is_not_there_has_none(name):
    _, phases = seen(name)
    planned = phases[..., 3:]
    assert (planned.max(axis=2) == 1.0).all()
    assert (planned >= 0.0).all()
    missing = np.arange(planned.shape[2]) >= NETWORKS[name].tables.phase_count[:, None]
    assert (planned[:, missing] == 0.0).all()


def test_during_an_intergreen_the_phase_that_comes_next_has_one_and_no_other():
    readings, phases = phases_of("grid", played(NETWORKS["grid"]).readings(), "plan")
    changing = readings.interval != GREEN
    assert changing.any()
    shown = np.arange(phases.shape[2]) == readings.phase[..., None]
    assert (phases[changing][..., 3:] == shown[changing][..., None]).all()


def test_all_other_features_are_what_they_are_without_the_group():
    network = NETWORKS["eight phases"]
    readings = played(network).readings()
    parts = []
    for observation in ("arrivals+room", "arrivals+room+plan"):
        encoder = make_encoder(network, TIMING, INTERVAL, observation)
        parts.append(encoder.layout.split(encoder(readings)))
    assert np.array_equal(parts[0][0], parts[1][0])
    assert np.array_equal(parts[0][1], parts[1][1][..., :3])
    assert np.array_equal(parts[0][2], parts[1][2])


@pytest.mark.parametrize("action", ["phase", "gap_out"])
def test_plans_are_seen_in_environments_and_stay_in_their_space(action):
    env = VectorEnv(load_scenario("grid_2x2_smoke"), 2, seeds=[3, 4], observation="plan", action=action)
    generator = np.random.default_rng(2)
    env.reset()
    together = np.stack([env.step(generator.integers(4, size=(2, 4), dtype=np.int32))[0] for _ in range(60)])
    planned = env.layout.split(together)[1][..., 3:]
    assert planned.min() == 0.0
    assert (planned.max(axis=3) == 1.0).all()
    assert ((planned > 0.0) & (planned < 1.0)).any()


def test_a_plan_is_known_to_neighbours_as_messages_tell_it():
    failing = load_scenario("grid_2x2_smoke").model_copy(update={"messages": Messages(false_share=1.0)})
    env = VectorEnv(failing, 1, seeds=[3], observation="queue+plan", told=True)
    env.reset()
    for _ in range(20):
        observations = env.step(np.zeros((1, 4), np.int32))[0]
    flow = env.scenario.flow()
    plain = make_encoder(env.network, env.scenario.timing(), env.interval, "queue+plan", flow=flow)
    assert np.array_equal(env.layout.own(observations), plain(env.readings))
    own, known = (env.layout.split(part(observations))[1][..., 3:] for part in (env.layout.own, env.layout.known))
    assert not np.array_equal(own, known)
    assert (known.max(axis=2) == 1.0).all()


def test_vehicles_that_neighbours_let_go_are_foreseen():
    """The phases' features differ from those of a plan that hears nothing, and only where somebody is told of."""
    readings, phases = seen("grid")
    deaf = Planner(NETWORKS["grid"], TIMING, INTERVAL, PlanOptions())(readings)
    alone = np.array([[expected(deaf[b, n].tolist()) for n in range(deaf.shape[1])] for b in range(len(deaf))])
    assert np.abs(phases[..., 3:] - alone).max() > 0.01


def test_expected_flows_share_vehicles_from_upstream_among_lanes():
    network = NETWORKS["grid"]
    readings, equal = seen("grid")
    flow = np.where(network.tables.movement_intersection >= 0, 0.1, 0.0)
    flow[np.array([turn == "left" for turn in network.movement_turns])] = 0.0
    encoder = make_encoder(network, TIMING, INTERVAL, "arrivals+room+plan", flow=flow)
    phases = encoder.layout.split(encoder(readings))[1]
    delays = Planner(network, TIMING, INTERVAL, PlanOptions(), flow)(readings)
    wanted = np.array([[expected(delays[b, n].tolist()) for n in range(delays.shape[1])] for b in range(len(delays))])
    assert phases[..., 3:] == pytest.approx(wanted, abs=1e-6)
    assert np.abs(phases - equal).max() > 0.01


@pytest.mark.parametrize(
    "flow",
    [np.zeros(3), "much", *(np.full(len(NETWORKS["grid"].movement_turns), each) for each in ("a", -1.0, np.nan))],
)
def test_flows_of_other_movements_are_refused(flow):
    with pytest.raises(UsageError, match=r"flow: .* is no array of a number from 0 on for each movement; give"):
        make_encoder(NETWORKS["grid"], TIMING, INTERVAL, "plan", flow=flow)
