"""The folder of a new run, where there is a run already."""

import pytest

from traffic_marl.errors import FileError
from traffic_marl.learning.runs.new_folder import STATE, ensure_new


def test_an_empty_folder_may_become_that_of_a_run_and_a_run_may_not(tmp_path):
    ensure_new(tmp_path, "out")
    (tmp_path / STATE).write_text("{}")
    with pytest.raises(FileError, match=r"^FILE: .* already holds a run; name another folder$"):
        ensure_new(tmp_path, "FILE")
