"""Folders of runs that travel: to another machine, where a run is trained, and back after each validation."""

from collections.abc import Mapping
from pathlib import Path

from traffic_marl.files import LOCK, replace
from traffic_marl.files.drafts import NAME as DRAFT
from traffic_marl.learning.runs.checkpoints import drop_checkpoints
from traffic_marl.learning.runs.new_folder import CHECKPOINTS, STATE
from traffic_marl.learning.runs.state import read_state

Files = Mapping[str, bytes]  # content of each file of a folder, by its name with slashes


def packed(path: Path) -> dict[str, bytes]:
    """The files of a run, without drafts and the lock."""
    places = sorted(each for each in path.rglob("*") if each.is_file() and not each.is_symlink())
    names = [each.relative_to(path) for each in places]
    travels = [name for name in names if name.name != LOCK and not any(map(DRAFT.fullmatch, name.parts))]
    return {name.as_posix(): (path / name).read_bytes() for name in travels}


def unpack(files: Files, path: Path) -> None:
    """Writes the files of a run. The state comes last, so that it names complete checkpoints at every moment.

    Args:
        files: of the run.
        path: of the folder, new or with a former state of the same run.

    Raises:
        FileError: a file cannot be written.
    """
    (path / CHECKPOINTS).mkdir(parents=True, exist_ok=True)
    in_turn = sorted(files, key=lambda name: (name == STATE, not name.startswith(f"{CHECKPOINTS}/"), name))
    for name in in_turn:
        target = path / name
        if name.startswith(f"{CHECKPOINTS}/") and target.is_file() and target.read_bytes() == files[name]:
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        replace(target, None, lambda draft, name=name: draft.write_bytes(files[name]))  # type: ignore[misc]
    drop_checkpoints(path, read_state(path).checkpoints)
