"""Files of anybody's folder: damage and traps of every kind are one error."""

import io
import json
import os
import pickle
import zipfile

import numpy as np
import pytest

from traffic_marl.errors import FileError
from traffic_marl.files import digest_of, ensure_plain, read_arrays, read_object, read_sealed, sealed


def packed(**arrays):
    """The content of an .npz file."""
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


SOUND = packed(values=np.arange(100.0), tries=np.zeros((3, 4), np.int32))
OBJECTS = packed(values=np.array([{"a": 1}], dtype=object))


def test_what_was_written_is_read(tmp_path):
    (tmp_path / "a.npz").write_bytes(SOUND)
    (tmp_path / "a.json").write_text('{"a": [1, 2.5, "x", null]}')
    arrays = read_arrays(tmp_path, "a.npz", digest_of(SOUND))
    assert arrays["values"].tolist() == list(range(100))
    assert arrays["tries"].dtype == np.int32
    assert read_object(tmp_path, "a.json") == {"a": [1, 2.5, "x", None]}


@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"{", b"[]", b"3", b'"x"', b"\xff\xfe{}", b'{"a": NaN}', b'{"a": Infinity}', b'{"a": -Infinity}'),
        b'{"a": ' + b"[" * 100_000,
        b'{"a": ' + b"9" * 5000 + b"}",
    ],
)
def test_json_that_holds_no_object_is_damage(tmp_path, content):
    (tmp_path / "a.json").write_bytes(content)
    with pytest.raises(FileError, match=r"is damaged: a\.json is missing or unreadable; train again, or use a copy"):
        read_object(tmp_path, "a.json")


@pytest.mark.parametrize(
    "content", [b"", b"PK", pickle.dumps({"a": 1}), OBJECTS, SOUND[:-30], SOUND[: len(SOUND) // 2]]
)
def test_what_holds_no_arrays_is_damage(tmp_path, content):
    (tmp_path / "a.npz").write_bytes(content)
    with pytest.raises(FileError, match=r"is damaged: a\.npz is missing or unreadable"):
        read_arrays(tmp_path, "a.npz")


def test_no_flipped_byte_ends_in_anything_but_damage(tmp_path):
    """Each byte of the file in turn, such that zlib, the zip format, numpy's heads and the arrays are all met."""
    told = 0
    for place in range(len(SOUND)):
        content = bytearray(SOUND)
        content[place] ^= 0x5A
        (tmp_path / "a.npz").write_bytes(content)
        with pytest.raises(FileError, match="has changed since it was written"):
            read_arrays(tmp_path, "a.npz", digest_of(SOUND))
        try:
            read_arrays(tmp_path, "a.npz")
        except FileError:
            told += 1
    assert told > len(SOUND) / 2


def test_arrays_that_unpack_to_more_than_the_limit_are_damage(tmp_path, monkeypatch):
    monkeypatch.setattr(sealed, "LARGEST", 10_000)
    content = packed(values=np.zeros(100_000))
    assert len(content) < 2000
    (tmp_path / "a.npz").write_bytes(content)
    with pytest.raises(FileError, match="is damaged"):
        read_arrays(tmp_path, "a.npz")


def test_a_head_that_promises_more_than_there_is_takes_no_memory(tmp_path):
    head = io.BytesIO()
    np.lib.format.write_array_header_1_0(head, {"descr": "<f8", "fortran_order": False, "shape": (10**15,)})
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as file:
        file.writestr("values.npy", head.getvalue() + b"0" * 80)
    with pytest.raises(FileError, match="is damaged"):
        read_arrays(tmp_path, "a.npz")


def test_no_link_is_followed(tmp_path):
    folder, outside = tmp_path / "folder", tmp_path / "outside"
    folder.mkdir()
    outside.mkdir()
    (outside / "a.json").write_text("{}")
    (folder / "a.json").symlink_to(outside / "a.json")
    (folder / "inner").symlink_to(outside)
    (folder / "dangling").symlink_to(tmp_path / "nothing")
    for name in ("a.json", "inner/a.json", "dangling"):
        with pytest.raises(FileError, match=r"is a link, and links are not followed here; put a copy there"):
            read_sealed(folder, name)
    ensure_plain(folder, "nothing/at/all")
    (tmp_path / "link").symlink_to(outside)
    assert read_object(tmp_path / "link", "a.json") == {}, "the folder itself may be a link"


def test_what_is_no_regular_file_is_damage(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    for name in ("pipe", "folder", "nothing", "n" * 300):
        with pytest.raises(FileError, match="is missing or unreadable"):
            read_sealed(tmp_path, name)


def test_a_file_beyond_the_limit_is_damage(tmp_path):
    with (tmp_path / "a").open("wb") as file:
        file.truncate(2**40)
    with pytest.raises(FileError, match="is missing or unreadable"):
        read_sealed(tmp_path, "a")


def test_the_digest_is_that_of_sha256():
    assert digest_of(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert json.dumps(digest_of(b""))[1:5] == "e3b0"
