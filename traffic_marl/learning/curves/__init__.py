"""Learning curves of several runs, with intervals over the seeds of their training."""

from traffic_marl.learning.curves.curve import Axis, Curve, curve_of
from traffic_marl.learning.curves.groups import Group, grouped
from traffic_marl.learning.curves.reading import Validated, read_runs

__all__ = ["Axis", "Curve", "Group", "Validated", "curve_of", "grouped", "read_runs"]
