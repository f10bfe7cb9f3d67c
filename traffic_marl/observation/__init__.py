"""Observation: the numbers that a learner sees of each intersection, made from readings alone, in 0 .. 1.

The features stand by phase and movement, so that a network that treats all phases alike can be built on them. A policy
of this kind works on any intersection. Slots that an intersection does not fill are 0.
"""

from traffic_marl.observation.choice import (
    MakeEncoder,
    Observation,
    check_observation,
    groups_of,
    make_encoder,
    name_of,
)
from traffic_marl.observation.counts import MovementCounts
from traffic_marl.observation.encoder import Encoder, FeatureEncoder
from traffic_marl.observation.features import GROUPS, OBSERVATIONS, Feature, feature
from traffic_marl.observation.layout import ObservationLayout
from traffic_marl.observation.mask import allowed_phases

__all__ = [
    "GROUPS",
    "OBSERVATIONS",
    "Encoder",
    "Feature",
    "FeatureEncoder",
    "MakeEncoder",
    "MovementCounts",
    "Observation",
    "ObservationLayout",
    "allowed_phases",
    "check_observation",
    "feature",
    "groups_of",
    "make_encoder",
    "name_of",
]
