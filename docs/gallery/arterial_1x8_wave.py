"""
What is a green wave worth where everything suits it?
=====================================================

Platoons drive east along a main street with eight intersections at equal distances.
"""

from cards import SEEDS, STRATEGIES, answer, picture

from traffic_marl import load_scenario
from traffic_marl.cli import compare_scenario

scenario = load_scenario("arterial_1x8_wave")

# %%
# The traffic
# -----------
#
# After 25 minutes, above under ``green_wave``, below under ``webster``:

picture(scenario, "green_wave", "webster", at=1500, stacked=True)

# %%
# The table
# ---------

comparison = compare_scenario(scenario, STRATEGIES, seeds=SEEDS)

# %%
# The answer
# ----------
#
# Both are fixed-time plans for the expected flows. The difference is what offsets are worth here:

print(answer(comparison, "green_wave", "webster"))

# %%
# The scenario
# ------------
#
# .. literalinclude:: ../../scenarios/arterial_1x8_wave.py
#    :language: python
