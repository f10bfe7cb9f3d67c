import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from traffic_marl.errors import FileError
from traffic_marl.files import ensure_writable, locked, replace, replace_text
from traffic_marl.files.drafts import MACHINE, draft_of, sweep_drafts


def test_checking_leaves_no_trace(tmp_path):
    ensure_writable(tmp_path / "table.csv", "--csv")
    assert list(tmp_path.iterdir()) == []


def test_checking_keeps_what_is_there(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("old")
    ensure_writable(path, "--csv")
    assert path.read_text() == "old"


def test_missing_folder_is_refused(tmp_path):
    with pytest.raises(FileError, match=r"--csv: there is no folder .*none; create it"):
        ensure_writable(tmp_path / "none" / "table.csv", "--csv")


def test_folder_in_the_place_of_the_file_is_refused(tmp_path):
    with pytest.raises(FileError, match="is a folder"):
        ensure_writable(tmp_path, "--csv")


def test_file_in_the_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(FileError, match="there is no folder"):
        ensure_writable(tmp_path / "file" / "table.csv", "--csv")


def test_unwritable_folder_is_refused():
    with pytest.raises(FileError, match="cannot be written"):
        ensure_writable(Path("/proc/table.csv"), "--csv")


def test_text_is_written_as_it_is(tmp_path):
    path = tmp_path / "table.csv"
    replace_text(path, "--csv", "a\nb\n")
    assert path.read_bytes() == b"a\nb\n"
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_is_told_with_the_path_that_the_file_would_have_got(tmp_path):
    def fail(draft):
        raise OSError(28, "No space left on device")

    folder = draft_of(tmp_path / "run")
    folder.mkdir()
    with pytest.raises(FileError) as told:
        replace(folder / "state.json", None, fail)
    path = tmp_path / "run" / "state.json"
    assert str(told.value) == f"{path}: cannot be written: No space left on device; make room on the disk"


def test_a_read_only_disk_on_which_nothing_can_be_removed_is_told(tmp_path, monkeypatch):
    def refuse(path, missing_ok=False):
        raise OSError(30, "Read-only file system")

    draft_of(tmp_path / "state.json").with_name(f".state.{MACHINE}-999999999.draft.json").touch()
    monkeypatch.setattr("pathlib.Path.unlink", refuse)
    sweep_drafts(tmp_path / "state.json")
    with pytest.raises(FileError, match=r"state\.json: cannot be written: Read-only file system"):
        replace_text(tmp_path / "state.json", None, "new")


def test_failure_half_way_keeps_the_old_file_and_leaves_no_draft(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("old")

    def fail(draft):
        draft.write_text("half")
        raise OSError(28, "No space left on device")

    with pytest.raises(FileError, match="No space left on device"):
        replace(path, "--csv", fail)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_interruption_leaves_no_draft(tmp_path):
    def interrupt(draft):
        draft.write_text("half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        replace(tmp_path / "table.csv", "--csv", interrupt)
    assert list(tmp_path.iterdir()) == []


def test_without_a_flag_the_path_is_at_fault(tmp_path):
    path = tmp_path / "none" / "roadnet.json"
    with pytest.raises(FileError, match="cannot be written: No such file") as caught:
        replace_text(path, None, "{}")
    assert caught.value.where == str(path)


def test_link_stays_a_link(tmp_path):
    (tmp_path / "real.csv").write_text("old")
    (tmp_path / "link.csv").symlink_to("real.csv")
    replace_text(tmp_path / "link.csv", "--csv", "new")
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "real.csv").read_text() == "new"


def test_device_is_written_to_and_not_replaced(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        replace_text(pipe, "--csv", "rows")
        assert os.read(reader, 100) == b"rows"
        assert pipe.is_fifo()
    finally:
        os.close(reader)


HOLD = """
import sys
import time
from pathlib import Path
from traffic_marl.files import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_one_process_at_a_time_has_a_folder(tmp_path):
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout.readline() == "held\n"
        refused = pytest.raises(FileError, match=f"{tmp_path}: another process is at work in it; let it finish")
        with refused, locked(tmp_path):
            pytest.fail("both have it")
        other.communicate("")
    with locked(tmp_path):
        pass


def test_a_folder_that_cannot_be_written_to_is_refused_before_work_begins():
    with pytest.raises(FileError, match="cannot be written"), locked(Path("/proc/none")):
        pytest.fail("it has it")


@pytest.fixture
def pipe(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    return tmp_path / "pipe"


@pytest.mark.parametrize("name", ["x" * 256 + ".csv", "two\nlines.csv", "es\x1b[31mcape.csv", "zero\0byte.csv"])
def test_a_result_gets_no_name_that_cannot_be_printed_or_made(tmp_path, name):
    for write in (lambda path: ensure_writable(path, "--csv"), lambda path: replace_text(path, "--csv", "text")):
        with pytest.raises(FileError) as caught:
            write(tmp_path / name)
        assert str(caught.value).startswith("--csv: ")
        assert str(caught.value).isprintable()
    assert list(tmp_path.iterdir()) == []


def test_a_result_may_have_the_longest_name_that_the_system_allows(tmp_path):
    path = tmp_path / ("x" * 251 + ".csv")
    ensure_writable(path, "--csv")
    replace_text(path, "--csv", "text")
    assert path.read_text() == "text"
    assert list(tmp_path.iterdir()) == [path]


def test_a_result_goes_into_a_pipe_only_if_a_process_reads_it(pipe):
    ensure_writable(pipe, "--csv")
    with pytest.raises(FileError, match="no process reads from this pipe"):
        replace_text(pipe, "--csv", "text")
    with subprocess.Popen(["cat", str(pipe)], stdout=subprocess.PIPE, text=True) as reader:
        replace_once_read(pipe)
        assert reader.communicate()[0] == "text"


def replace_once_read(pipe):
    """Writes to a pipe as soon as the other process has opened it."""
    for _ in range(1000):
        try:
            return replace_text(pipe, "--csv", "text")
        except FileError:
            time.sleep(0.01)
    raise AssertionError("no process has opened the pipe within 10 s")
