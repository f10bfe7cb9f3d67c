"""The archive of a recording, read without trust: kinds, numbers and sizes of its entries are limited beforehand.

A few megabytes of a zip archive can unpack to gigabytes. All sizes are compared with the limits before anything is
unpacked, and no entry is unpacked beyond the size that is expected of it.
"""

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from struct import unpack
from typing import BinaryIO

from traffic_marl.reading import opened

LARGEST_HEADER = 2**24  # [B] unpacked
LARGEST_CONTENT = 2**29  # [B] of all columns, unpacked
MOST_ENTRIES = 100
KINDS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # of compression. Others can ask for gigabytes of their own

END, END_SIGNATURE = 22, b"PK\x05\x06"  # [B] the last record of an archive without a comment
LOCATOR, LOCATOR_SIGNATURE = 20, b"PK\x06\x07"  # [B] the record before it, in archives beyond 4 GiB only
LARGEST_DIRECTORY = 2**16  # [B] the list of entries


@contextmanager
def opened_archive(path: Path, remedy: str) -> Iterator[zipfile.ZipFile]:
    """Opens an archive with few entries.

    Args:
        path: the file.
        remedy: what to do about a file that cannot be read.

    Raises:
        FileError: it cannot be read, is no file, or is too large.
        BadZipFile: it is no archive, not a complete one, or has many entries.
    """
    with opened(path, remedy) as file:
        _ensure_short_directory(file)
        with zipfile.ZipFile(file) as archive:
            yield archive


def read_entry(archive: zipfile.ZipFile, name: str, size: int) -> bytes:
    """The content of an entry, of which a size [B] is expected.

    Raises:
        KeyError: there is no such entry.
        ValueError: it has another size, or is packed in another way than recordings are.
    """
    entry = archive.getinfo(name)
    if entry.compress_type not in KINDS:
        raise ValueError(f"{name} is packed in an unknown way")
    if entry.file_size != size:
        raise ValueError(f"{name} has another size than the header says")
    with archive.open(entry) as file:
        content = file.read(size + 1)
    if len(content) != size:
        raise ValueError(f"{name} has another size than the header says")
    return content


def header_size(archive: zipfile.ZipFile, name: str) -> int:
    """[B] the size of the header.

    Raises:
        KeyError: there is none.
        ValueError: it is too large.
    """
    size = archive.getinfo(name).file_size
    if size > LARGEST_HEADER:
        raise ValueError(f"{name} of {size:,} bytes is too large, more than {LARGEST_HEADER:,}")
    return size


def _ensure_short_directory(file: BinaryIO) -> None:
    """Checks the size of the list of entries, which is read as a whole."""
    size = file.seek(0, 2)
    file.seek(max(0, size - END - LOCATOR))
    tail = file.read(END + LOCATOR)
    end, locator = tail[-END:], tail[:-END][-LOCATOR:]
    if len(end) < END or not end.startswith(END_SIGNATURE) or locator.startswith(LOCATOR_SIGNATURE):
        raise zipfile.BadZipFile("no archive as recordings are")
    entries, directory = unpack("<10xHI6x", end)
    if entries > MOST_ENTRIES or directory > LARGEST_DIRECTORY:
        raise zipfile.BadZipFile("too many entries")
    file.seek(0)
