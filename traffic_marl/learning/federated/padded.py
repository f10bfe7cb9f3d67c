"""Environments of districts with room for the phases and movements of the largest of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from traffic_marl.environments import JointEnv, VectorEnv
from traffic_marl.environments.padding import has_same_features, widest
from traffic_marl.errors import UsageError
from traffic_marl.learning.environment import ScenarioEnvironment
from traffic_marl.learning.federated.federation import District
from traffic_marl.learning.settings import TrainingSettings
from traffic_marl.observation import ObservationLayout

PADDED = ("shared", "attention")  # policies that work with room for more phases than an intersection has


@dataclass(frozen=True)
class Sizes:
    """All that the networks of districts have to agree on."""

    layout: ObservationLayout
    num_actions: int


@dataclass(frozen=True)
class PaddedEnvironment:
    """Makes the environment of each runner of a district, with room for the largest of all districts."""

    make: ScenarioEnvironment
    sizes: Sizes

    def __call__(
        self, copies: int, runner: int = 0, runners: int = 1, threads: int | None = None
    ) -> VectorEnv | JointEnv:
        """An environment with seeds that no other runner uses."""
        own = self.make(copies, runner, runners, threads)
        assert isinstance(own, VectorEnv), "a district has one scenario"
        if sizes_of(own) == self.sizes:
            return own
        return JointEnv([own], layout=self.sizes.layout, num_actions=self.sizes.num_actions)


def sizes_of(environment: VectorEnv) -> Sizes:
    """The sizes of an environment."""
    return Sizes(environment.layout, environment.num_actions)


def common_sizes(districts: Sequence[District], found: Sequence[Sizes], settings: TrainingSettings) -> Sizes:
    """The sizes that have room for all districts.

    Args:
        districts: all of them.
        found: the sizes of each.
        settings: of the training.

    Raises:
        UsageError: the policy cannot work with them.
    """
    common = Sizes(widest([each.layout for each in found]), max(each.num_actions for each in found))
    for district, sizes in zip(districts, found, strict=True):
        if not has_same_features(sizes.layout, common.layout):
            what = f"{district.name} and {districts[0].name} see other features"
            raise UsageError("districts", what, "use an observation that is the same everywhere")
        if sizes != common and (settings.network != "phase" or settings.policy not in PADDED):
            what = f"{district.name} has at most {_shape(sizes)}, and others have {_shape(common)}"
            raise UsageError("districts", what, f"use the phase network with {' or '.join(PADDED)}")
    return common


def _shape(sizes: Sizes) -> str:
    return f"{sizes.layout.phases} phases of {sizes.layout.movements} movements"
