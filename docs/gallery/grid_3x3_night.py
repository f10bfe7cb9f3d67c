"""
What does a plan cost at night?
===============================

One vehicle a minute enters on each road of a 3 x 3 grid.
"""

from cards import SEEDS, STRATEGIES, answer, picture

from traffic_marl import load_scenario
from traffic_marl.cli import compare_scenario

scenario = load_scenario("grid_3x3_night")

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
# A plan lets a vehicle wait for its turn at an empty intersection:

print(answer(comparison, "actuated", "webster"))

# %%
# The scenario
# ------------
#
# .. literalinclude:: ../../scenarios/grid_3x3_night.py
#    :language: python
