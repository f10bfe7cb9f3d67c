"""Networks of torch: who decides (actors) and who judges (critics), usable without ray."""

from traffic_marl.learning.networks.actor import Actor, build_actor
from traffic_marl.learning.networks.critics import build_critic
from traffic_marl.learning.networks.plan import ModulePlan, plan_for

__all__ = ["Actor", "ModulePlan", "build_actor", "build_critic", "plan_for"]
