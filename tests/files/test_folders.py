"""New folders are whole or absent, and nothing is written over."""

import pytest

from traffic_marl.errors import FileError
from traffic_marl.files.folders import ensure_absent, make_folder


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


@pytest.mark.parametrize("kind", ["full", "file", "link to nowhere"])
def test_what_is_there_already_is_refused(tmp_path, kind):
    target = tmp_path / "one"
    if kind == "full":
        target.mkdir()
        (target / "file").touch()
    elif kind == "file":
        target.touch()
    else:
        target.symlink_to(tmp_path / "nowhere")
    with pytest.raises(FileError, match=r"^--to: .*one already exists; name another folder$"):
        ensure_absent(target, "--to")
    with pytest.raises(FileError, match="already exists"):
        make_folder(target, "--to", lambda draft: None)


def test_an_empty_folder_is_as_good_as_none(tmp_path):
    ensure_absent(tmp_path, "out")
    make_folder(tmp_path, "out", lambda draft: (draft / "file").touch())
    assert (tmp_path / "file").exists()
