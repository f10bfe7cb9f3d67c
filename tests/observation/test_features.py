"""Observations against features counted one by one from the names and tables of a network."""

import dataclasses

import numpy as np
import pytest

from tests.helpers.observed_traffic import INTERVAL, NETWORKS, TIMING, lanes_of, played
from traffic_marl.kernels.tables import ALL_RED, BANDS, LEFT, NONE, RIGHT, THROUGH, YELLOW
from traffic_marl.observation import GROUPS, OBSERVATIONS, allowed_phases, feature, make_encoder
from traffic_marl.observation.features import (
    FEATURES,
    MOVEMENT_FEATURES,
    MOVEMENT_GROUPS,
    PHASE,
    PHASE_FEATURES,
    PHASE_GROUPS,
    PRESENT,
    names,
    offset,
)
from traffic_marl.observation.slots import slots


def expected_movement(network, readings, b, m):
    """Every feature of a movement, from the names of roads."""
    lanes = lanes_of(network, m)
    entry, exit_road = network.movement_roads[m]
    exits = list(network.lanes_of(exit_road))
    features = {
        "present": 1.0,
        "queue": readings.queue[b, lanes].sum() / 40,
        "backlog": readings.backlog[b, lanes].sum() / 40,
        "delay": readings.delay[b, lanes].sum() / readings.span / 40,
        "longest_wait": readings.longest_wait[b, lanes].max() / 300,
        "exit_queue": readings.queue[b, exits].sum() / 80,
        "exit_vehicles": readings.vehicles[b, exits].sum() / 80,
        "sent": 0.0,
        "held": 0.0,
        "left_sends": 0.0,
        "through_sends": 0.0,
        "right_sends": 0.0,
        "blind": readings.blind[b, lanes].mean(),
        "exit_fullness": max(readings.vehicles[b, k] * 7.5 / network.tables.length[k] for k in exits),
        "next_arrival": readings.next_arrival[b, lanes].min() / 20,
    }
    for name, band in zip(("0_60", "60_120", "120_200", "200_300", "over_300"), range(5), strict=True):
        features[f"moving_{name}"] = readings.moving[b, lanes, band].sum() / 40
    for other, (_, leads_to) in enumerate(network.movement_roads):
        if leads_to != entry:
            continue
        ahead = lanes_of(network, other)
        near = readings.queue[b, ahead].sum() + readings.moving[b, ahead, :2].sum()
        phase = readings.phase[b, network.tables.movement_intersection[other]]
        green = network.tables.served[other, phase]
        features["sent" if green else "held"] += near / 40
        if green:
            features[f"{network.movement_turns[other]}_sends"] = 1.0
    return {name: min(value, 1.0) for name, value in features.items()}


def partly_blind(readings):
    """The readings with the detectors of some lanes known to fail."""
    return dataclasses.replace(readings, blind=np.random.default_rng(3).random(readings.queue.shape) < 0.4)


@pytest.mark.parametrize("observation", [*OBSERVATIONS, *MOVEMENT_GROUPS, "turns+queue+exit", "backlog+wait"])
@pytest.mark.parametrize("name", NETWORKS)
def test_features_are_what_their_names_say(name, observation):
    network = NETWORKS[name]
    readings = partly_blind(played(network).readings())
    encoder = make_encoder(network, TIMING, INTERVAL, observation)
    observed = encoder(readings)
    assert observed.dtype == np.float32
    assert observed.shape == (2, len(network.intersections), encoder.layout.size)
    movements, phases, signal = encoder.layout.split(observed)
    table = slots(network)
    for b, n, p, s in np.ndindex(*movements.shape[:4]):
        m = table[n, p, s]
        want = {} if m == NONE else expected_movement(network, readings, b, m)
        wanted = [want.get(feature, 0.0) for feature in encoder.layout.movement_features]
        assert movements[b, n, p, s] == pytest.approx(wanted, abs=1e-6)
    assert len(set(encoder.layout.movement_features)) == movements.shape[-1] > 1
    assert movements[..., 1].max() > 0, "the first feature of the choice is seen"
    exists = np.arange(phases.shape[2]) < network.tables.phase_count[:, None]
    assert (phases[..., 0] == (np.arange(phases.shape[2]) == readings.phase[:, :, None])).all()
    assert phases[..., 1] == pytest.approx(np.minimum(readings.since_served / 240, 1) * exists)
    assert (encoder.layout.allowed(observed) == allowed_phases(network, TIMING, INTERVAL, readings)).all()
    assert signal[..., 0] == pytest.approx(np.minimum(readings.age / 60, 1))
    assert (signal[..., 1] == (readings.interval == YELLOW)).all()
    assert (signal[..., 2] == (readings.interval == ALL_RED)).all()


GROUPED = {group: names(FEATURES, group) for group in GROUPS}


def test_every_feature_belongs_to_a_group_and_stands_beside_its_like():
    for features, groups in (
        (MOVEMENT_FEATURES, (PRESENT, *MOVEMENT_GROUPS)),
        (PHASE_FEATURES, (PHASE, *PHASE_GROUPS)),
    ):
        in_order = [name for group in groups for name in names(features, group)]
        assert in_order == [each.name for each in features]
    assert all(GROUPED.values())
    assert len({each.name for each in FEATURES}) == len(FEATURES)


def test_features_within_a_group_stand_where_the_kernel_writes_them():
    for members in GROUPED.values():
        assert [offset(name) for name in members] == list(range(len(members)))
    assert len(GROUPED["bands"]) == BANDS
    assert {feature(name).full for name in GROUPED["bands"]} == {40.0}
    ranks = {"right_sends": RIGHT, "left_sends": LEFT, "through_sends": THROUGH}
    assert all(rank - 1 == offset(name) for name, rank in ranks.items())


def test_counts_and_times_have_a_unit_and_yes_or_no_has_none():
    for each in FEATURES:
        assert each.unit in ("veh", "s", "")
        assert (each.unit == "") == (each.full == 1.0)
        assert each.one == "yes" or not each.unit


@pytest.mark.parametrize("observation", OBSERVATIONS)
def test_a_choice_of_groups_shows_what_the_whole_shows(observation):
    network = NETWORKS["arterial"]
    readings = partly_blind(played(network).readings())
    whole, part = (make_encoder(network, TIMING, INTERVAL, each) for each in (tuple(GROUPS), observation))
    columns = [whole.layout.movement_features.index(name) for name in part.layout.movement_features]
    of_phase = [whole.layout.phase_features.index(name) for name in part.layout.phase_features]
    every, some = (encoder.layout.split(encoder(readings)) for encoder in (whole, part))
    assert np.array_equal(every[0][..., columns], some[0])
    assert np.array_equal(every[1][..., of_phase], some[1])
    assert np.array_equal(every[2], some[2])


def test_presets_hold_the_features_that_trained_policies_know():
    bands = tuple(f"moving_{name}" for name in ("0_60", "60_120", "120_200", "200_300", "over_300"))
    local = ("present", "queue", *bands, "backlog", "delay", "longest_wait")
    pressure = (*local, "exit_queue", "exit_vehicles")
    upstream = (*pressure, "sent", "held")
    neighbours = (*upstream, "right_sends", "left_sends", "through_sends")
    detectors = (*upstream, "blind")
    arrivals = (*detectors, "next_arrival")
    presets = (local, pressure, upstream, neighbours, detectors, arrivals)
    for name, features in zip(OBSERVATIONS, presets, strict=True):
        layout = make_encoder(NETWORKS["grid"], TIMING, INTERVAL, name).layout
        assert layout.movement_features == features
        assert layout.phase_features == ("shown", "since_served", "allowed")
        assert layout.signal_features == ("age", "yellow", "all_red")
