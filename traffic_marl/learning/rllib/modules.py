"""Our networks as RLlib's modules: for policy gradients, with a target network, and for deep Q-learning.

A row of a batch is one decision of the whole team: observations (rows, N, F), logits (rows, N, P), values (rows, N).
RLlib's losses work element by element and accept these shapes.
"""

from typing import Any, Self

import torch
from ray.rllib.core.columns import Columns
from ray.rllib.core.distribution.torch.torch_distribution import TorchCategorical
from ray.rllib.core.learner.utils import make_target_network
from ray.rllib.core.rl_module.apis import (
    TARGET_NETWORK_ACTION_DIST_INPUTS,
    InferenceOnlyAPI,
    QNetAPI,
    TargetNetworkAPI,
    ValueFunctionAPI,
)
from ray.rllib.core.rl_module.torch import TorchRLModule
from torch import Tensor, nn

from traffic_marl.learning.networks import Architecture, build_actor, build_critic
from traffic_marl.learning.networks.actor import FORBIDDEN
from traffic_marl.learning.networks.former_names import accept_former_name
from traffic_marl.learning.rllib.batches.scale import ReturnScale

TEAM = "team"  # name of the one module of all intersections
ARCHITECTURE = "architecture"  # key in the configuration of a module
SCENARIOS = "scenarios"  # key in the configuration of a module: number of scenarios whose returns have a scale

Batch = dict[str, Any]


class Steady(TorchRLModule):  # type: ignore[misc]
    """A module that walks through its layers to change their mode only where it changes.

    RLlib sets the mode before every pass, which takes longer than the pass through a small network.
    """

    def train(self, mode: bool = True) -> Self:
        """Sets the mode for training or, with False, for inference."""
        return self if self.training == mode else super().train(mode)


class TeamModule(Steady, InferenceOnlyAPI, ValueFunctionAPI):  # type: ignore[misc]
    """Actor and critic of all intersections."""

    def setup(self) -> None:
        """Builds the networks. RLlib calls it."""
        self.architecture = Architecture.from_json(self.model_config[ARCHITECTURE])
        self.action_dist_cls = TorchCategorical  # one for each intersection
        self.actor = build_actor(self.architecture)
        if not self.inference_only:
            self.critic = build_critic(self.architecture)
            self.return_scale = ReturnScale(self.model_config[SCENARIOS])

    def get_non_inference_attributes(self) -> list[str]:
        """Attributes that are not needed for inference."""
        return ["critic", "return_scale"]

    def _forward(self, batch: Batch, **others: Any) -> Batch:
        return {Columns.ACTION_DIST_INPUTS: self.actor(batch[Columns.OBS])}

    def compute_values(self, batch: Batch, embeddings: Any = None) -> Tensor:
        """Values (rows, N). RLlib's losses call it."""
        return self.critic(batch[Columns.OBS])  # type: ignore[no-any-return]


class ActorModule(TeamModule):
    """Actor of all intersections without a critic."""

    def setup(self) -> None:
        """Builds the network. RLlib calls it."""
        super().setup()
        if not self.inference_only:
            del self.critic


class TargetActor(Steady, TargetNetworkAPI):  # type: ignore[misc]
    """A module whose actor has a target network."""

    def make_target_networks(self) -> None:
        """Creates the target network of the actor."""
        self.target_actor = make_target_network(self.actor)
        accept_former_name(self, "target_actor", "older_actor")

    def get_target_network_pairs(self) -> list[tuple[nn.Module, nn.Module]]:
        """Pairs of (network, target network)."""
        return [(self.actor, self.target_actor)]


class TargetedTeamModule(TargetActor, TeamModule):
    """Actor and critic, and a target network of the actor, from which an update may not move far."""

    def get_non_inference_attributes(self) -> list[str]:
        """Attributes that are not needed for inference."""
        return ["critic", "return_scale", "target_actor"]

    def forward_target(self, batch: Batch) -> Batch:
        """Logits of the target network."""
        return {TARGET_NETWORK_ACTION_DIST_INPUTS: self.target_actor(batch[Columns.OBS])}


class TeamValues(TargetActor, InferenceOnlyAPI, QNetAPI):  # type: ignore[misc]
    """Values of the phases of all intersections, for deep Q-learning. They take the place of a policy's logits.

    Its batches for learning are flat, with values (rows N, P), so that one intersection alone is no special case.
    """

    def setup(self) -> None:
        """Builds the network. RLlib calls it."""
        self.architecture = Architecture.from_json(self.model_config[ARCHITECTURE])
        self.action_dist_cls = TorchCategorical
        self.exploration = 1.0  # probability of a random phase
        self.actor = build_actor(self.architecture)
        if not self.inference_only:
            self.return_scale = ReturnScale(self.model_config[SCENARIOS])

    def get_non_inference_attributes(self) -> list[str]:
        """Attributes that are not needed for inference."""
        return ["target_actor", "return_scale"]

    def compute_q_values(self, batch: Batch) -> Batch:
        """Values (rows N, P)."""
        return {"qf_preds": self.actor(batch[Columns.OBS]).flatten(0, 1)}

    def forward_target(self, batch: Batch) -> Batch:
        """Values (rows N, P) of the target network."""
        return {"qf_preds": self.target_actor(batch[Columns.OBS]).flatten(0, 1)}

    def _forward_inference(self, batch: Batch, **others: Any) -> Batch:
        return {Columns.ACTION_DIST_INPUTS: self.actor(batch[Columns.OBS])}

    def _forward_exploration(self, batch: Batch, **others: Any) -> Batch:
        """Logits of the epsilon-greedy choice: with probability `exploration` a random phase of those allowed."""
        values = self.actor(batch[Columns.OBS])
        allowed = (values > FORBIDDEN / 2).float()
        random_choice = self.exploration * allowed / allowed.sum(-1, keepdim=True)
        best = nn.functional.one_hot(values.argmax(-1), values.shape[-1])
        probabilities = random_choice + (1.0 - self.exploration) * best
        return {Columns.ACTION_DIST_INPUTS: torch.log(probabilities).clamp(min=FORBIDDEN)}

    def _forward_train(self, batch: Batch) -> Batch:
        """Values now and at the next decision, for double Q-learning (van Hasselt et al. 2016, arXiv 1509.06461)."""
        both = self.compute_q_values({Columns.OBS: torch.cat((batch[Columns.OBS], batch[Columns.NEXT_OBS]))})
        now, next_values = both["qf_preds"].chunk(2)
        target_values = self.forward_target({Columns.OBS: batch[Columns.NEXT_OBS]})["qf_preds"]
        return {"qf_preds": now, "qf_next_preds": next_values, "qf_target_next_preds": target_values}
