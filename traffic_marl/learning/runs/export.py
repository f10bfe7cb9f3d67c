"""Export of a trained policy: as ONNX for other programs, or as a small folder for this one."""

import json
import logging
import warnings
from dataclasses import asdict
from dataclasses import replace as changed
from pathlib import Path
from typing import TYPE_CHECKING, Any

from traffic_marl.checks import ensure_installed
from traffic_marl.errors import UsageError
from traffic_marl.files import digest_of, ensure_writable, read_sealed, replace
from traffic_marl.learning.learned import chosen_policy, find_run
from traffic_marl.learning.policies import StoredPolicy
from traffic_marl.learning.runs.folder import RunFolder
from traffic_marl.learning.runs.new_folder import CHECKPOINTS, PROGRESS, SCENARIO, SETTINGS, VERSIONS, make_folder
from traffic_marl.learning.runs.own_files import FILES
from traffic_marl.learning.runs.retrying import while_training
from traffic_marl.learning.runs.state import RunState

if TYPE_CHECKING:
    from traffic_marl.learning.networks import Actor

INPUT, OUTPUT = "observations", "logits"
ROWS, AGENTS = "rows", "intersections"  # names of the dimensions of any length
FITS_ANY = ("shared",)  # policies that accept any number of intersections
KEPT = (SCENARIO, SETTINGS, VERSIONS, PROGRESS, *FILES)


def export(run: str, target: Path) -> None:
    """Writes the best policy of a run to a `.onnx` file, or to a new folder if `target` has no suffix.

    Args:
        run: the folder of a run, or `pretrained/NAME`.
        target: path of the file or the folder.

    Raises:
        StrategyError: there is no such run.
        UsageError: the policy cannot be written as ONNX, or a library is missing.
        FileError: the run is damaged, or the target cannot be written.
    """
    path = find_run(run)
    if target.suffix == ".onnx":
        export_onnx(while_training(path, lambda folder: chosen_policy(folder, run)), target)
    elif target.suffix:
        raise UsageError(
            "FILE", f"{target.name} ends in {target.suffix}", "give a name that ends in .onnx, or a new folder"
        )
    else:
        state, files = while_training(path, lambda folder: _small(folder, chosen_policy(folder, run)))
        _write_folder(state, files, target)


def export_onnx(policy: StoredPolicy, target: Path) -> None:
    """Writes a policy as ONNX: from observations (rows, N, F) to logits (rows, N, P).

    The phase with the greatest logit is the greedy choice. The number of rows is free, and so is the number of
    intersections of a shared policy. The metadata `traffic_marl` describes the features.

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
    program = _program(policy.actor())
    program.model.metadata_props["traffic_marl"] = json.dumps(asdict(facts))
    replace(target, "FILE", lambda draft: program.save(str(draft), external_data=False))


def _program(actor: "Actor") -> Any:
    """An actor as a program of ONNX."""
    import torch

    architecture = actor.architecture
    torch_log = logging.getLogger("torch.onnx")
    torch_log.setLevel(logging.ERROR)  # hides warnings of libraries that are missing and not needed here
    lengths = {0: torch.export.Dim(ROWS)}
    if architecture.policy in FITS_ANY:
        lengths[1] = torch.export.Dim(AGENTS)
    example = torch.zeros(2, architecture.agents, architecture.layout.size)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # raised within torch itself
        return torch.onnx.export(
            actor,
            (example,),
            input_names=[INPUT],
            output_names=[OUTPUT],
            dynamic_shapes=(lengths,),
            dynamo=True,
            verbose=False,
        )


def _small(run: RunFolder, policy: StoredPolicy) -> tuple[RunState, dict[str, bytes]]:
    """The state and the files of the small folder: scenario, settings, table of iterations, code, and one policy.

    Code is copied as it is, and not executed.
    """
    name = Path(policy.place).name
    files = {f"{CHECKPOINTS}/{name}/{file}": content for file, content in policy.files.items()}
    for each in KEPT:
        if (run.path / each).exists():
            files[each] = read_sealed(run.path, each)
    digests = {name: {file: digest_of(content) for file, content in policy.files.items()}}
    return changed(run.state, last=name, best=name, digests=digests), files


def _write_folder(state: RunState, files: dict[str, bytes], target: Path) -> None:
    """Writes a small folder.

    Raises:
        FileError: the target exists already or cannot be written.
    """

    def fill(draft: Path) -> None:
        for name, content in files.items():
            (draft / name).parent.mkdir(parents=True, exist_ok=True)
            (draft / name).write_bytes(content)
        RunFolder(draft, state).write_state(state)

    make_folder(target, "FILE", fill)
