"""A small comparison that is made each time the documents are built."""

from docs.generate.markdown import code
from traffic_marl import compare, load_scenario
from traffic_marl.comparison.statistics import CONFIDENCE, paired
from traffic_marl.learning.learned import load_learned
from traffic_marl.scenario import test_seeds
from traffic_marl.strategies.catalogue import parse
from traffic_marl.version import __version__

SEEDS = 5
CLASSICAL = "rolling_horizon"
POLICIES = {
    "grid_4x4_rush_hour": "pretrained/grid_4x4_rush_hour",
    "arterial_1x6": "pretrained/general_plan",
}


def comparisons() -> str:
    """A table of each scenario: the shipped policy beside the classical strategy that is best on validation seeds."""
    return f"Version {__version__}, {SEEDS} draws of the demand, mean delay.\n" + "".join(
        f"\n## {scenario}\n\n{_table(scenario, policy)}\n{_command(scenario, policy)}"
        for scenario, policy in POLICIES.items()
    )


def _table(scenario: str, policy: str) -> str:
    """Mean delays and their difference."""
    found = compare(load_scenario(scenario), [parse(CLASSICAL), load_learned(policy)], test_seeds(SEEDS))
    delays = {row.label: row.measures.mean_delay for row in found.rows}
    difference = paired(delays[policy], delays[CLASSICAL])
    assert difference.half_width is not None
    lines = [f"| `{name}` | {values.mean():.1f} s/veh |" for name, values in sorted(delays.items())]
    span = f"{difference.mean:+.1f} +- {difference.half_width:.1f} s/veh ({100 * CONFIDENCE:.0f} % interval)"
    return "| strategy | mean delay |\n| --- | --- |\n" + "\n".join([*lines, f"| difference | {span} |"]) + "\n"


def _command(scenario: str, policy: str) -> str:
    compared = f"--reference {CLASSICAL} \\\n    --strategies {CLASSICAL},{policy}"
    return code(f"python run.py compare {scenario} --seeds {SEEDS} {compared}", "sh")
