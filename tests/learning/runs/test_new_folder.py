"""New folders are whole or absent, and nothing is written over."""

import pytest

from traffic_marl.errors import FileError
from traffic_marl.learning.runs.new_folder import STATE, ensure_new, make_folder


def test_a_folder_gets_its_name_once_it_is_filled(tmp_path):
    target = tmp_path / "above" / "one"

    def fill(draft):
        assert not target.exists()
        (draft / "file").write_text("content")

    make_folder(target, "out", fill)
    assert (target / "file").read_text() == "content"
    assert [path.name for path in target.parent.iterdir()] == ["one"]


def test_a_folder_that_cannot_be_filled_leaves_nothing_behind(tmp_path):
    def fill(draft):
        raise OSError("disk full")

    with pytest.raises(FileError, match=r"^out: .*one cannot be written \(disk full\); name a folder elsewhere"):
        make_folder(tmp_path / "one", "out", fill)
    assert list(tmp_path.iterdir()) == []


def test_an_empty_folder_may_become_that_of_a_run_and_a_run_may_not(tmp_path):
    ensure_new(tmp_path, "out")
    (tmp_path / STATE).write_text("{}")
    with pytest.raises(FileError, match=r"^FILE: .* already holds a run; name another folder$"):
        ensure_new(tmp_path, "FILE")
