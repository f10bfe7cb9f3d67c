"""Saves and restores the random state of Python, NumPy and torch, from which RLlib's learners draw."""

import random
from pathlib import Path
from typing import Any

import numpy as np
import torch

from traffic_marl.files import read_arrays, replace


def save_random_state(path: Path) -> None:
    """Writes the random state of this process to a .npz file.

    Raises:
        FileError: it cannot be written.
    """
    version, words, gauss = random.getstate()
    _, keys, place, has_gauss, cached = np.random.get_state(legacy=True)  # noqa: NPY002  (RLlib draws from it)
    parts: dict[str, Any] = {
        "python": np.array([version, *words], np.int64),
        "python_gauss": np.array([] if gauss is None else [gauss]),
        "numpy_keys": np.asarray(keys),
        "numpy_place": np.array([place, has_gauss]),
        "numpy_cached": np.array([cached]),
        "torch": torch.get_rng_state().numpy(),
    }
    replace(path, None, lambda draft: np.savez(draft, **parts), is_synced=False)


def restore_random_state(path: Path) -> None:
    """Sets the random state of this process.

    Raises:
        FileError, KeyError, ValueError: the file is damaged.
    """
    parts = read_arrays(path.parent, path.name)
    version, *words = parts["python"].tolist()
    gauss = parts["python_gauss"].tolist()
    random.setstate((version, tuple(words), gauss[0] if gauss else None))
    place, has_gauss = parts["numpy_place"].tolist()
    cached = float(parts["numpy_cached"][0])
    np.random.set_state(("MT19937", parts["numpy_keys"], place, has_gauss, cached))  # noqa: NPY002
    torch.set_rng_state(torch.from_numpy(parts["torch"]))
