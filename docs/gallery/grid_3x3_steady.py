"""
What are detectors worth where a plan is at its best?
=====================================================

A 3 x 3 grid with the same steady demand from all sides, so that a plan for the mean flows suits every minute.
"""

from cards import SEEDS, STRATEGIES, answer, picture

from traffic_marl import load_scenario
from traffic_marl.cli import compare_scenario

scenario = load_scenario("grid_3x3_steady")

# %%
# The traffic
# -----------
#
# After 15 minutes, on the left under ``actuated``, on the right under ``webster``:

picture(scenario, "actuated", "webster", at=900)

# %%
# The table
# ---------

comparison = compare_scenario(scenario, STRATEGIES, seeds=SEEDS)

# %%
# The answer
# ----------
#
# Vehicles arrive at random, and a plan cannot know it:

print(answer(comparison, "actuated", "webster"))

# %%
# The scenario
# ------------
#
# .. literalinclude:: ../../scenarios/grid_3x3_steady.py
#    :language: python
