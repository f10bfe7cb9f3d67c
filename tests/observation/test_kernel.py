"""The compiled kernels of observations are cached by the sources that they are made from."""

from pathlib import Path

import traffic_marl.observation
from traffic_marl.kernels.compiling import SOURCES, digest
from traffic_marl.observation.kernel import observe, write_mask

FOLDER = Path(traffic_marl.observation.__file__).parent


def test_a_digest_changes_with_any_source_of_the_folder(tmp_path):
    (tmp_path / "one.py").write_text("a = 1")
    before = digest(tmp_path)
    (tmp_path / "two.py").write_text("b = 2")
    assert digest(tmp_path) != before


def test_kernels_close_over_the_sources_of_both_folders():
    for kernel in (observe, write_mask):
        assert [cell.cell_contents for cell in kernel.py_func.__closure__] == [SOURCES + digest(FOLDER)]
