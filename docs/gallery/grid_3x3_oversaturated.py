"""
What can signals do when more vehicles come than fit?
=====================================================

For half an hour, all sides of a 3 x 3 grid send more than its intersections can serve.
"""

from cards import SEEDS, STRATEGIES, answer, picture

from traffic_marl import load_scenario
from traffic_marl.cli import compare_scenario

scenario = load_scenario("grid_3x3_oversaturated")

# %%
# The traffic
# -----------
#
# After 30 minutes, on the left under ``actuated``, on the right under ``max_pressure``:

picture(scenario, "actuated", "max_pressure", at=1800)

# %%
# The table
# ---------

comparison = compare_scenario(scenario, STRATEGIES, seeds=SEEDS)

# %%
# The answer
# ----------
#
# Each change of phase costs time that nobody can spare:

print(answer(comparison, "actuated", "max_pressure"))

# %%
# The scenario
# ------------
#
# .. literalinclude:: ../../scenarios/grid_3x3_oversaturated.py
#    :language: python
