"""
Does everything work?
=====================

Ten minutes of light traffic on four intersections. A run takes a moment, so this scenario is the first to try.
"""

from cards import SEEDS, answer, picture

from traffic_marl import load_scenario
from traffic_marl.cli import compare_scenario

scenario = load_scenario("grid_2x2_smoke")

# %%
# The traffic
# -----------
#
# After five minutes under ``max_pressure``:

picture(scenario, "max_pressure", at=300)

# %%
# The table
# ---------

comparison = compare_scenario(scenario, seeds=SEEDS)

# %%
# The answer
# ----------
#
# Everything works if every strategy is in the table and no vehicle is left over under the adaptive ones. Even in light
# traffic it pays to look at the vehicles:

print(answer(comparison, "actuated", "fixed_time"))

# %%
# The scenario
# ------------
#
# .. literalinclude:: ../../scenarios/grid_2x2_smoke.py
#    :language: python
