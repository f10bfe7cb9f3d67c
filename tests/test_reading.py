import os
from pathlib import Path

import pytest

from traffic_marl.errors import FileError
from traffic_marl.network.formats.document import read_json
from traffic_marl.reading import content_digest, ensure_script, read_bytes, read_text


@pytest.fixture
def pipe(tmp_path):
    os.mkfifo(tmp_path / "pipe.json")
    return tmp_path / "pipe.json"


@pytest.fixture
def sparse(tmp_path):
    path = tmp_path / "sparse.json"
    with path.open("wb") as file:
        file.truncate(10 * 2**30)
    return path


def refused_by_readers(path):
    """The message of each reader of whole files, for a path that is no such file."""
    messages = []
    for read in (read_bytes, read_text, ensure_script, lambda path, remedy: read_json(path, "a road network")):
        with pytest.raises(FileError) as caught:
            read(path, "give another")
        messages.append(str(caught.value))
    return messages


@pytest.mark.parametrize(("path", "kind"), [("/dev/zero", "a device"), ("/", "a folder")])
def test_a_device_or_a_folder_is_refused_before_it_is_read(path, kind):
    for message in refused_by_readers(Path(path)):
        assert message.startswith(f"{path}: cannot be read: ")
        assert kind in message


def test_a_pipe_without_a_writer_is_refused_at_once(pipe):
    for message in refused_by_readers(pipe):
        assert message.startswith(f"{pipe}: cannot be read: it is a pipe, not a file; ")


def test_a_file_of_ten_gigabytes_is_refused_before_it_is_read(sparse):
    for message in refused_by_readers(sparse):
        assert message.startswith(f"{sparse}: is too large to be read: 10,240 MiB, more than ")


def test_a_name_that_no_file_can_have_is_refused_in_one_line():
    for name in ("x" * 256, "x\0y", "x\ny" * 60, "\udfff"):
        for message in refused_by_readers(Path(name)):
            assert "\n" not in message
            assert len(message) < 250


def test_digests_of_devices_and_pipes_are_empty(pipe):
    assert content_digest("/dev/zero") == content_digest(pipe) == content_digest("x" * 300) == b""


def test_the_digest_of_a_file_beyond_the_limit_changes_with_its_size(sparse):
    before = content_digest(sparse)
    with sparse.open("ab") as file:
        file.write(b"x")
    assert len(before) == 32
    assert content_digest(sparse) != before
