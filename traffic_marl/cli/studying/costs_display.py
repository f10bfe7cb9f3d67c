"""The costs of an iteration as facts of the display of a training."""

from collections.abc import Iterator

from traffic_marl.learning.costs.costs import Costs

UNITS = ((1e9, "GB"), (1e6, "MB"), (1e3, "kB"))
FEW = 4  # runners whose copies are shown one by one


def costs_facts(costs: Costs) -> Iterator[tuple[str, str]]:
    """Each cost that is known, with its value and unit. A process that works alone moves nothing and waits for none."""
    shares = f"sampling {costs.sampling_share:.0%}, learning {costs.learning_share:.0%}"
    if costs.is_alone:
        yield "time used by", shares
        return
    yield "time used by", f"{shares}, transfer {costs.transfer_share:.0%}"
    idle = (("runners", costs.idle_share_of_runners), ("learner", costs.idle_share_of_learners))
    told = [f"{name} {share:.0%}" for name, share in idle if share is not None]
    if told:
        yield "idle", ", ".join(told)
    moved = costs.moved
    yield "moved", f"{size(moved.samples)} of samples, {size(moved.weights + moved.gradients)} of weights and gradients"
    if costs.age is not None:
        yield "age of weights", f"mean {costs.age.mean:.2g} updates, greatest {costs.age.most:.0f}{_seconds(costs)}"
    if len(costs.runners) > 1:
        yield "copies", f"{_copies(costs)} of {len(costs.runners)} runners"


def size(count: float) -> str:
    """A number of bytes with its unit, such as `12.3 MB`."""
    for limit, unit in UNITS:
        if count >= limit:
            return f"{count / limit:.3g} {unit}"
    return f"{count:.0f} B"


def _seconds(costs: Costs) -> str:
    """The mean age in seconds, if it is known."""
    return "" if costs.age_in_seconds is None else f", mean {costs.age_in_seconds.mean:.2g} s"


def _copies(costs: Costs) -> str:
    """The copies of each runner, or their range if there are many."""
    copies = [each.copies for each in costs.runners.values()]
    if len(copies) <= FEW:
        return "/".join(map(str, copies))
    return f"{min(copies)} to {max(copies)}"
