"""Planning: the delay that vehicles in sight will have at an intersection, for each phase that could come next.

Each intersection plans for itself, from the readings of its own lanes. Strategies choose by it, and it can be observed.
"""

from traffic_marl.planning.planner import Planner
from traffic_marl.planning.tables import LONGEST_GREEN, PlanOptions

__all__ = ["LONGEST_GREEN", "PlanOptions", "Planner"]
