"""The rewards and observations that can be named."""

from collections.abc import Iterable, Mapping

from docs.generate.markdown import inline, table
from traffic_marl.learning.algorithms import ALGORITHMS
from traffic_marl.learning.settings import CRITICS, NETWORKS, POLICIES
from traffic_marl.observation import GROUPS, OBSERVATIONS
from traffic_marl.observation.features import FEATURES
from traffic_marl.reward import REWARDS


def rewards() -> str:
    """A table of the rewards."""
    return table(("reward", "meaning"), ((inline(name), text) for name, (_, text) in REWARDS.items()))


def observations() -> str:
    """A table of the observations."""
    rows = ((inline(name), inline("+".join(each.groups)), each.meaning) for name, each in OBSERVATIONS.items())
    return table(("observation", "groups", "holds"), rows)


def features() -> str:
    """A table of the groups of features."""
    rows = []
    for group, meaning in GROUPS.items():
        members = [each for each in FEATURES if each.group == group]
        scale = f"{members[0].full:g} {members[0].unit}" if members[0].unit else members[0].one
        rows.append((inline(group), meaning, ", ".join(inline(each.name) for each in members), scale))
    return table(("group", "meaning", "features", "1 stands for"), rows)


def algorithms() -> str:
    """Tables of algorithms, networks, policies and critics."""
    heads = ("`--algorithm`", "meaning", "settings without effect", "other defaults")
    rows = [
        (
            inline(each.name),
            each.description,
            _listed(each.unused),
            _listed(f"{k}={v}" for k, v in each.defaults.items()),
        )
        for each in ALGORITHMS.values()
    ]
    parts = {"network": NETWORKS, "policy": POLICIES, "critic": CRITICS}
    return "\n".join([table(heads, rows), *(_choices(name, known) for name, known in parts.items())])


def _choices(name: str, known: Mapping[str, str]) -> str:
    """A table of the values of a flag."""
    return table((f"`--{name}`", "meaning"), ((inline(each), text) for each, text in known.items()))


def _listed(names: Iterable[str]) -> str:
    return ", ".join(inline(name) for name in names) or "-"
