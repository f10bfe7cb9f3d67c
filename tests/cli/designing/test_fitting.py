"""The command `fit`, and the flag `--counts` of other commands."""

import csv

import pytest

from tests.helpers.counts import write_counts
from traffic_marl.network.formats.cityflow import write_roadnet
from traffic_marl.scenario import load_scenario


@pytest.fixture
def counts(tmp_path):
    """Two quarters of an hour on the smoke grid, counted everywhere."""
    scenario = load_scenario("grid_2x2_smoke").model_copy(update={"duration_s": 1800})
    path = tmp_path / "counts.csv"
    write_counts(path, scenario.build_network(), scenario.build_demand().draw(1), 900, 2)
    return path


def test_the_fit_is_printed_and_written(call, counts, tmp_path):
    out = tmp_path / "fit.csv"
    code, text, err = call("fit", "grid_2x2_smoke", "--counts", counts, "--out", out)
    assert (code, err) == (0, "")
    assert "48 of 48 movements over all intervals have a GEH below 5 (100 %)" in " ".join(text.split())
    assert "No counts at the two ends of a road contradict each other." in text
    rows = list(csv.DictReader(out.open()))
    assert len(rows) == 96
    assert all(row["counted"] == row["trips"] and row["geh"] == "0.00" for row in rows)


def test_contradictions_are_listed(call, counts):
    lines = counts.read_text().splitlines()
    place = next(number for number, line in enumerate(lines) if line.startswith("intersection_1_1,road_west_1_E"))
    cells = lines[place].split(",")
    counts.write_text("\n".join([*lines[:place], ",".join([*cells[:3], "500", *cells[4:]]), *lines[place + 1 :]]))
    code, text, err = call("fit", "grid_2x2_smoke", "--counts", counts)
    assert code == 0
    assert "the counts at the two ends of 1 road contradict each other" in err
    assert "vehicles turn into road_1_1_E and" in text


def test_counts_take_the_place_of_the_demand_in_every_command(call, counts, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, out, err = call("simulate", "grid_2x2_smoke", "--counts", counts, "--strategy", "fixed_time", "--from", "900")
    assert code == 0, err
    assert "900 s of demand from second 900" in " ".join(out.split())
    assert call("plan", "grid_2x2_smoke", "--counts", counts, "--out", "plan.csv")[0] == 0
    assert (tmp_path / "plan.csv").exists()


def test_a_road_network_needs_no_other_demand(call, counts, tmp_path):
    write_roadnet(load_scenario("grid_2x2_smoke").build_network(), tmp_path / "roadnet.json")
    code, text, err = call("fit", "--roadnet", tmp_path / "roadnet.json", "--counts", counts)
    assert code == 0, err
    assert "48 of 48 movements" in text


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "--counts: the demand is not made from turning counts; give --counts FILE"),
        (("--counts", "nowhere.csv"), "nowhere.csv: cannot be read"),
        (("--counts", "COUNTS", "--until", "3600"), "--until"),
        (("--counts", "COUNTS", "--out", "."), "--out: . is a folder"),
    ],
)
def test_a_wrong_use_is_told_in_one_line(call, counts, words, message):
    code, out, err = call("fit", "grid_2x2_smoke", *(counts if word == "COUNTS" else word for word in words))
    assert (code, out) == (2, "")
    assert message in err.splitlines()[-1]
