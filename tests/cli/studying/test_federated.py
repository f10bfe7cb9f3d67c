"""`train --federated` on the command line."""

import pytest

TWO = ("--district", "north=grid_2x2_smoke", "--district", "south=grid_3x3_steady")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--district", "north=grid_2x2_smoke"), "--district: it is for districts that train apart; add --federated"),
        (("--noise", "3"), "--noise: it is for districts"),
        (("--federated",), "--district: 0 districts make no federation"),
        (("--federated", "--district", "a=grid_2x2_smoke"), "--district: 1 districts make no federation"),
        (("--federated", *TWO, "--district", "North=grid_2x2_smoke"), "--district: north is given 2 times"),
        (("--federated", *TWO, "--average-every", "0"), "--average-every: 0 is too small"),
        (("--federated", *TWO, "--noise", "2"), "--noise: it is a multiple of the bound"),
        (("--federated", *TWO, "--update-clip", "0"), "--update-clip: 0.0 is out of range"),
        (("--federated", *TWO, "--delta", "2"), "--delta: 2.0 is out of range"),
        (("--federated", *TWO, "--policy", "independent"), "--policy: districts cannot share"),
        (("--federated", *TWO, "--learners", "2"), "--learners: it does not go together with districts"),
        (("grid_2x2_smoke", "--federated", *TWO), "--district: north has 'grid_2x2_smoke', which is no intersection"),
        (("grid_2x2_smoke", "--federated", "--district", "a=*_1_1", "--district", "b=*_1_*"), "is in a and in b"),
    ],
)
def test_a_wrong_federation_is_told_in_one_line(call, tmp_path, monkeypatch, arguments, told):
    monkeypatch.chdir(tmp_path)
    code, out, err = call("train", *arguments, "--out", "run")
    assert (code, out) == (2, "")
    assert told in err
    assert len(err.splitlines()) == 1
    assert not (tmp_path / "run").exists()


def test_a_run_without_districts_does_not_go_on_with_some(call, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    quick = ("--algorithm", "tabular-q", "--iterations", "1", "--copies", "1", "--skip-classical", "--until", "60")
    assert call("train", "grid_2x2_smoke", *quick, "--out", "run")[0] == 0
    code, _, err = call("train", "--resume", "--out", "run", "--federated", *TWO)
    assert (code, err) == (2, "--resume: the run was begun without districts; leave out --federated\n")
