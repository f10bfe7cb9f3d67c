"""The interface of every trained policy."""

from typing import Any, ClassVar, Protocol

from traffic_marl.arrays import Singles


class Policy(Protocol):
    """Gives the probability of each phase for observations of the layout it was made for."""

    kind: ClassVar[str]  # one of policies.KINDS

    def probabilities(self, observations: Singles) -> Singles:
        """Probabilities (B, N, P) of the phases for observations (B, N, F)."""
        ...

    def architecture(self) -> dict[str, Any]:
        """The structure of the policy as plain values. The policy can be built again from it and `arrays`."""
        ...

    def arrays(self) -> dict[str, Any]:
        """The numbers of the policy, by name."""
        ...
