"""
What do strategies miss that see no farther than a turn pocket?
===============================================================

The left lanes of a main street begin 40 m before the stop line, with room for five vehicles.
"""

from cards import SEEDS, STRATEGIES, answer, picture

from traffic_marl import load_scenario
from traffic_marl.cli import compare_scenario

scenario = load_scenario("arterial_1x4_pockets")

# %%
# The traffic
# -----------
#
# After 25 minutes, above under ``actuated``, below under ``longest_queue``:

picture(scenario, "actuated", "longest_queue", at=1500, stacked=True)

# %%
# The table
# ---------

comparison = compare_scenario(scenario, STRATEGIES, seeds=SEEDS)

# %%
# The answer
# ----------
#
# A strategy that compares queues takes a long one for one of five vehicles:

print(answer(comparison, "actuated", "longest_queue"))

# %%
# The scenario
# ------------
#
# .. literalinclude:: ../../scenarios/arterial_1x4_pockets.py
#    :language: python
