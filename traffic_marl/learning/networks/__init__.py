"""Networks of torch: actors that choose phases and critics that value states. They work without ray."""

from traffic_marl.learning.networks.actor import Actor, build_actor
from traffic_marl.learning.networks.architecture import Architecture, architecture_for
from traffic_marl.learning.networks.critics import build_critic
from traffic_marl.learning.networks.sums import ask_for_same_sums

__all__ = ["Actor", "Architecture", "architecture_for", "build_actor", "build_critic"]

ask_for_same_sums()
