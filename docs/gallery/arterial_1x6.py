"""
What are offsets worth on a main street?
========================================

Six intersections on a main street, platoons in both directions, light cross traffic. The blocks are unequal, so no
single offset suits both directions.
"""

from cards import SEEDS, answer, picture

from traffic_marl import load_scenario
from traffic_marl.cli import compare_scenario

scenario = load_scenario("arterial_1x6")

# %%
# The traffic
# -----------
#
# After twenty minutes, above under ``green_wave``, below under ``webster``:

picture(scenario, "green_wave", "webster", at=1200, stacked=True)

# %%
# The table
# ---------

comparison = compare_scenario(scenario, seeds=SEEDS)

# %%
# The answer
# ----------
#
# ``green_wave`` and ``webster`` are both fixed-time plans for the expected flows. ``green_wave`` has a common cycle and
# offsets, ``webster`` gives each intersection its own cycle. Their difference is what offsets are worth here:

print(answer(comparison, "green_wave", "webster"))

# %%
# The scenario
# ------------
#
# .. literalinclude:: ../../scenarios/arterial_1x6.py
#    :language: python
