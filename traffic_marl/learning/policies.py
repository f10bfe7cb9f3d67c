"""Trained policies in files: written, read, and transferred to a road network.

The folder of a policy holds policy.json (its facts) and policy.npz (its numbers). Nothing in them is ever executed.
Torch is imported late, ray never.
"""

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from traffic_marl.actions import LONGEST_GREEN
from traffic_marl.arrays import Singles
from traffic_marl.checks import LONGEST_RUN, ensure_installed
from traffic_marl.errors import FileError, StrategyError, UsageError, one_line
from traffic_marl.files import damage, read_sealed, replace, replace_text
from traffic_marl.files.sealed import LARGEST_TEXT, REMEDY, UNREADABLE, arrays_in, object_in
from traffic_marl.imported import is_reference
from traffic_marl.learning.algorithms import ALGORITHMS
from traffic_marl.learning.policy import Policy
from traffic_marl.learning.runs.own_files import ensure_kept_name
from traffic_marl.learning.settings import LONGEST_INTERVAL, TRAINED_ACTIONS
from traffic_marl.network.network import Network
from traffic_marl.observation import ObservationLayout, groups_of

if TYPE_CHECKING:
    from traffic_marl.learning.networks import Actor, Architecture

DESCRIPTION, NUMBERS = "policy.json", "policy.npz"
KINDS = ("actor", "table")


@dataclass(frozen=True)
class PolicyFacts:
    """The facts needed to build and use a policy."""

    kind: str  # one of KINDS
    algorithm: str  # one of algorithms.ALGORITHMS
    interval: int  # [s] between decisions
    observation: str  # as `make_encoder` takes it; a file of the user's own lies in the folder of the run
    architecture: dict[str, Any]  # of its kind, in plain values
    action: str = "phase"  # one of settings.TRAINED_ACTIONS
    longest_wait: int | None = None  # [s] bound of the wait of a call, None: none
    longest_green: int = LONGEST_GREEN  # [s] in the action space `gap_out`


class ActorPolicy:
    """A neural network as a policy."""

    kind: ClassVar[str] = "actor"

    def __init__(self, actor: "Actor", algorithm: str) -> None:
        self.actor = actor
        self._is_value_based = ALGORITHMS[algorithm].is_value_based

    def probabilities(self, observations: Singles) -> Singles:
        """The softmax of the actor's logits. If its outputs are values, 1 for the greatest and 0 for the others."""
        import torch

        from traffic_marl.learning.networks.threads import torch_threads

        with torch.inference_mode(), torch_threads(1):
            logits = self.actor(torch.from_numpy(observations))
            if self._is_value_based:
                greatest = torch.nn.functional.one_hot(logits.argmax(-1), logits.shape[-1])
                return np.asarray(greatest.numpy(), dtype=np.float32)
            return np.asarray(torch.softmax(logits, -1).numpy(), dtype=np.float32)

    def architecture(self) -> dict[str, Any]:
        """The architecture of the network as plain values, wherever its observations come from."""
        architecture = self.actor.architecture
        plain = dataclasses.replace(architecture.layout, told=False)
        return dataclasses.replace(architecture, layout=plain).to_json()

    def arrays(self) -> dict[str, Any]:
        """The weights by name."""
        return {name: tensor.detach().cpu().numpy() for name, tensor in self.actor.state_dict().items()}


@dataclass(frozen=True, eq=False)
class StoredPolicy:
    """The content of a policy's files, read at one moment, so that they may be replaced afterwards."""

    place: str  # path of its folder, for errors
    facts: PolicyFacts
    arrays: dict[str, Any]
    files: dict[str, bytes]  # the same as content of the files, by name

    def on(self, network: Network, layout: ObservationLayout) -> Policy:
        """The policy for use on a road network.

        Args:
            network: the road network.
            layout: of the observations there.

        Raises:
            FileError: the files do not belong together.
            StrategyError: the policy cannot work on this network. The error says why.
            UsageError: the policy needs torch, which is not installed.
        """
        if self.facts.kind == "table":
            return _table(self, network, layout)
        ensure_installed(self.place, "torch")
        return ActorPolicy(_actor(self, network, layout), self.facts.algorithm)

    def actor(self) -> "Actor":
        """The actor for the road network of its training.

        Raises:
            FileError: the files do not belong together.
        """
        return _actor(self)

    def damage(self, name: str, what: str = UNREADABLE) -> FileError:
        """The error about one of its files."""
        return FileError(one_line(f"{self.place}/{name}"), what, REMEDY)


def write_policy(folder: Path, facts: PolicyFacts, arrays: dict[str, Any]) -> None:
    """Writes a policy's files into a folder.

    Raises:
        FileError: they cannot be written.
    """
    replace(folder / NUMBERS, None, lambda draft: _write_arrays(draft, arrays), is_synced=False)
    replace_text(folder / DESCRIPTION, None, json.dumps(asdict(facts), indent=1) + "\n", is_synced=False)


def read_policy(folder: Path, name: str, digests: Mapping[str, str]) -> StoredPolicy:
    """The policy in a folder. Its weights are read, but no network is built yet.

    Args:
        folder: of the run.
        name: of the policy's folder within it, with slashes.
        digests: of the policy's files, by name. Files without one are accepted as they are.

    Raises:
        FileError: a file is missing, is damaged, or has changed since it was written.
    """
    description, numbers = f"{name}/{DESCRIPTION}", f"{name}/{NUMBERS}"
    files = {
        DESCRIPTION: read_sealed(folder, description, digests.get(DESCRIPTION), LARGEST_TEXT),
        NUMBERS: read_sealed(folder, numbers, digests.get(NUMBERS)),
    }
    try:
        facts = _facts(object_in(files[DESCRIPTION]))
    except (ValueError, TypeError, UsageError) as error:
        raise damage(folder, description) from error
    try:
        arrays = arrays_in(files[NUMBERS])
    except ValueError as error:
        raise damage(folder, numbers) from error
    if not all(each.dtype.kind in "biuf" and np.isfinite(each).all() for each in arrays.values()):
        raise damage(folder, numbers, "holds numbers that are not finite")
    return StoredPolicy(str(folder / name), facts, arrays, files)


def _facts(content: dict[str, Any]) -> PolicyFacts:
    """The facts of a policy from the content of its file.

    Raises:
        TypeError, ValueError, UsageError: a value is missing or wrong.
    """
    if "plan" in content:  # the name that version 0.1 gave to the architecture
        content["architecture"] = content.pop("plan")
    facts = PolicyFacts(**content)
    ensure_kept_name("observation", facts.observation)
    if not is_reference(facts.observation):
        groups_of(facts.observation)
    is_interval = type(facts.interval) is int and 1 <= facts.interval <= LONGEST_INTERVAL
    is_bound = facts.longest_wait is None or (
        type(facts.longest_wait) is int and 1 <= facts.longest_wait <= LONGEST_RUN
    )
    is_green = type(facts.longest_green) is int and 1 <= facts.longest_green <= LONGEST_RUN
    is_known = facts.kind in KINDS and facts.algorithm in ALGORITHMS and facts.action in TRAINED_ACTIONS
    if not (is_known and is_bound and is_green and is_interval and isinstance(facts.architecture, dict)):
        raise ValueError("facts of no policy")
    return facts


def _actor(stored: StoredPolicy, network: Network | None = None, layout: ObservationLayout | None = None) -> "Actor":
    """The actor of a policy, for the road network of its training or for another one."""
    import torch

    from traffic_marl.learning.networks import build_actor

    architecture = _architecture(stored)
    if network is not None and layout is not None:
        architecture = architecture.moved_to(layout, network, stored.place)
    with torch.random.fork_rng(devices=()):  # drawn weights are replaced at once and must not change other draws
        actor = build_actor(architecture)
    try:
        actor.load_state_dict({name: torch.from_numpy(array) for name, array in stored.arrays.items()})
    except (RuntimeError, TypeError) as error:
        raise stored.damage(NUMBERS) from error
    return actor.eval()


def _architecture(stored: StoredPolicy) -> "Architecture":
    """The architecture of a policy, once a network of this architecture is found to have as many weights as the file.

    A network on torch's meta device has sizes but takes no memory.

    Raises:
        FileError: the files do not belong together.
    """
    import torch

    from traffic_marl.learning.networks import Architecture, build_actor

    try:
        architecture = Architecture.from_json(stored.facts.architecture)
        with torch.random.fork_rng(devices=()), torch.device("meta"):
            weights = build_actor(architecture).state_dict()
    except Exception as error:  # whatever values of the wrong kind make of the networks
        raise stored.damage(DESCRIPTION) from error
    if sum(weight.numel() for weight in weights.values()) != sum(array.size for array in stored.arrays.values()):
        raise stored.damage(NUMBERS)
    return architecture


def _table(stored: StoredPolicy, network: Network, layout: ObservationLayout) -> Policy:
    from traffic_marl.learning.discretise import state_count
    from traffic_marl.learning.tabular import QTable

    facts, arrays = stored.facts, stored.arrays
    if facts.architecture.get("intersections") != list(network.intersections):
        what = "cannot work on this network: it has a table for each intersection of another one"
        raise StrategyError(stored.place, what, "train one here, or a shared policy, which works on any network")
    if facts.architecture.get("phases") != layout.phases:
        raise StrategyError(stored.place, "cannot work on this network: it knows other phases", "train one here")
    shape = (len(network.intersections), state_count(layout.phases), layout.phases)
    if any(name not in arrays or arrays[name].shape != shape for name in ("values", "tries")):
        raise stored.damage(NUMBERS)
    return QTable(layout, network.intersections, arrays["values"], arrays["tries"])


def _write_arrays(draft: Path, arrays: dict[str, Any]) -> None:
    with draft.open("wb") as file:
        np.savez_compressed(file, **arrays)
