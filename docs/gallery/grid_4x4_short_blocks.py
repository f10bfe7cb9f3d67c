"""
Who keeps short blocks from locking up?
=======================================

The blocks of a 4 x 4 grid are 90 m long. A lane between two intersections has room for eight vehicles.
"""

from cards import SEEDS, STRATEGIES, answer, picture

from traffic_marl import load_scenario
from traffic_marl.cli import compare_scenario

scenario = load_scenario("grid_4x4_short_blocks")

# %%
# The traffic
# -----------
#
# After 40 minutes, on the left under ``webster``, on the right under ``actuated``:

picture(scenario, "webster", "actuated", at=2400)

# %%
# The table
# ---------

comparison = compare_scenario(scenario, STRATEGIES, seeds=SEEDS)

# %%
# The answer
# ----------
#
# A green that lasts while vehicles come fills the next block, until nobody moves:

print(answer(comparison, "actuated", "webster"))

# %%
# The scenario
# ------------
#
# .. literalinclude:: ../../scenarios/grid_4x4_short_blocks.py
#    :language: python
