"""RLlib's learners with two additions: gradients are clipped for each policy, and rates are set from outside."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import torch
from ray.rllib.algorithms.appo.torch.appo_torch_learner import APPOTorchLearner
from ray.rllib.algorithms.dqn.dqn_learner import DQNLearner
from ray.rllib.algorithms.dqn.torch.dqn_torch_learner import DQNTorchLearner
from ray.rllib.algorithms.impala.torch.impala_torch_learner import IMPALATorchLearner
from ray.rllib.algorithms.marwil.torch.marwil_torch_learner import MARWILTorchLearner
from ray.rllib.algorithms.ppo.torch.ppo_torch_learner import PPOTorchLearner
from ray.rllib.core.columns import Columns
from ray.rllib.core.learner.learner import ENTROPY_KEY, POLICY_LOSS_KEY
from torch import Tensor, nn

from traffic_marl.learning.networks.sharing import ParameterGroup, parameter_groups
from traffic_marl.learning.networks.threads import free_threads, torch_threads
from traffic_marl.learning.rllib.batches.minibatches import minibatches
from traffic_marl.learning.rllib.costs.learner import TimedLearner

NEAR_ZERO = 1e-8  # added to a norm before a division
KL_DIVERGENCE = "kl_divergence"  # name of the divergence from the policy that sampled to the present one
GRADIENT_NORMS = {"actor": "actor_gradient_norm", "critic": "critic_gradient_norm"}  # by part of a module


class TeamLearner(TimedLearner):
    """Clips the gradient of each network as if that network were trained alone. Its rates are set by `set_rates`.

    A loss is the mean over all intersections. If a network serves only some of them, its gradient is smaller by the
    share of these intersections, and it is scaled back before it is clipped. RLlib's `learner_config_dict` holds the
    limit as `gradient_clip`, the number of threads as `threads`, and the rows of a minibatch as `minibatch` where they
    may be more than RLlib counts, because a row is a choice of one intersection.
    """

    critic_alone = False  # whether the actor stays as it is

    def __init__(self, *arguments: Any, **others: Any) -> None:
        super().__init__(*arguments, **others)
        self._groups: dict[str, dict[str, list[ParameterGroup]]] = {}  # by module and part: its parameters
        self._norms: dict[tuple[str, str], Tensor] = {}  # by module and part: norms in the last minibatch
        self._last: dict[str, tuple[Any, Any]] = {}  # by module: the last minibatch and what the module made of it

    def update(self, *arguments: Any, **others: Any) -> Any:
        """Learns from one batch of samples. RLlib calls it."""
        with torch_threads(free_threads(self.config.learner_config_dict["threads"])):
            return super().update(*arguments, **others)

    def _create_iterator_if_necessary(
        self,
        *,
        training_data: Any,
        minibatch_size: int | None = None,
        **others: Any,
    ) -> Any:
        """The minibatches of the samples. RLlib calls it."""
        if not minibatch_size or len(self.module.keys()) > 1:
            return super()._create_iterator_if_necessary(
                training_data=training_data, minibatch_size=minibatch_size, **others
            )
        return minibatches(
            self._make_batch_if_necessary(training_data),
            self.config.learner_config_dict.get("minibatch", minibatch_size),
            others.get("num_epochs", 1),
            others.get("num_total_minibatches", 0),
            shuffles=others.get("shuffle_batch_per_epoch", False),
        )

    def configure_optimizers_for_module(self, module_id: str, config: Any = None) -> None:
        """Makes Adam as RLlib's learner does, but in torch's fused form, which is faster. RLlib calls it."""
        parameters = self.get_parameters(self.module[module_id])
        optimizer = torch.optim.Adam(parameters, fused=True)
        self.register_optimizer(
            module_id=module_id, optimizer=optimizer, params=parameters, lr_or_lr_schedule=config.lr
        )

    def postprocess_gradients_for_module(
        self, *, module_id: str, module_gradients_dict: dict[Any, Tensor], config: Any = None
    ) -> dict[Any, Tensor]:
        """The gradients, clipped in place."""
        module = self.module[module_id].unwrapped()
        limit = self.config.learner_config_dict["gradient_clip"]
        agents = module.architecture.agents
        for name, groups in self._parameter_groups(module_id).items():
            norms = [clip(group, module_gradients_dict, agents, limit) for group in groups]
            self._norms[module_id, name] = torch.cat([norm for norm in norms if norm is not None] or [torch.zeros(1)])
        return _without(module.actor, module_gradients_dict) if self.critic_alone else module_gradients_dict

    def _parameter_groups(self, module_id: str) -> dict[str, list[ParameterGroup]]:
        """The parameters of the parts of a module whose gradients are clipped, by the name of the part."""
        if module_id not in self._groups:
            module = self.module[module_id].unwrapped()
            self._groups[module_id] = {
                name: parameter_groups(part.network, module.architecture.agents)
                for name, part in module.named_children()
                if name in GRADIENT_NORMS
            }
        return self._groups[module_id]

    def apply_gradients(self, gradients_dict: dict[Any, Tensor]) -> None:
        """Takes a step by the gradients. RLlib calls it.

        RLlib searches all gradients for numbers that are not finite, twice. Their norms tell as much.
        """
        if all(bool(torch.isfinite(norm).all()) for norm in self._norms.values()):
            for optimizer in self._named_optimizers.values():
                optimizer.step()
        else:
            super().apply_gradients(gradients_dict)

    def after_gradient_based_update(self, *, timesteps: dict[str, Any]) -> None:
        """Logs figures of the last minibatch. RLlib calls it after all minibatches of a batch."""
        super().after_gradient_based_update(timesteps=timesteps)
        for (module_id, name), norm in self._norms.items():
            self.metrics.log_value((module_id, GRADIENT_NORMS[name]), float(norm.mean()), window=1)
        for module_id, (batch, made) in self._last.items():
            self._log_divergence(module_id, batch, made)
        self._last.clear()

    def compute_loss_for_module(self, *, module_id: str, config: Any, batch: Any, fwd_out: Any) -> Tensor:
        """The loss of the algorithm. RLlib calls it."""
        self._last[module_id] = batch, fwd_out
        loss: Tensor = super().compute_loss_for_module(module_id=module_id, config=config, batch=batch, fwd_out=fwd_out)
        return loss

    def _log_divergence(self, module_id: str, batch: Any, fwd_out: Any) -> None:
        """Logs the mean KL divergence from the policy that sampled to the present one, for one intersection."""
        if Columns.ACTION_DIST_INPUTS not in batch or Columns.ACTION_DIST_INPUTS not in fwd_out:
            return  # it learns values, not a policy
        with torch.no_grad():
            divergence = kl_divergence(batch[Columns.ACTION_DIST_INPUTS], fwd_out[Columns.ACTION_DIST_INPUTS])
            mean = divergence[batch[Columns.LOSS_MASK]].mean() if Columns.LOSS_MASK in batch else divergence.mean()
            self.metrics.log_value((module_id, KL_DIVERGENCE), float(mean), window=1)

    def set_rates(self, learning_rate: float, entropy: float, *, critic_alone: bool = False) -> None:
        """Sets learning rate and weight of the entropy bonus from now on, and whether the critic alone learns."""
        self.critic_alone = critic_alone
        for optimizer, schedule in self._optimizer_lr_schedules.items():
            schedule._curr_value = learning_rate  # a fixed schedule has no public way to change its value
            self._set_optimizer_lr(optimizer, learning_rate)
        bonuses = getattr(self, "entropy_coeff_schedulers_per_module", None)
        if bonuses is not None:
            for name, _ in self.module.items():
                bonuses[name]._curr_value = entropy


class TeamPPOLearner(TeamLearner, PPOTorchLearner):  # type: ignore[misc]
    """PPO's learner."""


class TeamAPPOLearner(TeamLearner, APPOTorchLearner):  # type: ignore[misc]
    """APPO's learner."""


class TeamIMPALALearner(TeamLearner, IMPALATorchLearner):  # type: ignore[misc]
    """IMPALA's learner."""


class TeamMARWILLearner(TeamLearner, MARWILTorchLearner):  # type: ignore[misc]
    """MARWIL's learner, which is that of behaviour cloning too.

    RLlib's `learner_config_dict` holds the number of minibatches in an iteration as `updates`.
    """

    def _create_iterator_if_necessary(self, *, training_data: Any, **others: Any) -> Any:
        """Minibatches of recorded rows, over and over. RLlib calls it."""
        known = self.config.learner_config_dict
        batch = self._make_batch_if_necessary(training_data)
        return minibatches(batch, known["minibatch"], 1, known["updates"], shuffles=True)


class TeamDQNLearner(TeamLearner, DQNTorchLearner):  # type: ignore[misc]
    """DQN's learner for batches that already hold the next observations."""

    def build(self) -> None:
        """Builds as DQN's learner does, without the connector that adds next observations."""
        super(DQNLearner, self).build()
        self.last_update_ts_by_mid: dict[str, int] = defaultdict(int)
        for module in self.module.values():
            module.unwrapped().make_target_networks()


class ReinforceLearner(TeamLearner, PPOTorchLearner):  # type: ignore[misc]
    """Plain policy gradient. The loss is ours, because RLlib no longer has this algorithm.

    Source: Williams 1992, doi 10.1007/BF00992696.
    """

    def compute_loss_for_module(self, *, module_id: str, config: Any, batch: Any, fwd_out: Any) -> Tensor:
        """The negative mean of log-probability times return, minus the entropy bonus."""
        self._last[module_id] = batch, fwd_out
        module = self.module[module_id].unwrapped()
        distribution = module.get_train_action_dist_cls().from_logits(fwd_out[Columns.ACTION_DIST_INPUTS])
        mask = batch[Columns.LOSS_MASK]
        loss = -(distribution.logp(batch[Columns.ACTIONS]) * batch[Columns.RETURNS_TO_GO])[mask].mean()
        entropy = distribution.entropy()[mask].mean()
        self.metrics.log_dict({POLICY_LOSS_KEY: loss, ENTROPY_KEY: entropy}, key=module_id, window=1)
        bonus = self.entropy_coeff_schedulers_per_module[module_id].get_current_value()
        return loss - bonus * entropy  # type: ignore[no-any-return]


def kl_divergence(former: Tensor, present: Tensor) -> Tensor:
    """KL divergence (...) between the distributions of two arrays of logits (..., P). Excluded phases count nothing."""
    log_former, log_present = former.log_softmax(-1), present.log_softmax(-1)
    probability = log_former.exp()
    terms = torch.where(probability > 0.0, probability * (log_former - log_present), 0.0)
    return terms.sum(-1)


def clip(group: ParameterGroup, gradients: dict[Any, Tensor], agents: int, limit: float) -> Tensor | None:
    """Scales a group's gradients in place to those of its own loss, and down to a norm of at most `limit`.

    Args:
        group: the parameters of one network, or of a stack of networks.
        gradients: by parameter. Parameters without a gradient are skipped.
        agents: N, the intersections over which the loss is a mean.
        limit: greatest norm of each network's gradient.

    Returns:
        The norm of each network's gradient before, (networks,). None without a gradient.
    """
    found = [gradients[parameter] for parameter in group.parameters if gradients.get(parameter) is not None]
    if not found:
        return None
    own = agents / group.agents
    norm = own * (_stack_norms(found) if group.is_stack else torch.nn.utils.get_total_norm(found))
    factor = own * (limit / (norm + NEAR_ZERO)).clamp(max=1.0)
    for gradient in found:
        gradient.mul_(factor.view(-1, *(1,) * (gradient.dim() - 1)) if group.is_stack else factor)
    return norm.view(-1)


def _without(actor: nn.Module, gradients: dict[Any, Tensor]) -> dict[Any, Tensor]:
    """The gradients without those of an actor, which the optimiser then does not touch, nor its moments."""
    frozen = set(actor.parameters())
    for parameter in frozen:
        parameter.grad = None
    return {parameter: gradient for parameter, gradient in gradients.items() if parameter not in frozen}


def _stack_norms(gradients: Sequence[Tensor]) -> Tensor:
    """Norm over all gradients for each index of their first axis."""
    norms = [torch.linalg.vector_norm(gradient.flatten(1), dim=1) for gradient in gradients]
    found: Tensor = torch.linalg.vector_norm(torch.stack(norms), dim=0)
    return found
