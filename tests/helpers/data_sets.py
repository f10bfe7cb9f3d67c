"""Where the tests find real data sets in CityFlow's formats, which are not part of the repository."""

import os
from pathlib import Path

import pytest

BESIDE = Path(__file__).parents[3] / "shared" / "data"  # beside the repository
VARIABLE = "TRAFFIC_MARL_DATA"  # names another folder


def data_set(name: str) -> Path:
    """The folder of a data set; the test that asks is skipped where there is none."""
    folder = Path(os.environ.get(VARIABLE) or BESIDE) / name
    if not folder.is_dir():
        pytest.skip(f"there is no data set {name}: {VARIABLE} may name the folder that holds it")
    return folder
