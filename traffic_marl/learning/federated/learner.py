"""FederatedLearner: averages what the districts learn. One iteration is a round of all districts."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from traffic_marl.files.plain_values import read_values, write_values
from traffic_marl.learning.federated.averaging import averaged, norm_of, shapes_of
from traffic_marl.learning.federated.district import Round, joined
from traffic_marl.learning.federated.federation import Federation
from traffic_marl.learning.federated.group import Group
from traffic_marl.learning.federated.padded import common_sizes
from traffic_marl.learning.iterations import Arrays, Iteration
from traffic_marl.learning.networks import Architecture, build_actor
from traffic_marl.learning.policies import ActorPolicy
from traffic_marl.learning.settings import TrainingSettings

ACTOR = "actor."  # beginning of the names of weights
COMMON = "common"  # name of the files with the common weights, without suffix


class FederatedLearner:
    """Trains a common policy on the traffic of all districts, none of which it ever sees.

    Args:
        group: the districts.
        federation: their names and terms.
        settings: of the training, the same in each district.

    Raises:
        UsageError: the districts cannot share weights.
        FileError: a district has nothing to go on from.
    """

    def __init__(self, group: Group, federation: Federation, settings: TrainingSettings) -> None:
        self.group, self.federation, self.settings = group, federation, settings
        sizes = common_sizes(federation.members, group.each("sizes"), settings)
        first = group.each("begin", sizes)
        self.rounds = 0
        self.common: dict[str, Any] = first[0]
        self._architecture = Architecture.from_json(group.each("architecture")[0])

    def take(self, policy: Arrays, critic: Arrays | None = None) -> None:
        """Begins with the weights of an actor. A critic is left out, because each district has its own.

        Raises:
            ValueError: they do not fit.
        """
        given = {f"{ACTOR}{name}": value for name, value in policy.items()}
        if shapes_of(given) != shapes_of(self.common):
            raise ValueError("weights of another network")
        self.common = given

    def iterate(self, share: float, *, critic_alone: bool = False) -> Iteration:
        """Lets all districts train for a round, and averages their changes."""
        rounds: list[Round] = self.group.each("train", self.common, share, critic_alone=critic_alone)
        self.common = averaged(self.common, [each.update for each in rounds])
        self.rounds += 1
        told = [each.results for each in rounds if each.results is not None]
        results = joined(told) if told else Iteration(0, None, None, {})
        return Iteration(
            agent_steps=sum(each.update.agent_steps for each in rounds),
            mean_return=results.mean_return,
            training_delay=results.training_delay,
            scalars={**results.scalars, **self._figures(rounds)},
        )

    def _figures(self, rounds: Sequence[Round]) -> dict[str, float]:
        """Figures of the round: how much was sent, how far the weights moved, and the privacy that is left."""
        updates = [each.update for each in rounds]
        sent = sum(array.nbytes for array in self.common.values())
        figures = {"moved_bytes_of_updates": float(sum(update.size for update in updates) + sent * len(updates))}
        figures |= {
            f"update_norm_of_{district.name}": norm_of(update.change)
            for district, update in zip(self.federation.members, updates, strict=True)
        }
        if self.federation.privacy is not None:
            figures["epsilon"] = self.federation.privacy.epsilon(max(update.number for update in updates))
        return figures

    def policy(self) -> ActorPolicy:
        """The common policy, on the network of the first district."""
        actor = build_actor(self._architecture)
        weights = {name.removeprefix(ACTOR): value for name, value in self.common.items() if name.startswith(ACTOR)}
        import torch

        actor.load_state_dict({name: torch.tensor(value) for name, value in weights.items()})
        return ActorPolicy(actor.eval(), self.settings.algorithm)

    def save(self, folder: Path) -> None:
        """Writes the common weights. Each district writes the state of its training to its own folder first."""
        saved = self.group.each("save")
        assert set(saved) <= {self.rounds}, "all districts have trained the same rounds"
        write_values(folder, COMMON, {"rounds": self.rounds, "weights": self.common})

    def restore(self, folder: Path, *, is_trusted: bool = False) -> None:
        """Takes the common weights that `save` wrote. The districts have found their states when they began.

        Raises:
            FileError: a file is damaged.
            ValueError: the weights belong to another network.
        """
        values = read_values(folder, COMMON)
        if shapes_of(values["weights"]) != shapes_of(self.common):
            raise ValueError("weights of another network")
        self.common, self.rounds = dict(values["weights"]), int(values["rounds"])

    def close(self) -> None:
        """Ends the districts."""
        self.group.close()
