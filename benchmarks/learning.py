"""Agent-steps per second of training: with RLlib's own sampling, with ours, and in a bare loop of torch.

All three train the same networks with the same settings of PPO on the same grids, in one process and in turn. An
agent-step is one decision of one intersection. `stock` is RLlib with PettingZoo's environment, `ours` is RLlib with our
runner, `bare` is the loop below without RLlib. All sample on one thread of torch and learn on as many as training does.
"""

import argparse
from collections.abc import Callable
from time import perf_counter
from typing import Any

import torch
from timing import medians, print_table, with_unit

from traffic_marl.actions import choosing
from traffic_marl.environments import VectorEnv
from traffic_marl.learning.networks import architecture_for, build_actor, build_critic
from traffic_marl.learning.networks.threads import threads_for_learning, torch_threads
from traffic_marl.learning.rllib.build import build_algorithm
from traffic_marl.learning.settings import TrainingSettings
from traffic_marl.scenario import GridNetwork, Scenario, TurningFlows

SIDES = {16: (4, 4), 48: (6, 8), 196: (14, 14)}  # intersections of a grid: its rows and columns
AGENT_STEPS = 30_720  # of an iteration, for ours and the bare loop
STOCK_AGENT_STEPS = {"shared": 7_680, "independent": 3_840}  # of an iteration of stock RLlib, which is slow
COPIES = 16
STOCK_COPIES = 2
INFLOW_VPH = 300.0
DURATION = 1800  # [s]
HEAD = ["network", "policy", "measured", "stock as/s", "ours as/s", "bare as/s", "ours/stock", "ours/bare"]


class BareLoop:
    """PPO in plain torch on the vectorised environment, with the same networks, losses and sizes as the others.

    A shared policy learns from the decisions at which an intersection had a choice, as ours does.

    Args:
        scenario: the traffic.
        settings: of PPO.
    """

    def __init__(self, scenario: Scenario, settings: TrainingSettings) -> None:
        self.settings = settings
        self.env = VectorEnv(scenario, settings.copies, interval=settings.interval)
        architecture = architecture_for(self.env.layout, self.env.network, settings)
        self.actor, self.critic = build_actor(architecture), build_critic(architecture)
        self.per_agent = settings.policy == "independent"
        self.rows = round(settings.minibatch / (architecture.agents if self.per_agent else 1))
        parameters = [*self.actor.parameters(), *self.critic.parameters()]
        self.optimiser = torch.optim.Adam(parameters, lr=settings.learning_rate)
        self.observations = torch.from_numpy(self.env.reset())

    def sample(self) -> tuple[torch.Tensor, ...]:
        """Observations (T, B, N, F). Actions, log-probabilities and rewards (T, B, N). Ends of episodes (T,)."""
        columns: list[list[Any]] = [[], [], [], [], []]
        with torch.inference_mode():
            for _ in range(self.settings.fragment or self.env.steps):
                log_probs = torch.log_softmax(self.actor(self.observations), -1)
                actions = (log_probs - torch.empty_like(log_probs).exponential_().log()).argmax(-1)
                after, rewards, _, truncated, _ = self.env.step(actions.numpy())
                chosen = log_probs.gather(-1, actions.unsqueeze(-1)).squeeze(-1)
                row = (self.observations, actions, chosen, torch.from_numpy(rewards), float(truncated[0]))
                for column, value in zip(columns, row, strict=True):
                    column.append(value)
                self.observations = torch.from_numpy(after)
        return (*(torch.stack(column) for column in columns[:4]), torch.tensor(columns[4]))

    def train(self) -> None:
        """One iteration: samples, estimates advantages, and passes over the samples as often as the settings say."""
        sampled = self.sample()
        with torch_threads(threads_for_learning(self.settings)):
            self._learn(*sampled)

    def _learn(
        self,
        observations: torch.Tensor,
        actions: torch.Tensor,
        log_probs: torch.Tensor,
        rewards: torch.Tensor,
        ends: torch.Tensor,
    ) -> None:
        """Estimates advantages and passes over the samples."""
        with torch.no_grad():
            seen = torch.cat((observations, self.observations[None]))
            values = self.critic(seen.flatten(0, 1)).view(seen.shape[:3])
            advantages = self._advantages(rewards, values, ends)
        columns = (observations, actions, log_probs, advantages, advantages + values[:-1])
        if self.per_agent:
            flat = [column.flatten(0, 1) for column in columns]
        else:
            has_choice = choosing(self.env.layout, observations)
            flat = [column[has_choice].unsqueeze(1) for column in columns]
        flat[3] = (flat[3] - flat[3].mean(0)) / (flat[3].std(0) + 1e-4)
        for _ in range(self.settings.epochs):
            for rows in torch.randperm(len(flat[0])).split(self.rows):
                self._update(*(column[rows] for column in flat))

    def _advantages(self, rewards: torch.Tensor, values: torch.Tensor, ends: torch.Tensor) -> torch.Tensor:
        """Generalised advantage estimation, in a simpler form than ours at the end of an episode."""
        settings = self.settings
        discount, weight = (each**settings.interval for each in (settings.discount, settings.gae_lambda))
        advantages, next_advantage = torch.empty_like(rewards), torch.zeros_like(rewards[0])
        for now in range(len(rewards) - 1, -1, -1):
            td_error = rewards[now] + discount * values[now + 1] - values[now]
            next_advantage = td_error + discount * weight * (1.0 - ends[now]) * next_advantage
            advantages[now] = next_advantage
        return advantages

    def _update(
        self,
        observations: torch.Tensor,
        actions: torch.Tensor,
        before: torch.Tensor,
        advantages: torch.Tensor,
        targets: torch.Tensor,
    ) -> None:
        """One step of the optimiser on a minibatch."""
        settings = self.settings
        now = torch.log_softmax(self.actor(observations), -1)
        ratio = (now.gather(-1, actions.unsqueeze(-1)).squeeze(-1) - before).exp()
        clipped = ratio.clamp(1.0 - settings.clip, 1.0 + settings.clip)
        gain = torch.minimum(ratio * advantages, clipped * advantages).mean()
        entropy = -(now.exp() * now).sum(-1).mean()
        error = (self.critic(observations) - targets).square().mean()
        loss = settings.value_weight * error - gain - settings.entropy * entropy
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        for part in (self.actor, self.critic):
            torch.nn.utils.clip_grad_norm_(part.parameters(), settings.gradient_clip)
        self.optimiser.step()


def grid_scenario(agents: int) -> Scenario:
    """A grid with this number of intersections and the same moderate demand from all sides."""
    rows, columns = SIDES[agents]
    return Scenario(
        name=f"grid_{rows}x{columns}",
        network=GridNetwork(rows=rows, columns=columns),
        demand=TurningFlows(inflow_vph=INFLOW_VPH),
        duration_s=DURATION,
    )


def settings_of(agents: int, policy: str, stock: bool) -> TrainingSettings:
    """The settings of a run with about the wanted number of agent-steps per iteration."""
    copies = STOCK_COPIES if stock else COPIES
    wanted = STOCK_AGENT_STEPS[policy] if stock else AGENT_STEPS
    fragment = max(2, round(wanted / (agents * copies)))
    return TrainingSettings(policy=policy, copies=copies, fragment=fragment, stock=stock)


def seconds_of(work: Callable[[], Any]) -> Callable[[], float]:
    """A function that does the work and gives its wall time [s]."""

    def timed() -> float:
        begin = perf_counter()
        work()
        return perf_counter() - begin

    return timed


def measure(agents: int, policy: str, rounds: int, with_stock: bool) -> list[list[str]]:
    """The rows of one grid and policy: sampling, and whole iterations."""
    scenario = grid_scenario(agents)
    kinds = {"ours": False} | ({"stock": True} if with_stock else {})
    settings = {kind: settings_of(agents, policy, stock) for kind, stock in kinds.items()}
    algorithms = {kind: build_algorithm(scenario, settings[kind]) for kind in kinds}
    bare = BareLoop(scenario, settings["ours"])
    steps = {kind: each.copies * (each.fragment or 0) * agents for kind, each in settings.items()}
    steps["bare"] = steps["ours"]
    iterations = {kind: seconds_of(algorithm.train) for kind, algorithm in algorithms.items()}
    samples = {kind: seconds_of(algorithm.env_runner.sample) for kind, algorithm in algorithms.items()}
    rows = []
    for name, runs in (
        ("iteration", iterations | {"bare": seconds_of(bare.train)}),
        ("sampling", samples | {"bare": seconds_of(bare.sample)}),
    ):
        for run in runs.values():
            run()  # the first of each takes longer
        wall = medians(runs, rounds)
        rows.append([scenario.name, policy, name, *_cells({kind: steps[kind] / wall[kind] for kind in wall})])
    for algorithm in algorithms.values():
        algorithm.stop()
    return rows


def _cells(speed: dict[str, float]) -> list[str]:
    """Speeds and their ratios as text."""
    stock = speed.get("stock")
    return [
        "-" if stock is None else with_unit(stock),
        with_unit(speed["ours"]),
        with_unit(speed["bare"]),
        "-" if stock is None else f"{speed['ours'] / stock:.1f}",
        f"{speed['ours'] / speed['bare']:.2f}",
    ]


def main() -> None:
    """Measures as the command line says and prints a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="16,48,196", help="numbers of intersections")
    parser.add_argument("--policies", default="shared,independent")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--no-stock", action="store_true", help="skip RLlib's own sampling, which is slow")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    rows = []
    for agents in map(int, arguments.sizes.split(",")):
        for policy in arguments.policies.split(","):
            rows += measure(agents, policy, arguments.rounds, not arguments.no_stock)
    print_table(HEAD, rows)


if __name__ == "__main__":
    main()
