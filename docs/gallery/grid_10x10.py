"""
Does it scale?
==============

A hundred intersections with the same moderate demand from all sides.
"""

from time import perf_counter

from cards import SEEDS, answer, picture

from traffic_marl import load_scenario, run
from traffic_marl.cli import compare_scenario

scenario = load_scenario("grid_10x10")

# %%
# The traffic
# -----------
#
# After fifteen minutes under ``actuated``:

picture(scenario, "actuated", at=900)

# %%
# The table
# ---------

comparison = compare_scenario(scenario, seeds=SEEDS)

# %%
# The answer
# ----------
#
# The strategies scale. ``actuated`` needs its own detectors alone, however many intersections there are:

print(answer(comparison, "actuated", "max_pressure"))

# %%
# The simulation scales too. One run of this hour with its clearing time, measured on the machine that built this page:

start = perf_counter()
rollout = run(scenario, "max_pressure", seeds=(0,))
seconds = perf_counter() - start
print(f"{int(rollout.at_end.updates.sum()) / seconds / 1e6:.1f} million vehicle updates/s")

# %%
# The scenario
# ------------
#
# .. literalinclude:: ../../scenarios/grid_10x10.py
#    :language: python
