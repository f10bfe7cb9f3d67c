"""
Who copes best with a lane closed for ten minutes?
==================================================

A vehicle breaks down on a through lane of a main street. The queue behind it reaches the intersections upstream.
"""

from cards import SEEDS, STRATEGIES, answer, picture

from traffic_marl import load_scenario
from traffic_marl.cli import compare_scenario

scenario = load_scenario("arterial_1x5_incident")

# %%
# The traffic
# -----------
#
# After half an hour, above under ``actuated``, below under ``webster``:

picture(scenario, "actuated", "webster", at=1790, stacked=True)

# %%
# The table
# ---------

comparison = compare_scenario(scenario, STRATEGIES, seeds=SEEDS)

# %%
# The answer
# ----------
#
# Detectors see a queue that no green shortens. They stay ahead of plans all the same:

print(answer(comparison, "actuated", "webster"))

# %%
# The scenario
# ------------
#
# .. literalinclude:: ../../scenarios/arterial_1x5_incident.py
#    :language: python
