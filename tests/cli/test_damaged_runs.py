"""Damage of any kind in any file of a run ends in one line, or does no harm: never in a traceback."""

import contextlib
import random
import shutil

import pytest

from tests.helpers.strangers_runs import COMMANDS, forget_digests, trained_run

CASES = 20  # for each command, drawn from its own seed
VALUES = (b"1e19", b"Infinity", b"NaN", b"-1", b"null", b"true", b'"x"', b"[]", b"{}", b"0.5", b"9" * 400, b"")
OFTEN = ("list", "export", "simulate", "resume")


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """A sound run, below the folder that is given."""
    return trained_run(tmp_path_factory.mktemp("sound") / "runs" / "one").parents[1]


def flipped(content, draw):
    place = draw.randrange(len(content))
    return content[:place] + bytes([content[place] ^ (1 << draw.randrange(8))]) + content[place + 1 :]


def shortened(content, draw):
    return content[: draw.randrange(len(content))]


def with_other_value(content, draw):
    """The content with another value in place of a number or a word."""
    ends = [place for place, byte in enumerate(content) if byte in b':,"[] \n']
    begin, end = sorted(draw.sample(ends, 2)) if len(ends) > 1 else (0, len(content))
    end = min(end, begin + 30)
    return content[: begin + 1] + draw.choice(VALUES) + content[end:]


def without_file(content, draw):
    return None


def damage(run, draw):
    """Damages one file of a run. Gives its name and the kind of the damage."""
    files = sorted(path for path in run.rglob("*") if path.is_file() and path.stat().st_size and path.name != ".lock")
    path, harm = draw.choice(files), draw.choice((flipped, shortened, with_other_value, without_file))
    content = harm(path.read_bytes(), draw)
    if content is None:
        path.unlink()
    else:
        path.write_bytes(content)
    return f"{path.relative_to(run)} {harm.__name__}"


@pytest.mark.parametrize("has_digests", [True, False])
@pytest.mark.parametrize("name", OFTEN)
def test_damage_is_one_line_or_harmless(sound, tmp_path, monkeypatch, call, name, has_digests):
    for case in range(CASES):
        draw = random.Random(f"{name} {has_digests} {case}")
        here = tmp_path / str(case)
        shutil.copytree(sound, here)
        monkeypatch.chdir(here)
        if not has_digests:
            forget_digests(here / "runs" / "one")
        told = damage(here / "runs" / "one", draw)
        with contextlib.chdir(here):
            code, _, err = call(*COMMANDS[name])
        assert code in (0, 2), (told, err)
        lines = [line for line in err.splitlines() if not line.startswith(("compiling", "note: ", "tabular-q on "))]
        assert code == 0 or len(lines) == 1, (told, err)
        shutil.rmtree(here, ignore_errors=True)
