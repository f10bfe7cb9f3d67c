"""New folders, which are filled before they get their name."""

import os
from collections.abc import Callable
from pathlib import Path

from traffic_marl.errors import FileError
from traffic_marl.files.drafts import draft_of, remove, sweep_drafts
from traffic_marl.files.writing import sync_folder, sync_tree
from traffic_marl.reading import ensure_nameable


def ensure_absent(path: Path, flag: str) -> None:
    """Checks that a new folder can be made.

    Args:
        path: of the folder.
        flag: the flag or argument that holds it, for messages.

    Raises:
        FileError: no file can have this name, or there is something there already that is no empty folder.
    """
    ensure_nameable(path, flag)
    if path.is_dir() and not any(path.iterdir()):
        return
    if path.exists() or path.is_symlink():
        raise FileError(flag, f"{path} already exists", "name another folder")


def make_folder(path: Path, flag: str, fill: Callable[[Path], None]) -> None:
    """Fills a draft beside `path` and then renames it. Folders above `path` are made.

    Args:
        path: of the folder.
        flag: the flag or argument that holds it, for messages.
        fill: writes the files into the folder that it is called with.

    Raises:
        FileError: there is something at `path` already, or it cannot be written.
    """
    ensure_absent(path, flag)
    fill_folder(path, flag, fill)


def fill_folder(path: Path, flag: str, fill: Callable[[Path], None]) -> None:
    """Does as `make_folder`, where it is known that there is nothing yet.

    Args:
        path: of the folder. It does not exist, or is an empty folder.
        flag: the flag or argument that holds it, for messages.
        fill: writes the files into the folder that it is called with.

    Raises:
        FileError: it cannot be written.
    """
    target = path.resolve()
    sweep_drafts(target)
    draft = draft_of(target)
    try:
        remove(draft)
        draft.mkdir(parents=True)
        fill(draft)
        sync_tree(draft)
        os.replace(draft, target)
        sync_folder(target.parent)
    except OSError as error:
        what = f"{path} cannot be written ({error.strerror or error})"
        raise FileError(flag, what, "name a folder elsewhere") from error
    finally:
        remove(draft)
