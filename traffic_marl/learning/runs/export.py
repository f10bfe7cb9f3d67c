"""Export of a trained policy: as ONNX for other programs, or as a small folder for this one."""

from dataclasses import replace
from pathlib import Path

from traffic_marl.errors import UsageError
from traffic_marl.files import digest_of, read_sealed
from traffic_marl.files.folders import fill_folder
from traffic_marl.learning.exporting import export_onnx
from traffic_marl.learning.learned import chosen_policy, find_run
from traffic_marl.learning.policies import StoredPolicy
from traffic_marl.learning.runs.folder import RunFolder
from traffic_marl.learning.runs.new_folder import CHECKPOINTS, PROGRESS, SCENARIO, SETTINGS, VERSIONS, ensure_new
from traffic_marl.learning.runs.own_files import FILES
from traffic_marl.learning.runs.retrying import while_training
from traffic_marl.learning.runs.state import RunState

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
    return replace(run.state, last=name, best=name, digests=digests), files


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

    ensure_new(target, "FILE")
    fill_folder(target, "FILE", fill)
