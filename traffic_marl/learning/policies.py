"""Trained policies in files: written, read, and transferred to a road network.

The folder of a policy holds policy.json (its facts) and policy.npz (its numbers). Nothing in them is ever executed.
Torch is imported late, ray never.
"""

import json
import zipfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from traffic_marl.arrays import Singles
from traffic_marl.checks import ensure_installed
from traffic_marl.errors import FileError, StrategyError, UsageError
from traffic_marl.files import replace, replace_text
from traffic_marl.imported import is_reference
from traffic_marl.learning.algorithms import ALGORITHMS
from traffic_marl.learning.policy import Policy
from traffic_marl.network.network import Network
from traffic_marl.observation import ObservationLayout, groups_of

if TYPE_CHECKING:
    from traffic_marl.learning.networks import Actor

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
        """The architecture of the network as plain values."""
        return self.actor.architecture.to_json()

    def arrays(self) -> dict[str, Any]:
        """The weights by name."""
        return {name: tensor.detach().cpu().numpy() for name, tensor in self.actor.state_dict().items()}


def write_policy(folder: Path, facts: PolicyFacts, arrays: dict[str, Any]) -> None:
    """Writes a policy's files into a folder.

    Raises:
        FileError: they cannot be written.
    """
    replace(folder / NUMBERS, None, lambda draft: _write_arrays(draft, arrays))
    replace_text(folder / DESCRIPTION, None, json.dumps(asdict(facts), indent=1) + "\n")


def read_facts(folder: Path) -> PolicyFacts:
    """The facts of the policy in a folder.

    Raises:
        FileError: there is none, or the file is damaged.
    """
    try:
        content = json.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))
        if "plan" in content:  # the name that version 0.1 gave to the architecture
            content["architecture"] = content.pop("plan")
        facts = PolicyFacts(**content)
        sound = facts.kind in KINDS and facts.algorithm in ALGORITHMS
        if not is_reference(facts.observation):
            groups_of(facts.observation)
    except (OSError, ValueError, TypeError, UsageError) as error:
        raise _damaged(folder, DESCRIPTION) from error
    sound = sound and type(facts.interval) is int and facts.interval >= 1 and isinstance(facts.architecture, dict)
    if not sound or not (folder / NUMBERS).is_file():
        raise _damaged(folder, DESCRIPTION)
    return facts


def load_policy(folder: Path, network: Network, layout: ObservationLayout) -> Policy:
    """The policy in a folder, for use on a road network.

    Args:
        folder: of the policy.
        network: the road network.
        layout: of the observations there.

    Raises:
        FileError: a file is missing or damaged.
        StrategyError: the policy cannot work on this network. The error says why.
        UsageError: the policy needs torch, which is not installed.
    """
    facts = read_facts(folder)
    if facts.kind == "table":
        return _table(folder, facts, network, layout)
    ensure_installed(str(folder), "torch")
    return ActorPolicy(_actor(folder, facts, network, layout), facts.algorithm)


def load_actor(folder: Path) -> "Actor":
    """The actor in a folder, for the road network of its training.

    Raises:
        FileError: a file is missing or damaged.
    """
    return _actor(folder, read_facts(folder))


def _actor(
    folder: Path, facts: PolicyFacts, network: Network | None = None, layout: ObservationLayout | None = None
) -> "Actor":
    """The actor in a folder, for the road network of its training or for another one."""
    import torch

    from traffic_marl.learning.networks import Architecture, build_actor

    try:
        architecture = Architecture.from_json(facts.architecture)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _damaged(folder, DESCRIPTION) from error
    if network is not None and layout is not None:
        architecture = architecture.moved_to(layout, network, str(folder))
    with torch.random.fork_rng(devices=()):  # drawn weights are replaced at once and must not change other draws
        actor = build_actor(architecture)
    try:
        actor.load_state_dict({name: torch.from_numpy(array) for name, array in _read_arrays(folder).items()})
    except (RuntimeError, TypeError) as error:
        raise _damaged(folder, NUMBERS) from error
    return actor.eval()


def _table(folder: Path, facts: PolicyFacts, network: Network, layout: ObservationLayout) -> Policy:
    from traffic_marl.learning.discretise import state_count
    from traffic_marl.learning.tabular import QTable

    if tuple(facts.architecture.get("intersections", ())) != network.intersections:
        what = "cannot work on this network: it has a table for each intersection of another one"
        raise StrategyError(str(folder), what, "train one here, or a shared policy, which works on any network")
    arrays = _read_arrays(folder)
    shape = (len(network.intersections), state_count(layout.phases), layout.phases)
    if facts.architecture.get("phases") != layout.phases:
        raise StrategyError(str(folder), "cannot work on this network: it knows other phases", "train one here")
    if any(name not in arrays or arrays[name].shape != shape for name in ("values", "tries")):
        raise _damaged(folder, NUMBERS)
    return QTable(layout, network.intersections, arrays["values"], arrays["tries"])


def _write_arrays(draft: Path, arrays: dict[str, Any]) -> None:
    with draft.open("wb") as file:
        np.savez_compressed(file, **arrays)


def _read_arrays(folder: Path) -> dict[str, Any]:
    try:
        with np.load(folder / NUMBERS, allow_pickle=False) as content:
            return {name: content[name] for name in content.files}
    except (OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile) as error:
        raise _damaged(folder, NUMBERS) from error


def _damaged(folder: Path, name: str) -> FileError:
    return FileError(str(folder / name), "is missing or unreadable", "train again, or use a copy")
