"""Export of a trained policy: as ONNX for other programs, or as a small folder for this one."""

import json
import logging
import shutil
import warnings
from dataclasses import asdict
from dataclasses import replace as changed
from pathlib import Path
from typing import TYPE_CHECKING, Any

from traffic_marl.checks import ensure_installed
from traffic_marl.errors import UsageError
from traffic_marl.files import ensure_writable, replace
from traffic_marl.learning.learned import find_run
from traffic_marl.learning.policies import load_actor, read_facts
from traffic_marl.learning.runs.folder import RunFolder
from traffic_marl.learning.runs.new_folder import (
    CHECKPOINTS,
    PROGRESS,
    SCENARIO,
    SETTINGS,
    TRAINING,
    VERSIONS,
    make_folder,
)
from traffic_marl.learning.runs.own_files import FILES

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
    folder = RunFolder.open_run(find_run(run))
    name = folder.state.best or folder.state.last
    if name is None:
        raise UsageError(run, "has no checkpoint yet", "train it longer")
    if target.suffix == ".onnx":
        export_onnx(folder.checkpoint(name), target)
    elif target.suffix:
        raise UsageError(
            "FILE", f"{target.name} ends in {target.suffix}", "give a name that ends in .onnx, or a new folder"
        )
    else:
        export_folder(folder, name, target)


def export_onnx(checkpoint: Path, target: Path) -> None:
    """Writes the policy of a checkpoint as ONNX: from observations (rows, N, F) to logits (rows, N, P).

    The phase with the greatest logit is the greedy choice. The number of rows is free, and so is the number of
    intersections of a shared policy. The metadata `traffic_marl` describes the features.

    Raises:
        UsageError: the policy is a table, or a library is missing.
        FileError: a file is damaged, or the target cannot be written.
    """
    facts = read_facts(checkpoint)
    if facts.kind != "actor":
        raise UsageError("RUN", f"{facts.algorithm} has tables, no network", "export it to a folder instead")
    ensure_installed("export", "torch")
    ensure_installed("export", "onnx", "onnxscript", extra="export")
    ensure_writable(target, "FILE")
    program = _program(load_actor(checkpoint))
    program.model.metadata_props["traffic_marl"] = json.dumps(asdict(facts))
    replace(target, "FILE", lambda draft: program.save(str(draft), external_data=False))


def _program(actor: "Actor") -> Any:
    """An actor as a program of ONNX."""
    import torch

    architecture = actor.architecture
    logging.getLogger("torch.onnx").setLevel(
        logging.ERROR
    )  # hides warnings of libraries that are missing and not needed here
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


def export_folder(run: RunFolder, name: str, target: Path) -> None:
    """Copies the files needed to use a policy: scenario, settings, table of iterations, and one checkpoint.

    Raises:
        FileError: the target exists already or cannot be written.
    """

    def fill(draft: Path) -> None:
        shutil.copytree(run.checkpoint(name), draft / CHECKPOINTS / name, ignore=shutil.ignore_patterns(TRAINING))
        for each in KEPT:
            if (run.path / each).is_file():
                shutil.copyfile(run.path / each, draft / each)
        RunFolder(draft, run.state).write_state(changed(run.state, last=name, best=name))

    make_folder(target, "FILE", fill)
