"""Measures where decisions are made: by intersection, by approach and by movement.

`LocalMeasures` holds three tables, one for each kind of place. In each, G places stand in the order of the network, and
every number is an array (B, G): one row a copy, one column a place. `Balance` accounts for what happened elsewhere, so
that the sum over the places agrees with the measures of the whole network. `LOCAL_DEFINITIONS` has unit and definition
of each number.
"""

from traffic_marl.local_measures.definitions import LOCAL_DEFINITIONS
from traffic_marl.local_measures.measuring import Run, measure
from traffic_marl.local_measures.service import LEVELS, LONGEST_DELAYS, level_of_service
from traffic_marl.local_measures.tables import KINDS, Balance, Kind, LocalMeasures, Place, PlaceMeasures

__all__ = (
    "KINDS",
    "LEVELS",
    "LOCAL_DEFINITIONS",
    "LONGEST_DELAYS",
    "Balance",
    "Kind",
    "LocalMeasures",
    "Place",
    "PlaceMeasures",
    "Run",
    "level_of_service",
    "measure",
)
