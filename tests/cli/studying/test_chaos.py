"""The command `chaos`: what it refuses before anything is trained. The studies themselves are tested in tests/chaos."""

import pytest

from tests.helpers.two_intersections import scenario
from traffic_marl.cli.studying.chaos import default_folder

TABLES = ("--algorithm", "tabular-q", "--policy", "independent")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "--iterations: each training needs a budget; give iterations, minutes or agent-steps"),
        (
            ("--iterations", 2, "--fault", "runner@0.5"),
            "--fault: runner@0.5: a training with ppo and runners 0 has none",
        ),
        (("--iterations", 2, "--fault", "rain=0.5"), "--fault: unknown perturbation 'rain'"),
        (("--iterations", 2, "--fault", "driver@2"), "--fault: 'driver@2' is not within the training"),
        (("--iterations", 2, "--minutes", 3), "a budget is one of iterations, minutes and agent-steps"),
        (("--iterations", 2, "--seeds", 0), "--seeds: 0"),
        (("--iterations", 2, "--seeds", 101), "--seeds: 101"),
        (("--iterations", 2, "--validation-seeds", 0), "--validation-seeds: 0"),
        (
            ("--iterations", 2, "--runners", 1, "--address", "10.0.0.1:6379", "--fault", "runner@0.5"),
            "--fault: runner@0.5",
        ),
        (("--iterations", 2, "--address", "nowhere"), "--address: "),
        (("--iterations", 2, "--random", 4), "--random: policies under faults are compared on one scenario"),
        (("--iterations", 2, "--fault", "driver@0.5", "--beside", "actuatd"), "did you mean actuated"),
        (("--iterations", 2, "--copies", 0), "--copies: "),
        (("--iterations", 2, "--when", "never"), "never"),
        (("--iterations", 2, "--csv", "no/such/file.csv"), "--csv: "),
    ],
)
def test_a_wrong_option_is_told_before_anything_is_made(call, tmp_path, monkeypatch, words, told):
    monkeypatch.chdir(tmp_path)
    code, out, err = call("chaos", "grid_2x2_smoke", *words, "--out", "study")
    assert code == 2
    assert told in err
    assert not out
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("name", "folder"), [("town", "town"), ("my town/é", "my_town_"), ("../up", ".._up")])
def test_a_study_without_a_folder_is_kept_below_chaos(name, folder):
    assert default_folder(scenario(name=name)).parts == ("chaos", folder)
