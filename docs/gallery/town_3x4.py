"""
Does the order of strategies hold in a town?
============================================

A main street, narrow streets with a lower limit, missing legs, turn pockets, and one intersection without signals.
"""

from cards import SEEDS, STRATEGIES, answer, picture

from traffic_marl import load_scenario
from traffic_marl.cli import compare_scenario

scenario = load_scenario("town_3x4")

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
# The order is that of the steady grid:

print(answer(comparison, "actuated", "webster"))

# %%
# The scenario
# ------------
#
# .. literalinclude:: ../../scenarios/town_3x4.py
#    :language: python
