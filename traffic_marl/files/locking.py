"""A lock on a folder, so that one process at a time works in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from traffic_marl.errors import FileError
from traffic_marl.files.writing import refusal

LOCK = ".lock"  # file in a folder that a process works in


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Locks a folder against other processes until the block ends.

    Raises:
        FileError: another process has locked it, or it cannot be written to.
    """
    if (folder / LOCK).is_symlink():  # the lock would be written to the file behind it
        raise FileError(str(folder / LOCK), "is a link", "remove it")
    lock = FileLock(folder / LOCK, timeout=0)
    try:
        lock.acquire()
    except Timeout as error:
        raise FileError(str(folder), "another process is at work in it", "let it finish, or stop it") from error
    except OSError as error:
        raise refusal(None, folder, error) from error
    try:
        yield
    finally:
        lock.release()
