"""Policies apart from training: how they are kept in files and put to work on a network. No ray, and torch only late.

A policy's folder holds policy.json (what it is) and policy.npz (its numbers): nothing in them is ever executed.
"""

import json
import zipfile
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from traffic_marl.arrays import Singles
from traffic_marl.errors import FileError, StrategyError, UsageError
from traffic_marl.files import replace, replace_text
from traffic_marl.learning.policy import Policy
from traffic_marl.network.network import Network
from traffic_marl.observation import OBSERVATIONS, ObservationLayout

if TYPE_CHECKING:
    from traffic_marl.learning.networks import Actor

DESCRIPTION, NUMBERS = "policy.json", "policy.npz"
KINDS = ("actor", "table")
VALUE_BASED = ("dqn",)  # algorithms whose scores are values, not logits


@dataclass(frozen=True)
class PolicyFacts:
    """What a policy is and how it is to be used."""

    kind: str  # one of KINDS
    algorithm: str  # that trained it
    interval: int  # [s] between decisions
    observation: str  # one of observation.OBSERVATIONS
    plan: dict[str, Any]  # as its kind wants it


class ActorPolicy:
    """A network of torch as a policy."""

    kind: ClassVar[str] = "actor"

    def __init__(self, actor: "Actor", algorithm: str) -> None:
        self.actor = actor
        self._has_values = algorithm in VALUE_BASED

    def probabilities(self, observations: Singles) -> Singles:
        """The softmax of the actor's scores; all on the greatest where they are values."""
        import torch

        from traffic_marl.learning.networks.threads import torch_threads

        with torch.inference_mode(), torch_threads(1):
            scores = self.actor(torch.from_numpy(observations))
            if self._has_values:
                greatest = torch.nn.functional.one_hot(scores.argmax(-1), scores.shape[-1])
                return np.asarray(greatest.numpy(), dtype=np.float32)
            return np.asarray(torch.softmax(scores, -1).numpy(), dtype=np.float32)

    def plan(self) -> dict[str, Any]:
        """The plan of the network."""
        return self.actor.plan.to_json()

    def arrays(self) -> dict[str, Any]:
        """The weights."""
        return {name: tensor.detach().cpu().numpy() for name, tensor in self.actor.state_dict().items()}


def write_policy(folder: Path, facts: PolicyFacts, arrays: dict[str, Any]) -> None:
    """Writes a policy's files into a folder.

    Raises:
        FileError: they cannot be written.
    """
    replace(folder / NUMBERS, None, lambda draft: _write_arrays(draft, arrays))
    replace_text(folder / DESCRIPTION, None, json.dumps(asdict(facts), indent=1) + "\n")


def read_facts(folder: Path) -> PolicyFacts:
    """What the policy in a folder is.

    Raises:
        FileError: there is none, or the file is damaged.
    """
    try:
        content = json.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))
        facts = PolicyFacts(**content)
        sound = facts.kind in KINDS and facts.observation in OBSERVATIONS and type(facts.interval) is int
    except (OSError, ValueError, TypeError) as error:
        raise _damaged(folder, DESCRIPTION) from error
    if not sound or not isinstance(facts.plan, dict) or not (folder / NUMBERS).is_file():
        raise _damaged(folder, DESCRIPTION)
    return facts


def load_policy(folder: Path, network: Network, layout: ObservationLayout) -> Policy:
    """The policy in a folder, put to work on a network.

    Args:
        folder: with its files.
        network: where it is to work.
        layout: of the observations that it will be given there.

    Raises:
        FileError: a file is missing or damaged.
        StrategyError: the policy cannot work on this network; the error says why.
        UsageError: it needs torch, which is not installed.
    """
    facts = read_facts(folder)
    if facts.kind == "table":
        return _table(folder, facts, network, layout)
    ensure_installed(str(folder), "torch")
    return ActorPolicy(load_actor(folder, network, layout), facts.algorithm)


def ensure_installed(where: str, *libraries: str, extra: str = "learning") -> None:
    """Checks that libraries are there, which come with the package's extra of this name.

    Raises:
        UsageError: one is not.
    """
    for name in libraries:
        if find_spec(name) is None:
            raise UsageError(where, f"{name} is not installed", f'run: pip install "traffic-marl[{extra}]"')


def load_actor(folder: Path, network: Network | None = None, layout: ObservationLayout | None = None) -> "Actor":
    """The actor in a folder, for the network it was trained on, or moved to another one.

    Raises:
        FileError: a file is missing or damaged.
        StrategyError: the policy cannot work on this network.
    """
    import torch

    from traffic_marl.learning.networks import ModulePlan, build_actor

    try:
        plan = ModulePlan.from_json(read_facts(folder).plan)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _damaged(folder, DESCRIPTION) from error
    if network is not None and layout is not None:
        plan = plan.moved_to(layout, network)
    with torch.random.fork_rng(devices=()):  # weights drawn here are replaced at once: no other draw may notice
        actor = build_actor(plan)
    try:
        actor.load_state_dict({name: torch.from_numpy(array) for name, array in _read_arrays(folder).items()})
    except (RuntimeError, TypeError) as error:
        raise _damaged(folder, NUMBERS) from error
    return actor.eval()


def _table(folder: Path, facts: PolicyFacts, network: Network, layout: ObservationLayout) -> Policy:
    from traffic_marl.learning.tabular import Table, state_count

    if tuple(facts.plan.get("intersections", ())) != network.intersections:
        what = "cannot work on this network: it has a table for each intersection of another one"
        raise StrategyError("policy", what, "train one here, or a shared policy, which works on any network")
    arrays = _read_arrays(folder)
    shape = (len(network.intersections), state_count(layout.phases), layout.phases)
    if facts.plan.get("phases") != layout.phases:
        raise StrategyError("policy", "cannot work on this network: it knows other phases", "train one here")
    if any(name not in arrays or arrays[name].shape != shape for name in ("values", "tries")):
        raise _damaged(folder, NUMBERS)
    return Table(layout, network.intersections, arrays["values"], arrays["tries"])


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
    return FileError(str(folder / name), "is missing or not what was written", "train again, or use a copy")
