"""The plan of a training as tables: where its processes would work, what they send, and the pace to expect."""

from collections.abc import Iterator

from traffic_marl.cli import output
from traffic_marl.comparison.table import CellKind, Column, TextTable
from traffic_marl.learning.placing.demand import Share
from traffic_marl.learning.placing.plan import Plan

NODES = ("node", "machine", "CPUs", "free", "GPUs", "runners", "copies", "learners")
SENT = ("process", "number", "sends [bytes]", "receives [bytes]")
PACES = ("runners", "agent-steps in an iteration", "agent-steps/s")


def print_plan(title: str, plan: Plan) -> None:
    """Prints a plan on stdout.

    Args:
        title: algorithm and scenario.
        plan: of the training.
    """
    nodes = tuple(_node(share, plan.copies) for share in plan.shares)
    output.print_table(TextTable(f"{title}: {_processes(plan)}", _columns(NODES), nodes, tuple(_broken(plan))))
    output.print_line()
    note = "per iteration, by the measurement"
    output.print_table(TextTable(f"What each process moves {note}", _columns(SENT), tuple(_moved(plan))))
    output.print_line()
    if plan.paces:
        rows = tuple(_pace(plan, runners) for runners in sorted(plan.paces))
        output.print_table(TextTable("The pace to expect, by the measurement", _columns(PACES), rows))
        output.print_line()
    print("\n".join(_summary(plan)))


def _broken(plan: Plan) -> Iterator[str]:
    """A remark for each machine whose nodes promise more CPUs than it has."""
    for name, machine in plan.measured.machines.items():
        promised = sum(share.node.cpus for share in plan.shares if share.node.machine == name)
        if promised > machine.cpus:
            has = f"{name} has {machine.cpus} CPUs, of which ray's nodes promise {promised:g}"
            yield f"{has}, so that processes share them"


def _processes(plan: Plan) -> str:
    """The processes in words."""
    sampled = f"{plan.demand.runners} runners" if plan.demand.runners != 1 else "1 runner"
    samples = f"{sampled} of {plan.copies} copies" if plan.runners else f"the main process samples {plan.copies} copies"
    learners = plan.demand.learners
    learns = "the main process learns" if not learners else f"{learners} learner{'' if learners == 1 else 's'}"
    return f"{samples}, {learns}"


def _node(share: Share, copies: int) -> tuple[str, ...]:
    """The line of a node."""
    node = share.node
    numbers = (f"{node.cpus:g}", f"{node.free_cpus:g}", f"{node.gpus:g}")
    return (node.name, node.machine, *numbers, str(share.runners), str(share.runners * copies), str(share.learners))


def _moved(plan: Plan) -> Iterator[tuple[str, ...]]:
    """The lines of what moves."""
    runners, learners = plan.runners, plan.demand.learners
    if runners:
        yield "runner", str(runners), _bytes(plan.sent), _bytes(plan.received)
    if learners:
        yield "learner", str(learners), _bytes(plan.gradients), _bytes(plan.sent * max(1, runners) / learners)
    sampled = plan.sent * runners
    yield "main process", "1", _bytes(plan.received * runners + (sampled if learners else 0.0)), _bytes(sampled)


def _pace(plan: Plan, runners: int) -> tuple[str, ...]:
    """The line of a number of runners."""
    steps = plan.agent_steps / max(1, plan.runners) * max(1, runners)
    return str(runners), f"{steps:,.0f}", f"{plan.paces[runners]:,.0f}"


def _summary(plan: Plan) -> Iterator[str]:
    """The pace and its parts in words."""
    measured = plan.measured
    parts = (("sampling", measured.sampling), ("learning", measured.learning), ("transfer", measured.transfer))
    seconds = ", ".join(f"{name} {value:.3f} s" for name, value in parts)
    homes = len(measured.homes)
    by = f"{homes} runner{'' if homes == 1 else 's'}" if homes else "the main process"
    yield f"measured over {len(measured.costs)} iterations with {by}: {measured.seconds:.3f} s each: {seconds}"
    yield f"expected: {plan.pace:,.0f} agent-steps/s, {plan.agent_steps:,.0f} agent-steps in an iteration"
    if plan.why:
        yield plan.why


def _bytes(number: float) -> str:
    return f"{number:,.0f}"


def _columns(names: tuple[str, ...]) -> tuple[Column, ...]:
    """Columns of which the first is a name."""
    return (Column(names[0], CellKind.NAME), *(Column(name) for name in names[1:]))
