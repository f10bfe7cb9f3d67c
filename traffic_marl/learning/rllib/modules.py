"""Our networks as RLlib's modules: for policy gradients, for those with a target network, and for deep Q-learning.

A row of a batch is one decision of the whole team: observations (rows, N, F), scores (rows, N, P), values (rows, N).
RLlib's losses work element by element and take these as they are.
"""

from typing import Any

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

from traffic_marl.learning.networks import ModulePlan, build_actor, build_critic
from traffic_marl.learning.networks.actor import FORBIDDEN

TEAM = "team"  # name of the one module that all intersections share
PLAN = "plan"  # where a module finds its plan

Batch = dict[str, Any]


class TeamModule(TorchRLModule, InferenceOnlyAPI, ValueFunctionAPI):  # type: ignore[misc]
    """Actor and critic of all intersections."""

    def setup(self) -> None:
        """Builds the networks; RLlib calls it."""
        self.plan = ModulePlan.from_json(self.model_config[PLAN])
        self.action_dist_cls = TorchCategorical  # one for each intersection
        self.actor = build_actor(self.plan)
        if not self.inference_only:
            self.critic = build_critic(self.plan)

    def get_non_inference_attributes(self) -> list[str]:
        """What runners do without."""
        return ["critic"]

    def _forward(self, batch: Batch, **others: Any) -> Batch:
        return {Columns.ACTION_DIST_INPUTS: self.actor(batch[Columns.OBS])}

    def compute_values(self, batch: Batch, embeddings: Any = None) -> Tensor:
        """Values (rows, N); RLlib's losses ask for them."""
        return self.critic(batch[Columns.OBS])  # type: ignore[no-any-return]


class ActorModule(TeamModule):
    """Actor of all intersections without a critic."""

    def setup(self) -> None:
        """Builds the network; RLlib calls it."""
        super().setup()
        if not self.inference_only:
            del self.critic


class TargetedTeamModule(TeamModule, TargetNetworkAPI):  # type: ignore[misc]
    """Actor and critic, and an older copy of the actor to stay near to."""

    def make_target_networks(self) -> None:
        """Makes the older copy."""
        self.older_actor = make_target_network(self.actor)

    def get_non_inference_attributes(self) -> list[str]:
        """What runners do without."""
        return ["critic", "older_actor"]

    def get_target_network_pairs(self) -> list[tuple[nn.Module, nn.Module]]:
        """What follows what."""
        return [(self.actor, self.older_actor)]

    def forward_target(self, batch: Batch) -> Batch:
        """Scores of the older copy."""
        return {TARGET_NETWORK_ACTION_DIST_INPUTS: self.older_actor(batch[Columns.OBS])}


class TeamValues(TorchRLModule, InferenceOnlyAPI, QNetAPI, TargetNetworkAPI):  # type: ignore[misc]
    """Values of the phases of all intersections, for deep Q-learning; they stand where a policy has its logits.

    Learns from flat batches: values (rows N, P), so that one intersection alone is no special case.
    """

    def setup(self) -> None:
        """Builds the network; RLlib calls it."""
        self.plan = ModulePlan.from_json(self.model_config[PLAN])
        self.action_dist_cls = TorchCategorical
        self.exploration = 1.0  # probability of a phase drawn by lot
        self.actor = build_actor(self.plan)

    def make_target_networks(self) -> None:
        """Makes the older copy, which judges what comes after."""
        self.older_actor = make_target_network(self.actor)

    def get_non_inference_attributes(self) -> list[str]:
        """What runners do without."""
        return ["older_actor"]

    def get_target_network_pairs(self) -> list[tuple[nn.Module, nn.Module]]:
        """What follows what."""
        return [(self.actor, self.older_actor)]

    def compute_q_values(self, batch: Batch) -> Batch:
        """Values (rows N, P)."""
        return {"qf_preds": self.actor(batch[Columns.OBS]).flatten(0, 1)}

    def forward_target(self, batch: Batch) -> Batch:
        """Values of the older copy (rows N, P)."""
        return {"qf_preds": self.older_actor(batch[Columns.OBS]).flatten(0, 1)}

    def _forward_inference(self, batch: Batch, **others: Any) -> Batch:
        return {Columns.ACTION_DIST_INPUTS: self.actor(batch[Columns.OBS])}

    def _forward_exploration(self, batch: Batch, **others: Any) -> Batch:
        """Logits of the best phase, or with probability `exploration` one of those allowed, each as likely."""
        values = self.actor(batch[Columns.OBS])
        allowed = (values > FORBIDDEN / 2).float()
        lot = self.exploration * allowed / allowed.sum(-1, keepdim=True)
        best = nn.functional.one_hot(values.argmax(-1), values.shape[-1])
        chance = lot + (1.0 - self.exploration) * best
        return {Columns.ACTION_DIST_INPUTS: torch.log(chance).clamp(min=FORBIDDEN)}

    def _forward_train(self, batch: Batch) -> Batch:
        """Values of now and of the next decision, for double Q-learning (van Hasselt et al. 2016, arXiv 1509.06461)."""
        both = self.compute_q_values({Columns.OBS: torch.cat((batch[Columns.OBS], batch[Columns.NEXT_OBS]))})
        now, following = both["qf_preds"].chunk(2)
        older = self.forward_target({Columns.OBS: batch[Columns.NEXT_OBS]})["qf_preds"]
        return {"qf_preds": now, "qf_next_preds": following, "qf_target_next_preds": older}
