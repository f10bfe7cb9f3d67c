"""The former name of Placement."""

from traffic_marl.learning.placing.placement import HERE
from traffic_marl.learning.placing.placement import Placement as Place

__all__ = ["HERE", "Place"]
