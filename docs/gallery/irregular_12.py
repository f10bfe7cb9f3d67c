"""
Does the order of strategies hold on an irregular network?
==========================================================

Twelve intersections with three or four legs, with blocks, lanes and speed limits that differ.
"""

from cards import SEEDS, STRATEGIES, answer, picture

from traffic_marl import load_scenario
from traffic_marl.cli import compare_scenario

scenario = load_scenario("irregular_12")

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
# .. literalinclude:: ../../scenarios/irregular_12.py
#    :language: python
