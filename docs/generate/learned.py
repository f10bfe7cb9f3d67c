"""The rewards and observations that can be named."""

from docs.generate.markdown import inline, table
from traffic_marl.observation import OBSERVATIONS
from traffic_marl.reward import REWARDS


def rewards() -> str:
    """A table of the rewards."""
    return table(("reward", "meaning"), ((inline(name), text) for name, text in REWARDS.items()))


def observations() -> str:
    """A table of the observations."""
    return table(("observation", "holds"), ((inline(name), text) for name, text in OBSERVATIONS.items()))
