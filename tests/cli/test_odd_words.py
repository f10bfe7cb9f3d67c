"""Words of the command line that no name should be: one line that can be printed, and exit code 2."""

import pytest

COMMANDS = (
    ("{}",),
    ("list", "{}"),
    ("compare", "{}"),
    ("compare", "--strategies", "{}"),
    ("compare", "--seeds", "{}"),
    ("compare", "grid_2x2_smoke", "--csv", "{}/table.csv"),
    ("simulate", "grid_2x2_smoke", "--strategy", "{}"),
    ("simulate", "grid_2x2_smoke", "--strategy", "fixed_time", "--trips", "{}/trips.csv"),
    ("simulate", "--cityflow", "{}", "--strategy", "fixed_time"),
    ("watch", "grid_2x2_smoke", "--record", "{}.traffic/run.traffic"),
    ("watch", "grid_2x2_smoke", "--until", "{}"),
    ("replay", "{}"),
    ("train", "grid_2x2_smoke", "--reward", "{}"),
    ("train", "--resume", "--out", "{}"),
    ("export", "{}", "policy.onnx"),
    ("compare", "--{}"),
)
WORDS = ("two\nlines", "\x1b[31mred", "x" * 300, "a/" * 3000, "\udfff", " ", "1" + "0" * 400)


@pytest.mark.parametrize("command", COMMANDS)
def test_an_odd_word_is_refused_in_one_line(call, command):
    for word in WORDS:
        code, _, told = call(*(part.format(word) for part in command))
        assert code == 2, (command, word[:20])
        (line,) = told.removesuffix("\n").split("\n")
        assert line.isprintable()
        assert len(line) < 6000


def test_a_recording_with_a_longer_interval_than_its_end_ends(call, tmp_path):
    code, _, told = call(
        *("watch", "grid_2x2_smoke", "--record", tmp_path / "run.traffic", "--until", 20, "--interval", 100_000)
    )
    assert code == 0, told
    assert (tmp_path / "run.traffic").is_file()
