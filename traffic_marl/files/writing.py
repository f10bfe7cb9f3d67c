"""Files written whole or not at all, synced to the disk, and refused early where they cannot be written."""

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from traffic_marl.errors import FileError
from traffic_marl.files.drafts import draft_of, final_path, sweep_drafts
from traffic_marl.reading import ensure_nameable

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)  # no room on the disk, or not for this user or file


def ensure_writable(path: Path, flag: str) -> None:
    """Checks that a result can be written to `path`, and leaves no file behind.

    Args:
        path: file for the result. An existing file is replaced.
        flag: the flag that names it, such as `--csv`.

    Raises:
        FileError: the folder is missing or not writable, or `path` is a folder or a flag.
    """
    ensure_nameable(path, flag)
    if str(path).startswith("--"):
        raise FileError(flag, f"{path} is a flag, not a file", f"name a file after {flag}")
    target = _target(path)
    if target.is_dir():
        raise FileError(flag, f"{path} is a folder", "name a file in it")
    if not target.parent.is_dir():
        raise FileError(flag, f"there is no folder {path.parent}", "create it, or name a file elsewhere")
    try:
        if target.is_fifo():  # opening and closing it would end its reader's work
            return
        if _is_special(target):
            target.open("a").close()
            return
        sweep_drafts(target)
        draft = draft_of(target)
        draft.unlink(missing_ok=True)
        draft.open("x").close()
        draft.unlink()
    except OSError as error:
        raise refusal(flag, path, error) from error


def replace(path: Path, flag: str | None, write: Callable[[Path], None], *, is_synced: bool = True) -> None:
    """Calls `write` with the path of a draft beside `path`, and then replaces `path` by the draft in one step.

    A path that is no regular file, such as /dev/stdout, is written to directly.

    Args:
        path: the file. An existing one is replaced.
        flag: the flag that names it, such as `--csv`. None if the path itself is the argument.
        write: writes the file at the path that it is called with.
        is_synced: whether the file is on the disk when it gets its name, and the name when this function returns. A
            failure of the machine then leaves the old file or the new one. It takes some milliseconds.

    Raises:
        FileError: the file cannot be written. The old file is still there.
    """
    ensure_nameable(path, flag)
    target = _target(path)
    draft = target if _is_special(target) else draft_of(target)
    try:
        if draft != target:
            draft.unlink(missing_ok=True)
        with _reader_of(target):
            write(draft)
        if draft != target:
            _take_name(draft, target, is_synced)
    except OSError as error:
        raise refusal(flag, path, error) from error
    finally:
        if draft != target:
            with suppress(OSError):  # on a read-only disk not even a missing file can be removed
                draft.unlink(missing_ok=True)


def replace_text(path: Path, flag: str | None, text: str, *, is_synced: bool = True) -> None:
    """Writes `text` as `replace` does. Its line ends stay as they are."""
    replace(path, flag, lambda draft: _write(draft, text), is_synced=is_synced)


def sync_tree(folder: Path) -> None:
    """Syncs all files of a folder, and the folders themselves, to the disk.

    Raises:
        OSError: one cannot be synced.
    """
    for place, _, names in os.walk(folder):
        for name in names:
            sync_file(Path(place) / name)
        sync_folder(Path(place))


def sync_folder(folder: Path) -> None:
    """Syncs the names in a folder to the disk, on systems that know this for folders."""
    if os.name == "posix":
        sync_file(folder)


def _take_name(draft: Path, target: Path, is_synced: bool) -> None:
    """Gives a complete draft the name of its target."""
    if is_synced:
        sync_file(draft)
    os.replace(draft, target)
    if is_synced:
        sync_folder(target.parent)


def sync_file(path: Path) -> None:
    """Syncs a file or a folder to the disk."""
    descriptor = os.open(path, os.O_RDONLY if os.name == "posix" else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _reader_of(target: Path) -> Iterator[None]:
    """In a `with` block, a pipe stays open. Nothing is done for other files.

    Raises:
        OSError: no process reads from the pipe. Opening it to write would wait for one for ever.
    """
    if not target.is_fifo():
        yield
        return
    try:
        number = os.open(target, os.O_WRONLY | os.O_NONBLOCK)
    except OSError as error:
        raise OSError(error.errno, "no process reads from this pipe") from error
    try:
        yield
    finally:
        os.close(number)


def _write(draft: Path, text: str) -> None:
    with draft.open("w", encoding="utf-8", newline="") as file:
        file.write(text)


def _target(path: Path) -> Path:
    """The file behind a link. A pipe or device keeps its path."""
    return path if _is_special(path) else Path(os.path.realpath(path))


def _is_special(target: Path) -> bool:
    return target.exists() and not target.is_file()


def refusal(flag: str | None, path: Path, error: OSError) -> FileError:
    """The error for a file that cannot be written."""
    reason = error.strerror or error
    is_full = error.errno in FULL
    if flag is None:
        remedy = "make room on the disk" if is_full else "give a file in a folder that may be written to"
        return FileError(str(final_path(path)), f"cannot be written: {reason}", remedy)
    remedy = "make room, or name a file elsewhere" if is_full else "name a file elsewhere"
    return FileError(flag, f"{path} cannot be written ({reason})", remedy)
