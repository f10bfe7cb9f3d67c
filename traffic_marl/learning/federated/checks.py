"""Checks of a federated training before it begins, and the tasks of its districts."""

from dataclasses import replace
from pathlib import Path

from traffic_marl.checks import shown
from traffic_marl.errors import UsageError
from traffic_marl.imported import is_reference
from traffic_marl.learning.federated.district import DistrictTask
from traffic_marl.learning.federated.federation import Federation, divided
from traffic_marl.learning.runs.folder import RunFolder
from traffic_marl.learning.runs.state import RunSettings
from traffic_marl.learning.settings import TrainingSettings
from traffic_marl.learning.trust import code_of_scenario
from traffic_marl.scenario import Scenario

DISTRICTS = "districts"  # folder in that of the run, with a folder for each district of this machine
COMMON_POLICIES = ("shared", "attention", "message")  # with weights that mean the same on every network


def ensure_federable(scenario: Scenario, settings: RunSettings) -> None:
    """Checks that districts can train together with these settings.

    Args:
        scenario: that they divide, or the stand-in for their own ones.
        settings: of the run, with a federation.

    Raises:
        UsageError: they cannot.
    """
    federation, training = settings.federation, settings.training
    assert federation is not None, "there is one"
    _ensure_common(training, federation)
    if settings.start.imitate is not None:
        what = "its choices would have to be watched in every district"
        raise UsageError("imitate", what, "leave it out, or begin with a policy that has learnt them: --from")
    if settings.target is not None and is_reference(settings.target.strategy):
        raise UsageError(
            "target", "code does not go to the districts", "name a strategy of `list`, or a trained policy"
        )
    if settings.target is not None and federation.privacy is not None:
        raise UsageError("target", "with noise no delay leaves the districts", "leave it out")
    if federation.divides:
        divided(federation, scenario.build_network().intersections)


def _ensure_common(training: TrainingSettings, federation: Federation) -> None:
    """Checks that the weights of a training mean the same in all districts.

    Raises:
        UsageError: they do not.
    """
    known = COMMON_POLICIES[:1] if federation.divides else COMMON_POLICIES
    if training.policy not in known:
        what = f"districts cannot share the weights of {training.policy}"
        raise UsageError("policy", what, f"use {' or '.join(known)}")
    if training.critic != "local":
        raise UsageError("critic", "a central critic sees the observations of all districts", "use local")
    if training.traits.has_tables or training.traits.learns_from_data:
        what = f"{training.algorithm} has no weights that are learnt from traffic"
        raise UsageError("algorithm", what, "use ppo, appo, impala, dqn or reinforce")
    for name in ("stock", "also", "random", "learners"):
        if getattr(training, name):
            raise UsageError(name, "it does not go together with districts", "leave it out")


def tasks_of(folder: RunFolder) -> list[DistrictTask]:
    """The tasks of all districts of a run, which begin, or go on from its last checkpoint.

    Raises:
        UsageError: the districts do not divide the scenario.
    """
    settings, state = folder.settings, folder.state
    federation = settings.federation
    assert federation is not None, "there is one"
    parts = divided(federation, folder.scenario.build_network().intersections) if federation.divides else {}
    return [
        DistrictTask(
            district=district,
            number=number,
            federation=federation,
            settings=settings.training,
            validation=settings.validation.seeds,
            folder=str(folder.path.resolve() / DISTRICTS / district.name),
            last_round=None if state.last is None else state.iteration,
            cpus_per_runner=folder.placement.cpus_per_runner,
            scenario=folder.scenario if federation.divides else None,
            own=parts.get(district.name, ()),
        )
        for number, district in enumerate(federation.members)
    ]


def checked_federation(federation: object, scenario: object) -> Federation | None:
    """The federation that a user has given, once it is known whether its districts divide a scenario.

    Raises:
        UsageError: it is none.
    """
    if federation is None:
        return None
    if not isinstance(federation, Federation):
        raise UsageError("federation", f"{shown(federation)} is not a Federation", "give one, or leave it out")
    return replace(federation, divides=scenario is not None)


def code_of_districts(federation: Federation) -> list[str]:
    """Files that would be executed to load the scenarios of the districts. A file of another machine is one, too.

    Raises:
        TrafficError: a JSON file of this machine cannot be read.
    """
    found: list[str] = []
    for district in () if federation.divides else federation.members:
        path = Path(district.holds)
        if path.suffix == ".py":
            found.append(district.holds)
        if path.suffix == ".json" and path.exists():
            found += code_of_scenario(Scenario.load(path))
    return found
