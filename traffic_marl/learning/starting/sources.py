"""The trained policy with which a training begins: its settings, its weights and, if it has one, its critic's."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from traffic_marl.actions.choice import BY_PLAN
from traffic_marl.checks import ensure_installed
from traffic_marl.errors import StrategyError, UsageError
from traffic_marl.files.plain_values import read_values
from traffic_marl.imported import is_reference
from traffic_marl.learning.algorithms import ALGORITHMS, Algorithm
from traffic_marl.learning.learned import chosen_policy, find_run, split_options
from traffic_marl.learning.policies import StoredPolicy
from traffic_marl.learning.runs.folder import RunFolder
from traffic_marl.learning.runs.new_folder import TRAINING
from traffic_marl.learning.runs.own_files import found_name
from traffic_marl.learning.runs.retrying import while_training
from traffic_marl.learning.settings import TrainingSettings
from traffic_marl.learning.starting.start import ACTOR, CRITIC
from traffic_marl.learning.trust import PRESENT_CHECKPOINT, untrusted
from traffic_marl.observation import make_encoder
from traffic_marl.scenario import Scenario

if TYPE_CHECKING:
    from traffic_marl.learning.networks import Architecture

Arrays = Mapping[str, Any]  # weights by name
# Places of the weights in the state of a training, under the names of RLlib
MODULES, MODULE, OF_CRITIC = ("learner_group", "learner", "rl_module"), "team", "critic."
OF_CODE = "return_scale.code."  # the code of returns in which a critic has learnt them


@dataclass(frozen=True, eq=False)
class Source:
    """A trained policy as a beginning."""

    name: str  # as the user wrote it
    path: Path  # of the folder of its run
    policy: StoredPolicy
    critic: Arrays | None  # None if it has none, or if its folder does not hold it


def source_of(text: str, *, trust: bool = False) -> Source:
    """The trained policy of this name.

    Args:
        text: as of `load_learned`. Of its options `checkpoint` alone makes sense.
        trust: whether the file of an observation of its author's own may be used.

    Raises:
        StrategyError: there is no such policy, or an option is wrong.
        FileError: the folder is damaged.
        UsageError: it has code that is not trusted.
    """
    name, options = split_options(text)
    if options.choose != "greedy" or options.interval_s is not None:
        raise UsageError("start", f"{text} has options for decisions", "leave out all but checkpoint")
    path = find_run(name)
    is_last = options.checkpoint == "last"
    source = while_training(path, lambda run: _read(run, name, is_last=is_last))
    own = source.policy.facts.observation
    if is_reference(own) and not trust:
        raise untrusted(name, [own.partition(":")[0]])
    return source


def inherited(source: Source, chosen: Mapping[str, Any]) -> dict[str, Any]:
    """Settings that a training takes from the policy with which it begins, where the user has chosen none.

    They are those of what the policy sees, what it may choose, and what its network is.

    Args:
        source: the policy.
        chosen: values of settings by name.
    """
    facts = source.policy.facts
    algorithm = ALGORITHMS.get(str(chosen.get("algorithm", facts.algorithm)))
    if algorithm is None:
        return {}  # the settings will be refused
    found: dict[str, Any] = {"algorithm": algorithm.name, "observation": found_name(facts.observation, source.path)}
    if chosen.get("action", facts.action) == facts.action:  # moments of choice of another kind have other intervals
        found |= {"action": facts.action, "interval": facts.interval}
    if facts.longest_wait is not None:
        found |= {"longest_wait": facts.longest_wait, "longest_green": facts.longest_green}
    if facts.kind == "actor":
        found |= {name: facts.architecture.get(name) for name in ("network", "policy", "critic", "hidden")}
        residual = facts.architecture.get("residual", False)
        if residual or facts.action == BY_PLAN:  # else the action space decides
            found["residual"] = residual
    if not algorithm.has_critic:
        found.pop("critic", None)
    return {name: value for name, value in found.items() if name not in (*chosen, *algorithm.unused)}


def first_weights(source: Source, scenario: Scenario, settings: TrainingSettings) -> dict[str, bytes]:
    """The content of the files with the weights that a training begins with, by name.

    Raises:
        StrategyError: the policy does not fit. The error says what differs.
        FileError: it is damaged.
    """
    _ensure_same_kind(source, settings.traits)
    if settings.traits.has_tables:
        network = scenario.build_network()
        layout = make_encoder(network, scenario.timing(), settings.interval, settings.observation).layout
        return {ACTOR: _packed(source.policy.on(network, layout).arrays())}
    ensure_installed(source.name, "torch")
    from traffic_marl.learning.rllib.build import architecture_of

    architecture = architecture_of(scenario, settings)
    files = {ACTOR: _packed(_first_actor(source, architecture))}
    critic = _first_critic(source, architecture) if _learns_the_same_values(source, settings) else None
    return files if critic is None else files | {CRITIC: _packed(critic)}


def _read(run: RunFolder, name: str, *, is_last: bool) -> Source:
    """The policy in the folder of a run."""
    policy = chosen_policy(run, name, last=is_last)
    place = Path(policy.place).name
    state = run.checkpoint(place) / TRAINING
    critic = None
    if policy.facts.kind == "actor" and (state / PRESENT_CHECKPOINT).is_file():
        critic = _critic_in(run.training_state(place))
    return Source(name, run.path, policy, critic)


def _critic_in(folder: Path) -> Arrays | None:
    """The weights of the critic in the state of a training, and the code of its values. None if it lacks either."""
    try:
        values = read_values(folder, PRESENT_CHECKPOINT.removesuffix(".json"))
        for name in (*MODULES, MODULE):
            values = values[name]
        found = {name.removeprefix(OF_CRITIC): value for name, value in values.items() if name.startswith(OF_CRITIC)}
        code = {name: value for name, value in values.items() if name.startswith(OF_CODE)}
    except (KeyError, TypeError, ValueError, AttributeError):  # of another module, or of RLlib's own sampling
        return None
    are_numbers = all(isinstance(each, np.ndarray) and np.isfinite(each).all() for each in found.values())
    return found | code if found and code and are_numbers else None  # values without a code are of a former version


def _learns_the_same_values(source: Source, settings: TrainingSettings) -> bool:
    """Whether the critic of a training has values of the kind that the source's has: codes, or returns to a scale."""
    former = ALGORITHMS[source.policy.facts.algorithm]
    alike = former.is_asynchronous == settings.traits.is_asynchronous
    return settings.traits.has_critic and not settings.stock and alike


def _ensure_same_kind(source: Source, algorithm: Algorithm) -> None:
    """Checks that the outputs of a policy mean what those of the training mean.

    Raises:
        StrategyError: they do not.
    """
    former = ALGORITHMS[source.policy.facts.algorithm]
    kinds = [_outputs(each) for each in (former, algorithm)]
    if kinds[0] != kinds[1]:
        what = f"cannot be the start: it has {kinds[0]}, and {algorithm.name} learns {kinds[1]}"
        raise StrategyError(source.name, what, f"give --algorithm {former.name}, or begin with another policy")


def _outputs(algorithm: Algorithm) -> str:
    if algorithm.has_tables:
        return "tables of values"
    return "values of phases" if algorithm.is_value_based else "probabilities of phases"


def _first_actor(source: Source, architecture: "Architecture") -> Arrays:
    """The weights of the actor."""
    from traffic_marl.learning.networks import build_actor
    from traffic_marl.learning.networks.transfer import transferred

    actor = source.policy.actor()  # as it was trained, and not damaged
    weights = transferred(build_actor, actor.architecture, actor.state_dict(), architecture, source.name)
    return {name: weight.numpy() for name, weight in weights.items()}


def _first_critic(source: Source, architecture: "Architecture") -> Arrays | None:
    """The weights of the critic and its code. None if none fit, because a new one learns within some iterations."""
    import torch

    from traffic_marl.learning.networks import Architecture, build_critic
    from traffic_marl.learning.networks.transfer import transferred

    if source.critic is None:
        return None
    code = {name: np.asarray(value) for name, value in source.critic.items() if name.startswith(OF_CODE)}
    weights = {name: torch.from_numpy(np.asarray(value)) for name, value in source.critic.items() if name not in code}
    former = Architecture.from_json(source.policy.facts.architecture)
    try:
        found = transferred(build_critic, former, weights, architecture, source.name)
    except (StrategyError, RuntimeError):  # of another road network, or no weights of such a critic
        return None
    return code | {name: weight.numpy() for name, weight in found.items()}


def _packed(arrays: Arrays) -> bytes:
    """The content of a .npz file."""
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()
