"""The log as the Python package atspm reads it: the same arrivals on green and split failures."""

import pytest

from tests.helpers.logged import logged_run
from tests.helpers.two_intersections import scenario
from traffic_marl.cli.simulated.logs import detectors_csv, events_csv
from traffic_marl.events import arrivals_on_green, split_failures

MEASURES = [
    {"name": "arrival_on_green", "params": {"latency_offset_seconds": 0}},
    {
        "name": "split_failures",
        "params": {
            "red_time": 5,
            "red_occupancy_threshold": 0.8,
            "green_occupancy_threshold": 0.8,
            "by_approach": True,
            "by_cycle": False,
        },
    },
]


@pytest.mark.parametrize("strategy", ["max_pressure", "fixed_time:green_s=20"])
def test_arrivals_on_green_and_split_failures_are_those_of_atspm(strategy, tmp_path):
    atspm = pytest.importorskip("atspm", reason="pip install atspm 'duckdb<1.4' to compare with it")
    duckdb = pytest.importorskip("duckdb")
    if not hasattr(duckdb.DuckDBPyRelation, "fetchone"):
        pytest.skip("this version of atspm needs an older duckdb")
    busy = scenario(demand={"kind": "turning", "inflow_vph": 900}, duration_s=900)
    _, log = logged_run(busy, strategy)
    (tmp_path / "events.csv").write_text(events_csv(log))
    (tmp_path / "detectors.csv").write_text(detectors_csv(log))

    theirs = their_measures(atspm, tmp_path)

    names = log.network.intersections
    ours = {(names[place], phase): each for (place, phase), each in arrivals_on_green(log).items() if each[1]}
    assert {(at, phase): (total, round(total * share)) for at, phase, total, share in theirs[0]} == ours
    failures = {(names[place], phase): each.failures for (place, phase), each in split_failures(log).items()}
    assert all(failures[at, phase] == count for at, phase, count in theirs[1])
    assert sum(count for *_, count in theirs[1]) == sum(failures.values()) > 5


def their_measures(atspm, folder):
    """Arrivals on green and split failures by intersection and phase, as atspm works them out."""
    files = {"raw_data": str(folder / "events.csv"), "detector_config": str(folder / "detectors.csv")}
    output = {"output_dir": str(folder / "out"), "output_format": "csv", "remove_incomplete": False, "verbose": 0}
    with atspm.SignalDataProcessor(**files, **output, bin_size=1440, aggregations=MEASURES) as processor:
        processor.load()
        processor.aggregate()
        queries = (
            "SELECT DeviceId, Phase, Total_Actuations, Percent_AOG FROM arrival_on_green",
            "SELECT DeviceId, Phase, Split_Failure FROM split_failures",
        )
        return [processor.conn.query(query).fetchall() for query in queries]
