"""Files: their content as a digest, and writing that is refused early and never leaves half a file."""

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from traffic_marl.errors import FileError

LOCK = ".lock"  # file of a folder in which a process is at work


def content_digest(path: str | Path) -> bytes:
    """Changes with the content of a file, or of all files of a folder; empty where nothing can be read."""
    try:
        found = Path(path)
        if not found.is_dir():
            return hashlib.sha256(found.read_bytes()).digest()
        files = sorted(file for file in found.rglob("*") if file.is_file())
        names = (file.relative_to(found).as_posix().encode() for file in files)
        return hashlib.sha256(b"".join(map(bytes.__add__, names, map(content_digest, files)))).digest()
    except (OSError, ValueError):  # no such file, or no path at all
        return b""


def ensure_writable(path: Path, flag: str) -> None:
    """Checks that a result can be written to `path`, leaving no trace.

    Args:
        path: where the result is to go; an existing file is replaced.
        flag: what the user called it, such as `--csv`.

    Raises:
        FileError: the folder is missing or not writable, or `path` is a folder.
    """
    target = _target(path)
    if target.is_dir():
        raise FileError(flag, f"{path} is a folder", "name a file in it")
    if not target.parent.is_dir():
        raise FileError(flag, f"there is no folder {path.parent}", "create it, or name a file elsewhere")
    try:
        if _is_special(target):
            target.open("a").close()
            return
        draft = _draft(target)
        draft.open("x").close()
        draft.unlink()
    except OSError as error:
        raise _refusal(flag, path, error) from error


def replace(path: Path, flag: str | None, write: Callable[[Path], None]) -> None:
    """Has `write` fill a draft beside `path` and puts it in place in one go.

    A path that is no regular file, such as /dev/stdout, is written to directly.

    Args:
        path: where the file is to go; an existing one is replaced.
        flag: what the user called it, such as `--csv`; None where the path itself was the argument.
        write: fills the file whose path it is given.

    Raises:
        FileError: the file cannot be written; what stood at `path` still does.
    """
    target = _target(path)
    draft = target if _is_special(target) else _draft(target)
    try:
        write(draft)
        if draft != target:
            os.replace(draft, target)
    except OSError as error:
        raise _refusal(flag, path, error) from error
    finally:
        if draft != target:
            draft.unlink(missing_ok=True)


def replace_text(path: Path, flag: str | None, text: str) -> None:
    """Writes `text` as `replace` does, with the line ends it has."""
    replace(path, flag, lambda draft: _write(draft, text))


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """While it lasts, no other process comes this far for the same folder.

    Raises:
        FileError: another process has it, or it cannot be written to.
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


def _write(draft: Path, text: str) -> None:
    with draft.open("w", encoding="utf-8", newline="") as file:
        file.write(text)


def _target(path: Path) -> Path:
    """The file itself where `path` is a link to one; a pipe or device stays what it is called."""
    return path if _is_special(path) else Path(os.path.realpath(path))


def _draft(target: Path) -> Path:
    """A name beside the target (same suffix, which tells a plot its format) that no other process takes."""
    return target.with_name(f".{target.stem}.{os.getpid()}{target.suffix}")


def _is_special(target: Path) -> bool:
    return target.exists() and not target.is_file()


def _refusal(flag: str | None, path: Path, error: OSError) -> FileError:
    reason = error.strerror or error
    if flag is None:
        return FileError(str(path), f"cannot be written: {reason}", "give a file in a folder that may be written to")
    return FileError(flag, f"{path} cannot be written ({reason})", "name a file elsewhere")
