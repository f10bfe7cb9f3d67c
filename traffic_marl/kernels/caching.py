"""The cache of compiled kernels on disk, which survives damage: a damaged file is removed and compiled again.

Numba trusts the files of its cache. A truncated one ends every command with a traceback, and one with a wrong bit may
crash the process. Here each file ends with the digest of its content. Where no folder can be written to, the kernels
are compiled in each process.
"""
# mypy: allow-untyped-calls

import hashlib
import os
import pickle
from contextlib import suppress
from pathlib import Path
from typing import Any

from numba.core.caching import FunctionCache, IndexDataCacheFile

from traffic_marl.errors import FileError
from traffic_marl.reading import read_bytes

DIGEST = 32  # [B] at the end of a file
LARGEST = 2**28  # [B] of a file


class CheckedFiles(IndexDataCacheFile):
    """The index and the compiled functions of one kernel, each with its digest."""

    def holds(self, key: Any) -> bool:
        """Whether the function with this key, which begins with its signature, is there and sound."""
        names = [name for known, name in self._load_index().items() if known[1:] == key[1:]]
        return any(_content(self._data_path(name)) is not None for name in names)

    def _load_index(self) -> dict[Any, str]:
        content = _content(self._index_path)
        if content is None:
            return {}
        version, stamp, names = pickle.loads(content)
        is_fresh = version == self._version and stamp == self._source_stamp
        return dict(names) if is_fresh else {}

    def _save_index(self, overloads: dict[Any, str]) -> None:
        self._write(self._index_path, self._dump((self._version, self._source_stamp, overloads)))

    def _load_data(self, name: str) -> Any:
        content = _content(self._data_path(name))
        if content is None:
            raise FileNotFoundError(name)  # numba then compiles
        try:
            return pickle.loads(content)
        except (ImportError, AttributeError) as error:  # what it refers to has moved
            raise FileNotFoundError(name) from error

    def _save_data(self, name: str, data: Any) -> None:
        self._write(self._data_path(name), self._dump(data))

    def _write(self, path: str, content: bytes) -> None:
        with self._open_for_write(path) as file:
            file.write(content + hashlib.sha256(content).digest())


class CheckedCache(FunctionCache):
    """The cache of one kernel. A cache that cannot be written to is no error."""

    def __init__(self, function: Any) -> None:
        super().__init__(function)
        base, stamp = self._impl.filename_base, self._impl.locator.get_source_stamp()
        self._cache_file: Any = CheckedFiles(self._cache_path, base, stamp)

    def holds(self, kernel: Any) -> bool:
        """Whether the kernel is there for this machine and these sources."""
        return bool(self._cache_file.holds(self._index_key(None, kernel.targetctx.codegen())))

    def save_overload(self, signature: Any, data: Any) -> None:
        """Saves a compiled function, if there is room and permission."""
        with suppress(OSError):
            super().save_overload(signature, data)


def cache_on_disk(kernel: Any) -> None:
    """Lets numba look for a compiled kernel on disk before it compiles it, and keep it there.

    Args:
        kernel: a function that numba compiles when it is called.
    """
    if not hasattr(kernel, "py_func"):  # compilation is switched off by NUMBA_DISABLE_JIT
        return
    with suppress(RuntimeError):  # no folder can be written to
        kernel._cache = CheckedCache(kernel.py_func)


def is_on_disk(kernel: Any) -> bool:
    """Whether a kernel is compiled on disk."""
    return isinstance(kernel._cache, CheckedCache) and kernel._cache.holds(kernel)


def _content(path: str) -> bytes | None:
    """The content of a file of the cache. None if there is none or it is damaged, and then it is removed."""
    if not os.path.lexists(path):
        return None
    try:
        content = read_bytes(Path(path), "", LARGEST)
    except FileError:
        content = b""
    sound, digest = content[:-DIGEST], content[-DIGEST:]
    if sound and hashlib.sha256(sound).digest() == digest:
        return sound
    with suppress(OSError):
        os.unlink(path)
    return None
