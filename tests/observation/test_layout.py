"""Layouts tell what stands where in an observation."""

import numpy as np

from tests.helpers.observed_traffic import INTERVAL, NETWORKS, TIMING
from traffic_marl.observation import ObservationLayout, make_encoder
from traffic_marl.observation.features import SIGNAL_FEATURES


def test_the_layout_holds_all_features_once():
    layout = make_encoder(NETWORKS["grid"], TIMING, INTERVAL).layout
    movements, phases, signal = layout.split(np.arange(layout.size))
    assert movements.shape == (4, 2, len(layout.movement_features))
    assert phases.shape == (4, 3)
    assert signal.shape == (len(SIGNAL_FEATURES),)
    assert np.concatenate([movements.ravel(), phases.ravel(), signal]).tolist() == list(range(layout.size))


def test_a_flat_layout_has_no_slots():
    flat = ObservationLayout(4, 0, (), phase_features=("allowed",), signal_features=("sum", "mean"))
    assert flat.size == 4 + 2


def test_the_mask_is_found_in_a_flat_layout():
    flat = ObservationLayout(3, 0, (), phase_features=("allowed",), signal_features=("sum",))
    assert flat.allowed(np.array([[1, 0, 1, 7]])).tolist() == [[1, 0, 1]]
