"""`compare --tune`: parameters are chosen on validation seeds, the comparison is made on test seeds."""

import json

from traffic_marl import load_scenario
from traffic_marl.cli.comparisons import tuning
from traffic_marl.demand.formats.cityflow import write_flow
from traffic_marl.network.formats.cityflow import write_roadnet
from traffic_marl.scenario.seeds import validation_seeds
from traffic_marl.strategies.catalogue import STRATEGIES


def tuned_labels(call, *options):
    code, out, _ = call("compare", "grid_2x2_smoke", "--until", 120, "--seeds", 2, "--json", *options)
    assert code == 0
    return [row["strategy"] for row in json.loads(out)["strategies"]]


def test_strategies_without_parameters_get_the_best_ones(call, monkeypatch):
    asked = []

    def found(scenario, seeds, tell, names, tasks):
        asked.append((seeds, names))
        return (("actuated:longest_green_s=30", 10.0), ("fixed_time", 20.0))

    monkeypatch.setattr(tuning, "tuned", found)
    given = "fixed_time,actuated,actuated:gap_s=2,random"
    labels = tuned_labels(call, "--tune", "--strategies", given, "--reference", "fixed_time")
    assert asked == [(validation_seeds(5), ("fixed_time", "actuated"))]
    assert sorted(labels) == ["actuated:gap_s=2", "actuated:longest_green_s=30", "fixed_time", "random"]


def test_nothing_is_tuned_unless_it_is_asked_for(call, monkeypatch):
    monkeypatch.setattr(tuning, "tuned", None)
    assert "actuated" in tuned_labels(call, "--strategies", "actuated,sotl")


def test_a_tuned_strategy_is_found_by_its_name_as_reference(call, monkeypatch):
    monkeypatch.setattr(tuning, "tuned", lambda *given: (("actuated:longest_green_s=30", 10.0),))
    options = ("--tune", "--strategies", "actuated,sotl", "--reference", "actuated")
    assert "actuated:longest_green_s=30" in tuned_labels(call, *options)


def test_tuning_and_an_interval_exclude_each_other(call):
    code, _, told = call("compare", "--tune", "--interval", 5)
    assert code == 2
    assert told.startswith("--tune: it chooses the intervals, and --interval states one; leave out one of them")


def test_tuning_on_the_trips_that_are_compared_is_told(call, monkeypatch, tmp_path):
    smoke = load_scenario("grid_2x2_smoke").model_copy(update={"duration_s": 60, "clearing_s": 60})
    network = smoke.build_network()
    write_roadnet(network, tmp_path / "roadnet.json")
    write_flow(smoke.build_demand().draw(0), network, tmp_path / "flow.json")
    asked = []
    monkeypatch.setattr(tuning, "tuned", lambda scenario, seeds, *others: asked.append(seeds) or ())
    options = ("--strategies", "actuated,sotl", "--until", 30)
    code, _, told = call("compare", "--cityflow", tmp_path, "--tune", *options)
    assert code == 0, told
    assert asked == [validation_seeds(1)]
    assert "note: --tune meets the same trips as the comparison" in told
    assert "--tune" not in call("compare", "grid_2x2_smoke", "--tune", *options)[2]


def test_real_tuning_names_every_strategy_once(call):
    labels = tuned_labels(call, "--tune", "--strategies", "actuated,longest_queue")
    assert sorted(label.partition(":")[0] for label in labels) == ["actuated", "longest_queue"]
    assert all(label.partition(":")[0] in STRATEGIES for label in labels)
