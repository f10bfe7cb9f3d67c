"""The choices of a training that exclude each other."""

from typing import Any

from traffic_marl.actions.choice import BY_PLAN
from traffic_marl.errors import UsageError
from traffic_marl.imported import is_reference
from traffic_marl.learning.algorithms import Algorithm
from traffic_marl.learning.checking.runners import check_runners
from traffic_marl.observation import groups_of
from traffic_marl.observation.features import PLAN

NEIGHBOURLY = ("attention", "message")  # policies in which a choice depends on the neighbours' observations too
ALIKE = ("appo", "impala")  # algorithms whose rows are sequences
MOST_RANDOM = 1000  # scenarios side by side


def check_together(settings: Any, algorithm: Algorithm) -> None:
    """Checks that no choices exclude each other.

    Args:
        settings: a `TrainingSettings` whose values are each within their range.
        algorithm: the properties of its algorithm.

    Raises:
        UsageError: some do.
    """
    _check_choices(settings, algorithm)
    check_runners(settings, algorithm)
    _check_scenarios(settings, algorithm)
    _check_action(settings, algorithm)
    _check_plan(settings, algorithm)
    _check_data(settings, algorithm)
    if settings.stock:
        _check_stock(settings, algorithm)


def _check_choices(settings: Any, algorithm: Algorithm) -> None:
    """Refuses choices that exclude each other."""
    if settings.critic == "central" and not algorithm.has_critic:
        raise UsageError("critic", f"{algorithm.name} has no critic", "leave it local, or use ppo")
    if settings.fragment is not None and algorithm.takes_whole_episodes:
        raise UsageError("fragment", f"{algorithm.name} learns from whole episodes", "leave it out, or use ppo")
    if settings.policy in NEIGHBOURLY and settings.network == "mlp":
        what = f"{settings.policy} needs the phase network"
        raise UsageError("network", what, f"use phase with {settings.policy}")
    if algorithm.has_tables and settings.policy != "independent":
        what = f"{algorithm.name} has a table for each intersection, not {settings.policy}"
        raise UsageError("policy", what, "use independent")
    if algorithm.has_tables and (settings.runners or settings.learners):
        what = f"{algorithm.name} runs in the main process alone"
        raise UsageError("runners", what, "leave runners and learners at 0")
    if algorithm.learns_from_data and settings.learners:
        raise UsageError("learners", f"{algorithm.name} learns in the main process alone", "leave it at 0")
    if algorithm.most_learners is not None and settings.learners > algorithm.most_learners:
        raise UsageError("learners", f"{algorithm.name} learns from one memory in one process", "give 0 or 1")


def _check_scenarios(settings: Any, algorithm: Algorithm) -> None:
    """Refuses choices that depend on one network, where there are several or new ones in every episode."""
    shares = settings.policy == "shared" and settings.critic == "local" and not settings.stock
    if settings.also and not shares:
        what = "several scenarios can share nothing but a shared policy and a local critic"
        raise UsageError("also", what, "use those, or train on one scenario")
    if settings.random is None:
        if settings.ranges:
            what = "random scenarios are drawn within it, and there are none"
            raise UsageError("ranges", what, "leave it out, or give a number of random scenarios too")
        return
    if settings.random > MOST_RANDOM:
        raise UsageError("random", f"{settings.random} are too many side by side", f"give at most {MOST_RANDOM}")
    if not shares or algorithm.has_tables:
        what = "random networks can share nothing but a shared policy and a local critic"
        raise UsageError("random", what, "use those, or train on one scenario")


def _check_action(settings: Any, algorithm: Algorithm) -> None:
    """Refuses choices for which moments of choice of each intersection's own cannot be learnt from."""
    if settings.action == "phase":
        return
    if algorithm.has_tables or settings.stock:
        what = "RLlib's own sampling" if settings.stock else algorithm.name
        raise UsageError("action", f"{what} learns from every decision, not from choices alone", "use phase")
    together = settings.policy == "attention" or settings.critic == "central"
    if algorithm.name in ALIKE and (settings.policy != "shared" or together):
        what = f"{algorithm.name} learns sequences of choices of single intersections, which a shared policy alone has"
        raise UsageError("action", what, "use a shared policy with a local critic, or ppo")
    if algorithm.is_value_based and together:
        what = f"{algorithm.name} with attention compares decisions of a team at equal moments"
        raise UsageError("action", what, "use phase, or ppo")


def _check_plan(settings: Any, algorithm: Algorithm) -> None:
    """Refuses what needs a plan where none is observed, or where no probabilities are learnt."""
    if settings.residual and algorithm.is_value_based:
        what = f"{algorithm.name} learns values, which are not added to the logits of a plan"
        raise UsageError("residual", what, "leave it out, or use ppo")
    observed = is_reference(settings.observation) or PLAN in groups_of(settings.observation)
    if not observed and (settings.residual or settings.action == BY_PLAN):
        by_plan = settings.action == BY_PLAN
        name, other = ("action", ", or another action space") if by_plan else ("residual", "")
        what = f"{'its choices need' if by_plan else 'it needs'} the features of {PLAN}, which the observation lacks"
        raise UsageError(name, what, f"give the observation {settings.observation}+{PLAN}{other}")


def _check_data(settings: Any, algorithm: Algorithm) -> None:
    """Refuses recorded decisions where nothing is learnt from them, and the other way round."""
    if not algorithm.learns_from_data:
        if settings.data is not None:
            raise UsageError(
                "data", f"{algorithm.name} learns from traffic of its own", "use bc or marwil, or leave it out"
            )
        return
    if settings.data is None:
        raise UsageError(
            "data", f"{algorithm.name} learns from recorded decisions", "give the folder that `record` made"
        )
    if settings.also or settings.random is not None:
        name = "also" if settings.also else "random"
        raise UsageError(name, f"{algorithm.name} learns from the traffic that was recorded alone", "leave it out")
    if settings.runners:
        raise UsageError("runners", f"{algorithm.name} samples nothing", "leave it out")


def _check_stock(settings: Any, algorithm: Algorithm) -> None:
    """Refuses choices that RLlib's own sampling does not support, because it does not know teams."""
    if not algorithm.can_be_stock:
        raise UsageError("stock", f"RLlib's own sampling is for ppo, not {algorithm.name}", "use ppo")
    if settings.policy in NEIGHBOURLY or settings.critic == "central":
        what = settings.policy if settings.policy in NEIGHBOURLY else "a central critic"
        remedy = "use shared, independent or by-type with a local critic"
        raise UsageError("stock", f"RLlib's own sampling shows {what} one intersection only", remedy)
