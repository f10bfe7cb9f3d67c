"""Files of a folder that may come from anybody: no link is followed, no size is believed, and nothing is executed."""

import hashlib
import io
import json
import os
import stat
import zipfile
from pathlib import Path, PurePosixPath
from typing import Any, NoReturn

import numpy as np

from traffic_marl.errors import FileError, one_line
from traffic_marl.reading import LARGEST, read_bytes

LARGEST_TEXT = 2**26  # [B] of a file in JSON or CSV
REMEDY = "train again, or use a copy"
UNREADABLE = "is missing or unreadable"


def damage(folder: Path, name: str, what: str = UNREADABLE, remedy: str = REMEDY) -> FileError:
    """The error for a folder in which a file is missing, unreadable or wrong."""
    return FileError(one_line(folder), f"is damaged: {name} {what}", remedy)


def ensure_plain(folder: Path, name: str) -> None:
    """Checks that neither a file nor a folder between it and `folder` is a link. What is missing is no link.

    Args:
        folder: may be a link itself, because the user names it.
        name: of the file within the folder, with slashes.

    Raises:
        FileError: one is a link.
    """
    place = folder
    for part in PurePosixPath(name).parts:
        place /= part
        if os.path.islink(place):  # unlike that of pathlib, it takes names of any length
            inside = place.relative_to(folder).as_posix()
            raise FileError(
                one_line(folder), f"{inside} is a link, and links are not followed here", "put a copy there"
            )


def is_plain_folder(path: Path) -> bool:
    """Whether the path is a folder itself, not a link to one."""
    try:
        return stat.S_ISDIR(path.lstat().st_mode)
    except (OSError, ValueError):
        return False


def read_sealed(folder: Path, name: str, digest: str | None = None, most: int = LARGEST) -> bytes:
    """The content of a file in a folder.

    Args:
        folder: of anybody's.
        name: of the file within the folder, with slashes. The caller answers for it.
        digest: of the content, as `digest_of` gave it. None: any.
        most: [B] largest size that is accepted.

    Raises:
        FileError: the file is missing, a link, no regular file, too large, or its content is not that of the digest.
    """
    ensure_plain(folder, name)
    try:
        content = read_bytes(folder / name, REMEDY, most, follows=False)
    except FileError as error:
        raise damage(folder, name) from error
    if digest is not None and digest_of(content) != digest:
        raise damage(folder, name, "has changed since it was written")
    return content


def read_object(folder: Path, name: str, digest: str | None = None) -> dict[str, Any]:
    """The JSON object in a file of a folder. Arguments are those of `read_sealed`.

    Raises:
        FileError: the file cannot be read, or holds something else.
    """
    content = read_sealed(folder, name, digest, LARGEST_TEXT)
    try:
        return object_in(content)
    except ValueError as error:
        raise damage(folder, name) from error


def object_in(content: bytes) -> dict[str, Any]:
    """The JSON object that a file holds.

    Raises:
        ValueError: it is no JSON, no object, or holds a number that JSON does not have, such as NaN or Infinity.
    """
    try:
        found = json.loads(content.decode("utf-8"), parse_constant=_refuse)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not isinstance(found, dict):
        raise ValueError("no object")
    return found


def read_arrays(folder: Path, name: str, digest: str | None = None) -> dict[str, Any]:
    """The arrays in a .npz file of a folder. Arguments are those of `read_sealed`.

    Raises:
        FileError: the file cannot be read, holds something else, or holds objects.
    """
    content = read_sealed(folder, name, digest)
    try:
        return arrays_in(content)
    except ValueError as error:
        raise damage(folder, name) from error


def arrays_in(content: bytes) -> dict[str, Any]:
    """The arrays that a .npz file holds. Objects, which only pickles can hold, are refused.

    Raises:
        ValueError: it is no such file, or its arrays take more memory than `LARGEST`.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(each.file_size for each in packed.infolist()) > LARGEST:
                raise ValueError("too large")
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            return {name: np.asarray(arrays[name]) for name in arrays.files}
    except Exception as error:  # damaged bytes make the libraries raise anything, such as zlib's error
        raise ValueError("no arrays") from error


def digest_of(content: bytes) -> str:
    """The digest of a content: 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number of JSON")
