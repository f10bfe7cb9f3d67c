"""`compare --degrade` on the command line."""

import json

import pytest

from tests.helpers.two_intersections import folder_with_files, scenario

SOME = ("compare", "grid_2x2_smoke", "--until", 120, "--strategies", "actuated,fixed_time", "--seeds", 2)


def test_a_table_is_printed_for_each_perturbation_and_files_are_written(call, tmp_path):
    csv, picture = tmp_path / "a.csv", tmp_path / "a.png"
    code, out, _ = call(*SOME, "--degrade", "blind=1,demand=0.5", "--steps", 1, "--csv", csv, "--plot", picture)
    assert code == 0
    assert out.count("grid_2x2_smoke: 2 strategies, 2 seeds (0 to 1), 120 s of demand. Mean delay by") == 3
    assert "+-: 95 % intervals over the seeds." in out
    assert len(csv.read_text().splitlines()) == 1 + 3 * 2 * 2 * 2
    assert picture.stat().st_size > 1000


def test_json_replaces_the_tables(call):
    code, out, _ = call(*SOME, "--degrade", "stale=2", "--steps", 1, "--json")
    assert code == 0
    assert json.loads(out)["perturbations"][0]["values"] == [0.0, 2.0]


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (("--degrade", "blnd=1"), "--degrade: unknown perturbation 'blnd'; did you mean blind"),
        (("--degrade", "blind=2"), "--degrade: blind: '2' will not do; give numbers from 0 to 1"),
        (("--degrade", "demand=1"), "--degrade: demand ends at 1, which the scenario has already"),
        (("--degrade", "incident=x:0:60"), "incidents[0].road: x is not a road of the network"),
        (("--degrade", "blind=1", "--steps", 0), "--steps: 0 is no number of steps; give 1 to 100"),
        (("--degrade", "blind=1", "--wide"), "--wide: the tables of --degrade have no more columns"),
        (
            ("--degrade", "blind=1", "--results", "runs"),
            "--results: a folder keeps runs of one scenario, and --degrade",
        ),
        (("--steps", 3), "--steps: it belongs to --degrade; add --degrade, or leave it out"),
        (("--degrade", "demand=200"), "--degrade: demand: '200' will not do; give numbers from 0.01 to 100"),
    ],
)
def test_mistakes_are_told_in_one_line_before_any_run(call, flags, words, tmp_path):
    csv = tmp_path / "a.csv"
    code, out, err = call(*SOME, *flags, "--csv", csv)
    assert code == 2
    *notes, told = err.splitlines()
    assert told.startswith(words)
    assert all(note.startswith("note: ") for note in notes)
    assert out == ""
    assert not csv.exists()


def test_fixed_trips_meet_perturbations_of_several_seeds(call, tmp_path):
    folder = folder_with_files(tmp_path)
    some = ("compare", "--cityflow", folder, "--until", 100, "--strategies", "longest_queue", "--seeds", 3)
    code, out, _ = call(*some, "--degrade", "blind=0.5", "--steps", 1)
    assert code == 0
    assert "1 strategy, 3 seeds (0 to 2)" in out


def test_disturbances_are_told_by_show_and_by_convert(call, tmp_path):
    one = scenario(incidents=[{"road": "road_1_1_E", "from_s": 5, "until_s": 9}], duration_s=60)
    one.save(tmp_path / "one.json")
    told = "Closed at its end: road_1_1_E from second 5 to 9 of the demand."
    code, out, _ = call("show", tmp_path / "one.json")
    assert code == 0
    assert f"disturbances: {told}" in " ".join(out.split())
    code, _, err = call("convert", tmp_path / "one.json", "--to", "cityflow", tmp_path / "out")
    assert code == 0
    assert f"note: not written, because the files have no place for it: {told}" in err
