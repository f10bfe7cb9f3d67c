"""
What do leading and lagging left turns save?
============================================

Left turns from the west are heavy, those from the east are few. The one leads and the other lags, so the two need not
be green for equally long.
"""

from cards import SEEDS, STRATEGIES, answer, picture

from traffic_marl import load_scenario
from traffic_marl.cli import compare_scenario

scenario = load_scenario("arterial_1x4_lefts")

# %%
# The traffic
# -----------
#
# After 25 minutes, under ``webster``:

picture(scenario, "webster", at=1500)

# %%
# The table
# ---------

comparison = compare_scenario(scenario, STRATEGIES, seeds=SEEDS)

# %%
# The answer
# ----------
#
# Plans against control by detectors, both with leading and lagging left turns:

print(answer(comparison, "rolling_horizon", "webster"))

# %%
# The scenario
# ------------
#
# .. literalinclude:: ../../scenarios/arterial_1x4_lefts.py
#    :language: python
