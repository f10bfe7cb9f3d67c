"""Policies as programs of ONNX, with metadata that say what goes in and what comes out."""

import json
import logging
import warnings
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from traffic_marl.actions.choice import GAP_OUT
from traffic_marl.actions.tables import NO_BOUND
from traffic_marl.checks import ensure_installed
from traffic_marl.errors import UsageError
from traffic_marl.files import ensure_writable
from traffic_marl.files import replace as replace_file
from traffic_marl.learning.algorithms import ALGORITHMS
from traffic_marl.learning.exporting.signature import MOVEMENTS, ROWS, described_rules, inputs, outputs
from traffic_marl.learning.policies import PolicyFacts, StoredPolicy

if TYPE_CHECKING:
    from traffic_marl.learning.exporting.controller import Controller
    from traffic_marl.learning.networks import Actor

METADATA = "traffic_marl"  # key of the metadata
INPUT, OUTPUT = "observations", "logits"
AGENTS = "intersections"  # name of a dimension of any length
FITS_ANY = ("shared",)  # policies that accept any number of intersections
PHASES = SLOTS = 8  # of a controller, or more if its training had more
EXAMPLE = {ROWS: 2, MOVEMENTS: 12}  # sizes with which a controller is traced


def export_onnx(policy: StoredPolicy, target: Path) -> None:
    """Writes a policy as ONNX: as a controller if it can be one, else from observations to logits.

    A shared policy with the action space `gap_out` becomes a whole controller if it observes features of this program
    other than those of `plan`: its inputs are counts of detectors, and its output is the phase to ask for. Any other
    policy becomes a network from observations (rows, N, F) to logits (rows, N, P), whose greatest is the greedy choice.
    The number of rows is free, and so is the number of intersections of a shared policy. The metadata `traffic_marl`
    describes both forms.

    Raises:
        UsageError: the policy is a table, or a library is missing.
        FileError: a file is damaged, or the target cannot be written.
    """
    facts = policy.facts
    if facts.kind != "actor":
        raise UsageError("RUN", f"{facts.algorithm} has tables, no network", "export it to a folder instead")
    ensure_installed("export", "torch")
    ensure_installed("export", "onnx", "onnxscript", extra="export")
    ensure_writable(target, "FILE")
    program, described = _program(policy)
    program.model.metadata_props[METADATA] = json.dumps(asdict(facts) | described)
    replace_file(target, "FILE", lambda draft: program.save(str(draft), external_data=False))


def _program(policy: StoredPolicy) -> tuple[Any, dict[str, Any]]:
    """A policy as a program of ONNX, and the description of a controller for its metadata."""
    from traffic_marl.learning.exporting.controller import can_control

    facts, actor = policy.facts, policy.actor()
    if facts.action == GAP_OUT and can_control(actor):
        controller = controller_of(actor, facts, policy.arrays)
        return _controlling(controller), {"controller": description(controller, facts)}
    return _deciding(actor), {}


def controller_of(actor: "Actor", facts: PolicyFacts, arrays: dict[str, Any]) -> "Controller":
    """The controller of a policy, with room for intersections of usual sizes if the network takes them.

    Args:
        actor: of the policy.
        facts: of the policy.
        arrays: its weights.
    """
    import torch

    from traffic_marl.learning.exporting.controller import Controller
    from traffic_marl.learning.networks import build_actor

    architecture = actor.architecture
    if architecture.network != "mlp":
        layout = architecture.layout
        roomy = replace(layout, phases=max(PHASES, layout.phases), movements=max(SLOTS, layout.movements))
        with torch.random.fork_rng(devices=()):  # drawn weights are replaced at once
            actor = build_actor(replace(architecture, layout=roomy))
        actor.load_state_dict({name: torch.from_numpy(array) for name, array in arrays.items()})
    return Controller(actor.eval(), ALGORITHMS[facts.algorithm].is_value_based, facts.longest_green).eval()


def description(controller: "Controller", facts: PolicyFacts) -> dict[str, Any]:
    """The inputs, outputs and rules of a controller for its metadata."""
    layout = controller.layout
    ports = inputs(layout.phases, layout.movements, layout.movement_features)
    return {
        "phases": layout.phases,
        "slots": layout.movements,
        "wait_bound": NO_BOUND if facts.longest_wait is None else facts.longest_wait,
        "inputs": [asdict(port) for port in ports],
        "outputs": [asdict(port) for port in outputs(layout.phases)],
        "rules": described_rules(facts.longest_green),
    }


def _controlling(controller: "Controller") -> Any:
    """A controller as a program of ONNX, for any number of rows and movements."""
    import torch

    layout = controller.layout
    ports = inputs(layout.phases, layout.movements, layout.movement_features)
    free = {ROWS: torch.export.Dim(ROWS), MOVEMENTS: torch.export.Dim(MOVEMENTS)}
    example, lengths = {}, {}
    for port in ports:
        shape = [EXAMPLE[each] if isinstance(each, str) else each for each in port.shape]
        example[port.name] = torch.ones(shape, dtype=getattr(torch, port.dtype))
        lengths[port.name] = {axis: free[each] for axis, each in enumerate(port.shape) if isinstance(each, str)}
    names = [port.name for port in outputs(layout.phases)]
    return _exported(controller, {"inputs": example}, [port.name for port in ports], names, {"inputs": lengths})


def _deciding(actor: "Actor") -> Any:
    """An actor as a program of ONNX, from observations to logits."""
    import torch

    architecture = actor.architecture
    lengths = {0: torch.export.Dim(ROWS)}
    if architecture.policy in FITS_ANY:
        lengths[1] = torch.export.Dim(AGENTS)
    example = torch.zeros(2, architecture.agents, architecture.layout.size)
    return _exported(actor, {INPUT: example}, [INPUT], [OUTPUT], {INPUT: lengths})


def _exported(
    module: Any, example: dict[str, Any], input_names: list[str], output_names: list[str], lengths: dict[str, Any]
) -> Any:
    """A module as a program of ONNX.

    Args:
        module: of torch.
        example: arguments of the module's `forward`, by name.
        input_names: of the program.
        output_names: of the program.
        lengths: dimensions of any length, by the same names.
    """
    import torch

    torch_log = logging.getLogger("torch.onnx")
    torch_log.setLevel(logging.ERROR)  # hides warnings of libraries that are missing and not needed here
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # raised within torch itself
        warnings.filterwarnings("ignore", "# The axis name", UserWarning)  # of inputs that share a free dimension
        return torch.onnx.export(
            module,
            kwargs=example,
            input_names=input_names,
            output_names=output_names,
            dynamic_shapes=lengths,
            dynamo=True,
            verbose=False,
        )
