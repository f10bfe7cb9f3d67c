"""The folder `checkpoints` of a run: the names in it that are the program's own, and digests of their files."""

import os
import re
from collections.abc import Callable, Container, Iterator, Mapping
from pathlib import Path

from traffic_marl.files import damage, digest_of, ensure_plain, is_plain_folder, read_sealed, sync_folder, sync_tree
from traffic_marl.files.drafts import NAME as DRAFT
from traffic_marl.files.drafts import draft_of, is_abandoned, listed, remove
from traffic_marl.learning.runs.new_folder import CHECKPOINTS

NAME = re.compile(r"iteration_\d{6,12}")  # of a checkpoint
FORMER_DRAFT = re.compile(r"\.iteration_\d{6,12}\.\d+")  # of versions 0.1 and 0.2

Digests = Mapping[str, str]  # of the files of a checkpoint, by name within its folder


def name_of(iteration: int) -> str:
    """The name of the checkpoint after an iteration."""
    return f"iteration_{iteration:06d}"


def write_checkpoint(path: Path, write: Callable[[Path], None]) -> Digests:
    """Fills the folder of a checkpoint, which gets its name when it is complete and on the disk.

    Args:
        path: of the checkpoint. A folder that a killed run has left there is replaced.
        write: fills the folder that it is called with.

    Returns:
        The digests of its files.

    Raises:
        OSError, FileError: it cannot be written.
    """
    draft = draft_of(path)
    try:
        remove(draft)
        draft.mkdir(parents=True)
        write(draft)
        digests = digests_of(draft)
        sync_tree(draft)
        remove(path)
        os.replace(draft, path)
        sync_folder(path.parent)
    finally:
        remove(draft)
    return digests


def digests_of(path: Path) -> Digests:
    """Digests of all files in the folder of a checkpoint."""
    return {name: digest_of(read_sealed(path, name)) for name in _names(path)}


def ensure_sound(folder: Path, name: str, digests: Digests, part: str) -> None:
    """Checks that files of a checkpoint are there, are no links, and have the content that was written.

    Args:
        folder: of the run.
        name: of the checkpoint.
        digests: of its files. A checkpoint of version 0.1 or 0.2 has none.
        part: the folder in the checkpoint whose files are checked.

    Raises:
        FileError: one is not.
    """
    place = f"{CHECKPOINTS}/{name}"
    ensure_plain(folder, f"{place}/{part}")
    for each in (*digests, *_names(folder / place)):
        if each.startswith(f"{part}/"):
            ensure_plain(folder, f"{place}/{each}")
    for each, digest in digests.items():
        if each.startswith(f"{part}/"):
            read_sealed(folder, f"{place}/{each}", digest)


def drop_checkpoints(folder: Path, kept: Container[str | None]) -> None:
    """Removes the checkpoints and drafts of the program but those kept. What else lies in the folder stays.

    A checkpoint that cannot be removed stays until the next time.

    Args:
        folder: of the run. The caller holds its lock.
        kept: names of checkpoints.
    """
    place = folder / CHECKPOINTS
    if not is_plain_folder(place):
        return
    for entry in listed(place):
        if entry.name not in kept and _is_ours(entry):
            try:
                remove(entry)
            except OSError:
                continue


def ensure_folder(folder: Path, name: str) -> None:
    """Checks that a run holds a checkpoint.

    Raises:
        FileError: it is missing, or it is a link.
    """
    place = f"{CHECKPOINTS}/{name}"
    if not is_plain_folder(folder / CHECKPOINTS) or not is_plain_folder(folder / place):
        raise damage(folder, place)


def _is_ours(entry: Path) -> bool:
    """Whether an entry is a checkpoint, or a draft that nobody writes any more."""
    draft = DRAFT.fullmatch(entry.name)
    if draft is not None:
        is_abandoned_one = is_abandoned(entry, draft["machine"], int(draft["process"]))
        return NAME.fullmatch(draft["stem"]) is not None and is_abandoned_one
    is_named = NAME.fullmatch(entry.name) is not None or FORMER_DRAFT.fullmatch(entry.name) is not None
    return is_named and is_plain_folder(entry)


def _names(path: Path) -> Iterator[str]:
    """Names of all files in a folder and its folders, sorted. Links are named and not followed."""
    for place, folders, files in os.walk(path):
        links = [name for name in folders if (Path(place) / name).is_symlink()]
        yield from sorted((Path(place) / name).relative_to(path).as_posix() for name in (*files, *links))
