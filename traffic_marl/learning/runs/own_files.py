"""Copies of the user's own files in the folder of a run, so that the run does not need the originals any more.

A reward or an observation of one's own is written `file.py:Name`. The folder of a run holds the file as `reward.py` or
`observation.py`. Its settings and policies name it there: `reward.py:Name`.
"""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

from traffic_marl.checks import shown
from traffic_marl.errors import FileError, UsageError
from traffic_marl.imported import is_reference, load_reference, split_reference
from traffic_marl.learning.settings import TrainingSettings
from traffic_marl.reading import content_digest

OWN = ("reward", "observation")  # settings that may name an object in a file
FILES = tuple(f"{name}.py" for name in OWN)  # names of the copies


def copy_own_files(settings: TrainingSettings, folder: Path) -> None:
    """Copies the files that the settings name into the folder of a run, and checks that the copies work there.

    Raises:
        UsageError: a file needs other files beside it, which the folder does not hold.
        FileError: a file cannot be read.
    """
    for name in OWN:
        text = getattr(settings, name)
        if is_reference(text):
            _copy(name, text, folder)


def kept(settings: TrainingSettings) -> TrainingSettings:
    """The settings as the folder keeps them: with the names of the copies."""
    texts: dict[str, Any] = {name: kept_name(name, getattr(settings, name)) for name in OWN}
    return replace(settings, **texts)


def kept_name(setting: str, text: str) -> str:
    """The text of a reward or an observation as the folder keeps it."""
    return f"{setting}.py:{split_reference(text, setting)[1]}" if is_reference(text) else text


def ensure_kept(settings: TrainingSettings) -> None:
    """Checks that the settings in a folder name no other file than the copies in it.

    Raises:
        UsageError: they do.
    """
    for name in OWN:
        ensure_kept_name(name, getattr(settings, name))


def ensure_kept_name(setting: str, text: str) -> None:
    """Checks that the text of a reward or an observation in a folder names no other file than the copy in it.

    Raises:
        UsageError: it does, or the name in the file is none.
    """
    if is_reference(text) and text != kept_name(setting, text):
        raise UsageError(setting, f"{shown(text)} is not {setting}.py in the folder of the run", "use a copy")


def found(settings: TrainingSettings, folder: Path) -> TrainingSettings:
    """The settings for use: with the paths of the copies in the folder."""
    texts: dict[str, Any] = {name: found_name(getattr(settings, name), folder) for name in OWN}
    return replace(settings, **texts)


def found_name(text: str, folder: Path) -> str:
    """The text of a reward or an observation for use: with the path of the copy in the folder."""
    return str(folder.resolve() / text) if is_reference(text) else text


def is_same(given: str, former: str) -> bool:
    """Whether two texts of a reward or an observation mean the same: equal names, or equal files and names in them."""
    if given == former or not (is_reference(given) and is_reference(former)):
        return given == former
    (one, name), (other, former_name) = (split_reference(text, "reference") for text in (given, former))
    return name == former_name and content_digest(one) == content_digest(other) != b""


def _copy(name: str, text: str, folder: Path) -> None:
    """Copies one file and loads its object from the copy."""
    path, _ = split_reference(text, name)
    try:
        shutil.copyfile(path, folder / f"{name}.py")
    except OSError as error:
        raise FileError(name, f"{path} cannot be read ({error.strerror or error})", "give another file") from error
    try:
        load_reference(found_name(kept_name(name, text), folder), name)
    except UsageError as error:
        what = f"a copy of {path} in the folder of the run cannot be loaded"
        raise UsageError(name, what, "put all that it needs into this one file") from error
