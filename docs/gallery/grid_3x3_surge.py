"""
Who lets the crowd go home after an event?
==========================================

For a quarter of an hour, ten times the usual traffic enters a 3 x 3 grid on one road.
"""

from cards import SEEDS, STRATEGIES, answer, picture

from traffic_marl import load_scenario
from traffic_marl.cli import compare_scenario

scenario = load_scenario("grid_3x3_surge")

# %%
# The traffic
# -----------
#
# After 35 minutes, on the left under ``actuated``, on the right under ``webster``:

picture(scenario, "actuated", "webster", at=2100)

# %%
# The table
# ---------

comparison = compare_scenario(scenario, STRATEGIES, seeds=SEEDS)

# %%
# The answer
# ----------
#
# A plan for the mean flows of the hour is late for the crowd and in the way of the others:

print(answer(comparison, "actuated", "webster"))

# %%
# The scenario
# ------------
#
# .. literalinclude:: ../../scenarios/grid_3x3_surge.py
#    :language: python
