"""Drafts of killed processes are removed, and nothing else is."""

import os
import subprocess
import sys
import time

import pytest

from traffic_marl.files import replace_text, sweep_drafts
from traffic_marl.files.drafts import MACHINE, OLD, draft_of, remove

KILLED = """
import os, signal, sys
from pathlib import Path
from traffic_marl.files import replace
def write(draft):
    draft.write_text("half")
    os.kill(os.getpid(), signal.SIGKILL)
replace(Path(sys.argv[1]), None, write)
"""


def killed_draft(target):
    """The draft that a killed process leaves behind."""
    subprocess.run([sys.executable, "-c", KILLED, str(target)], check=False)
    (draft,) = (path for path in target.parent.iterdir() if ".draft" in path.name)
    return draft


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("name", ["state.json", "table", ".hidden", "a.b.csv", "x" * 120 + ".csv"])
def test_the_draft_of_a_killed_process_is_swept(tmp_path, name):
    target = tmp_path / name
    assert killed_draft(target).read_text() == "half"
    sweep_drafts(target)
    assert names(tmp_path) == []


def test_other_files_stay(tmp_path):
    target = tmp_path / "state.json"
    dead = killed_draft(target)
    kept = [
        draft_of(target).name.replace(str(os.getpid()), str(os.getppid())),  # of a living process
        dead.name.replace(MACHINE, "0" * 8),  # of another machine
        dead.name.replace("state", "other"),
        dead.name.replace(".json", ".csv"),
        dead.name.removeprefix("."),
        ".state.123.json",
        ".state.draft.json",
        "notes",
    ]
    for name in kept:
        (tmp_path / name).write_text("mine")
    sweep_drafts(target)
    assert names(tmp_path) == sorted(kept)


def test_a_draft_of_a_day_ago_is_swept_whoever_wrote_it(tmp_path):
    target = tmp_path / "state.json"
    draft = tmp_path / draft_of(target).name.replace(MACHINE, "0" * 8)
    draft.write_text("old")
    os.utime(draft, (time.time() - OLD - 60, time.time() - OLD - 60))
    sweep_drafts(target)
    assert names(tmp_path) == []


def test_a_draft_that_is_a_link_leads_nowhere(tmp_path):
    target, outside = tmp_path / "state.json", tmp_path / "outside"
    outside.write_text("private")
    draft_of(target).symlink_to(outside)
    replace_text(target, None, "new")
    assert (target.read_text(), outside.read_text()) == ("new", "private")
    assert names(tmp_path) == ["outside", "state.json"]


def test_a_folder_is_removed_with_its_content_and_a_link_alone(tmp_path):
    outside = tmp_path / "outside"
    (outside / "inner").mkdir(parents=True)
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "link").symlink_to(outside)
    (tmp_path / "link").symlink_to(outside)
    for name in ("one", "link", "nothing"):
        remove(tmp_path / name)
    assert names(tmp_path) == ["outside"]
    assert names(outside) == ["inner"]
