"""New folders, which are filled before they get their name."""

import os
from collections.abc import Callable
from pathlib import Path

from traffic_marl.errors import FileError
from traffic_marl.files.drafts import draft_of, remove, sweep_drafts
from traffic_marl.files.writing import sync_folder, sync_tree


def fill_folder(path: Path, flag: str, fill: Callable[[Path], None]) -> None:
    """Fills a draft beside `path` and then renames it. Folders above `path` are made.

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
