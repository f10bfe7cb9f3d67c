"""Drafts: files and folders in the making, which get their name when they are complete.

The name of a draft tells the machine and the process that writes it: `.state.1f2e3d4c-4711.draft.json`. A killed
process leaves its draft behind. The next start removes it.
"""

import os
import platform
import re
import shutil
import stat
import time
import zlib
from contextlib import suppress
from pathlib import Path

NAME = re.compile(r"\.(?P<stem>.+)\.(?P<machine>[0-9a-f]{8})-(?P<process>\d{1,10})\.draft(?P<suffix>\.[^.]*)?")
MACHINE = f"{zlib.crc32(platform.node().encode()):08x}"
LONGEST_STEM, LONGEST_SUFFIX = 100, 20  # [B], so that the name of a draft is not too long where its target's is not
OLD = 86_400.0  # [s] after which a draft is taken for abandoned, whatever process has its number now


def draft_of(target: Path) -> Path:
    """A path beside the target that no other process uses. It has the same suffix, which sets the format of a plot."""
    stem, suffix = _parts(target)
    return target.with_name(f".{stem}.{MACHINE}-{os.getpid()}.draft{suffix}")


def final_path(path: Path) -> Path:
    """The path that a file has when the drafts that it is in have got their names."""
    found = [(part, NAME.fullmatch(part)) for part in path.parts]
    names = (part if draft is None else draft["stem"] + (draft["suffix"] or "") for part, draft in found)
    return Path(*names)


def sweep_drafts(target: Path) -> None:
    """Removes the drafts of a file or folder that killed processes have left. Those of living processes stay.

    Args:
        target: the file or folder. Its own folder may be missing.
    """
    for entry in listed(target.parent):
        found = NAME.fullmatch(entry.name)
        is_its = found is not None and (found["stem"], found["suffix"] or "") == _parts(target)
        if found is not None and is_its and is_abandoned(entry, found["machine"], int(found["process"])):
            with suppress(OSError):  # it stays until the next time
                remove(entry)


def is_abandoned(path: Path, machine: str, process: int) -> bool:
    """Whether no process writes a draft any more: its process has ended, or it is older than a day."""
    try:
        age = time.time() - path.lstat().st_mtime
    except OSError:  # it has just got its name
        return False
    return age > OLD or (machine == MACHINE and not is_alive(process))


def is_alive(process: int) -> bool:
    """Whether a process of this machine has this number."""
    if os.name != "posix":  # a signal of 0 would end the process there
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):  # a process of somebody else
        return True
    return True


def listed(folder: Path) -> list[Path]:
    """The entries of a folder, sorted. Empty if it cannot be read."""
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def remove(path: Path) -> None:
    """Removes a file, or a folder with its content, if there is one. Of a link, the link alone is removed.

    Raises:
        OSError: it cannot be removed.
    """
    try:
        is_folder = stat.S_ISDIR(path.lstat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return
    if is_folder:
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _parts(target: Path) -> tuple[str, str]:
    """Stem and suffix of the names of a target's drafts."""
    stem = os.fsencode(target.stem)[:LONGEST_STEM].decode("utf-8", "ignore")
    return stem, target.suffix if len(os.fsencode(target.suffix)) <= LONGEST_SUFFIX else ""
