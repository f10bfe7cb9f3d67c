"""Files: writing that is refused early and never leaves half a file."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from traffic_marl.errors import FileError
from traffic_marl.reading import LONGEST_NAME, ensure_nameable

LOCK = ".lock"  # file in a folder that a process works in


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
        draft = _draft(target)
        draft.open("x").close()
        draft.unlink()
    except OSError as error:
        raise _refusal(flag, path, error) from error


def replace(path: Path, flag: str | None, write: Callable[[Path], None]) -> None:
    """Calls `write` with the path of a draft beside `path`, and then replaces `path` by the draft in one step.

    A path that is no regular file, such as /dev/stdout, is written to directly.

    Args:
        path: the file. An existing one is replaced.
        flag: the flag that names it, such as `--csv`. None if the path itself is the argument.
        write: writes the file at the path that it is called with.

    Raises:
        FileError: the file cannot be written. The old file is still there.
    """
    ensure_nameable(path, flag)
    target = _target(path)
    draft = target if _is_special(target) else _draft(target)
    try:
        with _reader_of(target):
            write(draft)
        if draft != target:
            os.replace(draft, target)
    except OSError as error:
        raise _refusal(flag, path, error) from error
    finally:
        if draft != target:
            draft.unlink(missing_ok=True)


def replace_text(path: Path, flag: str | None, text: str) -> None:
    """Writes `text` as `replace` does. Its line ends stay as they are."""
    replace(path, flag, lambda draft: _write(draft, text))


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Locks a folder against other processes until the block ends.

    Raises:
        FileError: another process has locked it, or it cannot be written to.
    """
    lock = FileLock(folder / LOCK, timeout=0)
    try:
        lock.acquire()
    except Timeout as error:
        raise FileError(str(folder), "another process is at work in it", "let it finish, or stop it") from error
    except OSError as error:
        raise _refusal(None, folder, error) from error
    try:
        yield
    finally:
        lock.release()


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


def _draft(target: Path) -> Path:
    """A path beside the target that no other process uses. It has the same suffix, which sets the format of a plot."""
    stem = target.stem if len(os.fsencode(target.name)) < LONGEST_NAME - 20 else "draft"
    return target.with_name(f".{stem}.{os.getpid()}{target.suffix}")


def _is_special(target: Path) -> bool:
    return target.exists() and not target.is_file()


def _refusal(flag: str | None, path: Path, error: OSError) -> FileError:
    reason = error.strerror or error
    if flag is None:
        return FileError(str(path), f"cannot be written: {reason}", "give a file in a folder that may be written to")
    return FileError(flag, f"{path} cannot be written ({reason})", "name a file elsewhere")
