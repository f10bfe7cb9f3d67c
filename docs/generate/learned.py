"""The rewards and observations that can be named."""

from docs.generate.markdown import inline, table
from traffic_marl.observation import GROUPS, OBSERVATIONS
from traffic_marl.observation.features import FEATURES
from traffic_marl.reward import REWARDS


def rewards() -> str:
    """A table of the rewards."""
    return table(("reward", "meaning"), ((inline(name), text) for name, text in REWARDS.items()))


def observations() -> str:
    """A table of the observations."""
    rows = ((inline(name), inline("+".join(each.groups)), each.meaning) for name, each in OBSERVATIONS.items())
    return table(("observation", "groups", "holds"), rows)


def features() -> str:
    """A table of the groups of features of a movement."""
    rows = []
    for group, meaning in GROUPS.items():
        members = [each for each in FEATURES if each.group == group]
        scale = f"{members[0].full:g} {members[0].unit}" if members[0].unit else "yes"
        rows.append((inline(group), meaning, ", ".join(inline(each.name) for each in members), scale))
    return table(("group", "meaning", "features", "1 stands for"), rows)
