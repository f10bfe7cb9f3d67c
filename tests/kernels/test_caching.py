"""The cache of compiled kernels: used while it is sound, written again where it is damaged, never a reason to fail."""

import gc
import importlib
import pickle
import sys
from pathlib import Path

import numba
import pytest
from numba.core.caching import CacheImpl

from traffic_marl.kernels.caching import is_on_disk
from traffic_marl.kernels.compiling import entry

SOURCE = """
def double(number):
    return 2 * number
"""


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """The folder of the cache."""
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "doubling.py").write_text(SOURCE)
    return tmp_path / "cache"


def fresh_kernel(cache):
    """The kernel as a new process has it: nothing of an earlier one is left in memory."""
    sys.modules.pop("doubling", None)
    gc.collect()
    importlib.invalidate_caches()
    return entry(importlib.import_module("doubling").double)


def was_compiled(kernel) -> bool:
    """Calls the kernel. Tells whether that compiled it, rather than found it on disk."""
    assert kernel(21) == 42
    return sum(kernel.stats.cache_hits.values()) == 0


def files(cache, suffix) -> list[Path]:
    """The files of the cache with this suffix: the index (.nbi), or compiled functions (.nbc)."""
    return sorted(cache.rglob(f"*{suffix}"))


def cut(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def empty(path):
    path.write_bytes(b"")


def flip(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def replace_by_zeros(path):
    path.write_bytes(bytes(1000))


def replace_by_a_folder(path):
    path.unlink()
    path.mkdir()


def remove(path):
    path.unlink()


def test_a_sound_cache_is_used(cache):
    assert not is_on_disk(fresh_kernel(cache))
    assert was_compiled(fresh_kernel(cache))
    assert is_on_disk(fresh_kernel(cache))
    assert not was_compiled(fresh_kernel(cache))


@pytest.mark.parametrize(
    "damage", [*(pytest.param(each, marks=pytest.mark.slow) for each in (cut, empty, replace_by_zeros)), flip, remove]
)
@pytest.mark.parametrize("suffix", [".nbi", ".nbc"])
def test_a_damaged_file_is_compiled_again_once(cache, suffix, damage):
    assert was_compiled(fresh_kernel(cache))
    (path,) = files(cache, suffix)
    damage(path)
    assert not is_on_disk(fresh_kernel(cache))
    assert was_compiled(fresh_kernel(cache))
    assert not was_compiled(fresh_kernel(cache))


@pytest.mark.parametrize("suffix", [".nbi", ".nbc"])
def test_a_folder_in_the_place_of_a_file_does_no_harm(cache, suffix):
    assert was_compiled(fresh_kernel(cache))
    replace_by_a_folder(*files(cache, suffix))
    assert not is_on_disk(fresh_kernel(cache))
    assert was_compiled(fresh_kernel(cache))


def test_another_source_is_compiled_for_itself(cache):
    assert was_compiled(fresh_kernel(cache))
    (cache.parent / "doubling.py").write_text(SOURCE.replace("2 * number", "number + number"))
    assert was_compiled(fresh_kernel(cache))


def test_what_cannot_be_rebuilt_in_this_process_is_compiled_again(cache, monkeypatch):
    assert was_compiled(fresh_kernel(cache))
    kernel = fresh_kernel(cache)

    def moved(content):
        raise ModuleNotFoundError("No module named 'doubling'")

    monkeypatch.setattr(pickle, "loads", moved)
    with pytest.raises(FileNotFoundError):
        kernel._cache._cache_file._load_data(files(cache, ".nbc")[0].name)


def test_a_file_in_the_place_of_the_cache_leads_to_another_folder(cache):
    cache.write_text("no folder")
    assert was_compiled(fresh_kernel(cache))
    assert cache.read_text() == "no folder"
    assert not was_compiled(fresh_kernel(cache))
    assert files(cache.parent / "__pycache__", ".nbc")


def test_without_any_folder_the_kernel_is_compiled_in_each_process(cache, monkeypatch):
    monkeypatch.setattr(CacheImpl, "_locator_classes", [])
    assert was_compiled(fresh_kernel(cache))
    assert not is_on_disk(fresh_kernel(cache))
    assert was_compiled(fresh_kernel(cache))


def test_a_full_disk_does_no_harm(cache, monkeypatch):
    def full(*arguments):
        raise OSError(28, "No space left on device")

    kernel = fresh_kernel(cache)
    monkeypatch.setattr(kernel._cache._cache_file, "_open_for_write", full)
    assert was_compiled(kernel)
    assert files(cache, ".nbi") == []
