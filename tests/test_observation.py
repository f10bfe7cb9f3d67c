"""Observations against features counted one by one from the names and tables of a network."""

import dataclasses

import numpy as np
import pytest

from tests.helpers.observed_traffic import INTERVAL, NETWORKS, TIMING, lanes_of, played
from traffic_marl.errors import UsageError
from traffic_marl.kernels.tables import ALL_RED, GREEN, NONE, YELLOW
from traffic_marl.network.generators.grid import grid
from traffic_marl.observation import (
    OBSERVATIONS,
    SIGNAL_FEATURES,
    Encoder,
    allowed_phases,
    movements_of,
    slots,
)


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


@pytest.mark.parametrize("observation", OBSERVATIONS)
@pytest.mark.parametrize("name", NETWORKS)
def test_features_are_what_their_names_say(name, observation):
    network = NETWORKS[name]
    readings = played(network).readings()
    encoder = Encoder(network, TIMING, INTERVAL, observation)
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
    assert movements[..., 1].max() > 0, "somebody queues"
    exists = np.arange(phases.shape[2]) < network.tables.phase_count[:, None]
    assert (phases[..., 0] == (np.arange(phases.shape[2]) == readings.phase[:, :, None])).all()
    assert phases[..., 1] == pytest.approx(np.minimum(readings.since_served / 240, 1) * exists)
    assert (encoder.layout.allowed(observed) == allowed_phases(network, TIMING, INTERVAL, readings)).all()
    assert signal[..., 0] == pytest.approx(np.minimum(readings.age / 60, 1))
    assert (signal[..., 1] == (readings.interval == YELLOW)).all()
    assert (signal[..., 2] == (readings.interval == ALL_RED)).all()


def test_the_layout_holds_all_features_once():
    layout = Encoder(NETWORKS["grid"], TIMING, INTERVAL).layout
    movements, phases, signal = layout.split(np.arange(layout.size))
    assert movements.shape == (4, 2, len(layout.movement_features))
    assert phases.shape == (4, 3)
    assert signal.shape == (len(SIGNAL_FEATURES),)
    assert np.concatenate([movements.ravel(), phases.ravel(), signal]).tolist() == list(range(layout.size))


@pytest.mark.parametrize("name", NETWORKS)
def test_each_phase_has_the_movements_that_it_serves_and_others_do_not(name):
    network = NETWORKS[name]
    served = network.tables.served
    for n, count in enumerate(network.tables.phase_count):
        here = network.tables.movement_intersection == n
        always = served[:, :count].all(axis=1)
        for p, group in enumerate(movements_of(network, n)):
            assert sorted(group) == np.flatnonzero(here & served[:, p] & ~always).tolist()


def test_movements_of_a_phase_stand_clockwise_by_where_they_come_from():
    network = grid(1, 1, phases="two")
    names = [
        [(network.movement_roads[m][0].split("_")[-1], network.movement_turns[m]) for m in group]
        for group in movements_of(network, 0)
    ]
    for group in names:
        assert group[0][0] == group[1][0]
        assert [turn for _, turn in group] == ["through", "left"] * 2


def signal_at(interval, age, phase=1):
    """Readings of one intersection whose signal stands like this."""
    network = grid(1, 1)
    readings = played(network, seconds=5, copies=1).readings()
    at = np.ones_like(readings.phase)
    return network, dataclasses.replace(readings, interval=at * interval, age=at * age, phase=at * phase)


@pytest.mark.parametrize(
    ("interval", "age", "within", "free"),
    [
        (GREEN, 7, 1, True),  # the min green is over
        (GREEN, 6, 1, False),  # it is over after the next decision only
        (GREEN, 6, 2, True),
        (GREEN, 0, 7, False),
        (GREEN, 0, 8, True),
        (YELLOW, 0, 12, False),  # 3 s of yellow, 2 s of all-red, 7 s of green to come
        (YELLOW, 0, 13, True),
        (YELLOW, 2, 11, True),
        (ALL_RED, 1, 8, False),
        (ALL_RED, 1, 9, True),
    ],
)
def test_another_phase_is_allowed_if_the_change_can_begin_before_the_next_decision(interval, age, within, free):
    network, readings = signal_at(interval, age)
    expected = [[[free, True, free, free]]]
    assert allowed_phases(network, TIMING, within, readings).tolist() == expected
    encoder = Encoder(network, TIMING, within)
    assert encoder.layout.allowed(encoder(readings)).astype(bool).tolist() == expected


def test_an_unknown_observation_names_the_known_ones():
    with pytest.raises(UsageError, match="unknown observation 'neighbors'; did you mean neighbours"):
        Encoder(NETWORKS["grid"], TIMING, INTERVAL, "neighbors")
    with pytest.raises(UsageError, match="available: local, pressure, upstream, neighbours"):
        Encoder(NETWORKS["grid"], TIMING, INTERVAL, "xyz")
