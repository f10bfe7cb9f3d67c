"""The flag `--simulator` of the commands."""

import json

import pytest

from tests.helpers.sumo import needs_sumo

SHORT = ("grid_2x2_smoke", "--until", 120)
SOME = ("--strategies", "actuated,fixed_time,sumo_actuated", "--seeds", 2)


@pytest.mark.slow
@needs_sumo
def test_compare_shows_both_simulators_side_by_side(call, tmp_path):
    csv = tmp_path / "runs.csv"

    code, out, _ = call("compare", *SHORT, *SOME, "--simulator", "both", "--csv", csv)

    assert code == 0
    assert "grid_2x2_smoke: 3 strategies, in sumo, 2 seeds (0 to 1), 120 s of demand" in out
    assert "grid_2x2_smoke: 3 strategies, in own and sumo, 2 seeds (0 to 1), 120 s of demand" in out
    assert "Kendall's tau of the order by mean delay, 2 strategies: " in out
    lines = csv.read_text().splitlines()
    assert [sum(line.endswith(f",{name}") for line in lines) for name in ("own", "sumo")] == [4, 6]


@needs_sumo
def test_simulate_in_sumo_gives_the_same_measures(call):
    code, out, _ = call("simulate", *SHORT, "--simulator", "sumo", "--strategy", "fixed_time", "--json")

    content = json.loads(out)
    assert code == 0
    assert content["simulator"] == "sumo"
    assert content["measures"]["demanded"] > 50


@needs_sumo
def test_a_run_in_sumo_is_recorded(call, tmp_path):
    path = tmp_path / "run.traffic"

    code, _, err = call("watch", *SHORT, "--simulator", "sumo", "--strategy", "fixed_time", "--record", path)

    assert code == 0
    assert f"written: {path}" in err
    assert path.stat().st_size > 1000


@needs_sumo
@pytest.mark.parametrize(
    ("command", "told"),
    [
        (("watch", *SHORT, "--simulator", "sumo"), "--simulator: sumo has no window here; add --record FILE.traffic"),
        (
            ("simulate", *SHORT, "--strategy", "random", "--simulator", "sumo", "--audit"),
            "audit: vehicles are checked in our own simulation",
        ),
        (("compare", *SHORT, "--simulator", "both", "--plot", "p.png"), "--plot: a plot shows one simulator"),
    ],
)
def test_what_sumo_cannot_do_is_told(call, command, told):
    code, _, err = call(*command)

    assert code == 2
    assert told in err


@pytest.mark.parametrize("command", [("compare",), ("simulate", "--strategy", "random"), ("watch",)])
def test_an_unknown_simulator_is_told(call, command):
    code, _, err = call(*command, *SHORT, "--simulator", "vissim")

    assert code == 2
    assert "--simulator: unknown simulator 'vissim'; available: own, sumo, cityflow" in err


@pytest.mark.parametrize("name", ["sumo", "both"])
def test_a_missing_sumo_is_told_in_one_line(call, name, monkeypatch):
    monkeypatch.setattr("traffic_marl.exchange.sumo.programs.find_spec", lambda name: None)
    monkeypatch.delenv("SUMO_HOME", raising=False)
    monkeypatch.setenv("PATH", "")

    code, out, err = call("compare", *SHORT, "--simulator", name)

    assert (code, out) == (2, "")
    told = "--simulator: SUMO is not installed (libsumo and netconvert missing); install them with: pip install"
    assert err == f"{told} eclipse-sumo libsumo\n"
