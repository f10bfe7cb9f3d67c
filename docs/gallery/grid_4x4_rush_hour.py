"""
Who copes best with a morning peak?
===================================

A 4 x 4 grid with heavy traffic to the east and north. The inflow builds up, holds its peak for a quarter of an hour and
falls off. At the peak the main directions come close to what an intersection with four phases can serve.
"""

from cards import SEEDS, answer, picture

from traffic_marl import load_scenario
from traffic_marl.cli import compare_scenario

scenario = load_scenario("grid_4x4_rush_hour")

# %%
# The traffic
# -----------
#
# After half an hour, on the left under ``actuated``, on the right under ``fixed_time``:

picture(scenario, "actuated", "fixed_time", at=1800)

# %%
# The table
# ---------
#
# ``pretrained/grid_4x4_rush_hour`` is the policy that was trained on this scenario and is shipped with the program. It
# never met these draws in training.

comparison = compare_scenario(scenario, seeds=SEEDS)

# %%
# The answer
# ----------
#
# The trained policy against the best classical strategy with its default parameters:

print(answer(comparison, "pretrained/grid_4x4_rush_hour", "rolling_horizon"))

# %%
# The scenario
# ------------
#
# .. literalinclude:: ../../scenarios/grid_4x4_rush_hour.py
#    :language: python
