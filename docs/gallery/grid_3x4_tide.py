"""
What is a plan for the mean flows worth when the tide turns?
============================================================

A 3 x 4 grid fills from the west for half an hour and empties to the west after that.
"""

from cards import SEEDS, STRATEGIES, answer, picture

from traffic_marl import load_scenario
from traffic_marl.cli import compare_scenario

scenario = load_scenario("grid_3x4_tide")

# %%
# The traffic
# -----------
#
# After 25 minutes, on the left under ``actuated``, on the right under ``webster``:

picture(scenario, "actuated", "webster", at=1500)

# %%
# The table
# ---------

comparison = compare_scenario(scenario, STRATEGIES, seeds=SEEDS)

# %%
# The answer
# ----------
#
# ``webster`` is made for flows that never occur:

print(answer(comparison, "actuated", "webster"))

# %%
# The scenario
# ------------
#
# .. literalinclude:: ../../scenarios/grid_3x4_tide.py
#    :language: python
