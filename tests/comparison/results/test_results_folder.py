"""Results folders: finished runs are never made again, and never mixed with others."""

import json
import os
from dataclasses import dataclass

import numpy as np
import pytest

from tests.helpers.made_up_runs import SMALL
from traffic_marl.comparison import outcomes
from traffic_marl.comparison.comparison import compare
from traffic_marl.comparison.export import to_csv
from traffic_marl.comparison.reading import read_results
from traffic_marl.comparison.results import ResultsFolder, folder
from traffic_marl.comparison.results.growing import recalled
from traffic_marl.comparison.results.merging import merged
from traffic_marl.errors import FileError, StrategyError, UsageError
from traffic_marl.files import locked
from traffic_marl.learning.choosing import choose_strategy
from traffic_marl.strategies.catalogue import parse

SHORT = SMALL.model_copy(update={"duration_s": 60, "clearing_s": 30})
TWO = "fixed_time,max_pressure"


@pytest.fixture
def made(monkeypatch):
    """The strategies and seeds that have run."""
    found, run = [], outcomes.run

    def noted(scenario, strategy, seeds, **options):
        found.append((strategy.label, tuple(seeds)))
        return run(scenario, strategy, seeds, **options)

    monkeypatch.setattr(outcomes, "run", noted)
    return found


def test_runs_that_are_finished_are_not_made_again_and_give_the_same_bytes(made, tmp_path):
    plain = to_csv(compare(SHORT, TWO, range(2)))
    made.clear()
    results = tmp_path / "results"
    first = to_csv(compare(SHORT, TWO, range(2), results=results))
    assert made == [("fixed_time", (0, 1)), ("max_pressure", (0, 1))]
    again = to_csv(compare(SHORT, TWO, range(2), results=results))
    assert len(made) == 2
    assert first == again == plain == to_csv(*read_results(results))


def test_only_new_seeds_and_strategies_run(made, tmp_path):
    compare(SHORT, "fixed_time", range(1), results=tmp_path / "results")
    found = compare(SHORT, TWO, range(3), results=tmp_path / "results")
    assert made == [("fixed_time", (0,)), ("fixed_time", (1, 2)), ("max_pressure", (0, 1, 2))]
    assert to_csv(found) == to_csv(compare(SHORT, TWO, range(3)))


def test_the_interval_and_parameters_make_other_runs(made, tmp_path):
    compare(SHORT, "max_pressure", range(1), results=tmp_path)
    compare(SHORT, "max_pressure:interval_s=5", range(1), results=tmp_path)
    assert len(made) == 2
    with pytest.raises(UsageError, match="were made without one; give the same, or name another folder"):
        compare(SHORT, "max_pressure", range(1), interval=5, results=tmp_path)
    assert len(made) == 2


def test_an_edited_file_of_a_strategy_makes_other_runs(made, tmp_path):
    own = tmp_path / "own.py"
    own.write_text("def stay(conditions):\n    return lambda readings: readings.phase\n")
    compare(SHORT, f"{own}:stay", range(1), results=tmp_path / "results")
    compare(SHORT, f"{own}:stay", range(1), results=tmp_path / "results")
    assert len(made) == 1
    entry = ResultsFolder.open_folder(tmp_path / "results").scope.strategies[0]
    own.write_text("def stay(conditions):\n    return lambda readings: 0 * readings.phase\n")
    with pytest.raises(StrategyError, match="has changed since its runs were made"):
        compare(SHORT, [recalled(entry, choose_strategy)], range(2), results=tmp_path / "results")
    compare(SHORT, f"{own}:stay", range(1), results=tmp_path / "results")
    assert len(made) == 3  # with the one that was refused
    assert len(list((tmp_path / "results" / "runs").iterdir())) == 2


@dataclass(frozen=True)
class Unknown:
    """A strategy that does not say what it depends on."""

    def start(self, conditions):
        return lambda readings: readings.phase


class Known(Unknown):
    """A strategy that says it."""

    def digest(self):
        return b"stays"


def test_a_strategy_must_tell_whether_it_has_changed_before_anything_is_written(tmp_path):
    with pytest.raises(StrategyError, match="Unknown: its runs cannot be kept"):
        compare(SHORT, ["fixed_time", Unknown()], range(1), results=tmp_path / "results")
    assert not (tmp_path / "results").exists()
    assert compare(SHORT, [Known()], range(1), results=tmp_path / "results").rows[0].label == "Known"


def test_other_scenarios_and_other_programs_get_no_place_in_a_folder(monkeypatch, tmp_path):
    compare(SHORT, "fixed_time", range(1), results=tmp_path / "results")
    other = SHORT.model_copy(update={"duration_s": 61})
    with pytest.raises(FileError, match="holds runs on small, which differs from this scenario"):
        compare(other, "fixed_time", range(1), results=tmp_path / "results")
    monkeypatch.setattr(folder, "code_digest", lambda: "changed")
    with pytest.raises(FileError, match="runs that another version of the program has made; name another folder"):
        compare(SHORT, "sotl", range(1), results=tmp_path / "results")
    assert len(read_results(tmp_path / "results")[0].rows) == 1  # they can still be read


@pytest.mark.parametrize("name", ["notes.txt", "runs"])
def test_a_folder_of_something_else_is_not_touched(name, tmp_path):
    (tmp_path / name).mkdir()
    with pytest.raises(FileError, match="already exists"):
        compare(SHORT, "fixed_time", range(1), results=tmp_path)
    assert [each.name for each in tmp_path.iterdir()] == [name]


def test_one_process_works_in_a_folder(tmp_path):
    compare(SHORT, "fixed_time", range(1), results=tmp_path / "results")
    with locked(tmp_path / "results"), pytest.raises(FileError, match="another process is at work in it"):
        compare(SHORT, "fixed_time", range(2), results=tmp_path / "results")


def test_drafts_of_killed_processes_are_removed(tmp_path):
    results = tmp_path / "results"
    compare(SHORT, "fixed_time", range(1), results=results)
    drafts = [results / "runs" / ".sotl-12ab.00000000-1.draft.json", results / ".comparison.00000000-1.draft.json"]
    for draft in drafts:
        draft.write_text("{")
    for draft in drafts:
        os.utime(draft, (0, 0))  # older than a day, so its process has ended wherever it ran
    compare(SHORT, "fixed_time", range(1), results=results)
    assert not any(draft.exists() for draft in drafts)


def run_file(results):
    return next((results / "runs").glob("*.json"))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text[: len(text) // 2],
        lambda text: "",
        lambda text: text.replace('"seed": 0', '"seed": -1'),
        lambda text: text.replace('"seed": 0', '"seed": "0"'),
        lambda text: text.replace('"interval": 1', '"interval": true'),
        lambda text: text.replace('"mean_delay": ', '"mean_delay": [], "more": '),
        lambda text: text.replace('"mean_delay": ', '"mean_delay": NaN, "more": '),
        lambda text: text.replace('"runs": [', '"runs": [], "more": ['),
        lambda text: text.replace('"format": 1', '"format": 2'),
        lambda text: json.dumps([text]),
    ],
)
def test_a_damaged_file_of_runs_is_named_with_its_remedy(spoil, tmp_path):
    compare(SHORT, "fixed_time", range(1), results=tmp_path / "results")
    path = run_file(tmp_path / "results")
    path.write_text(spoil(path.read_text()))
    with pytest.raises(FileError, match=rf"is damaged: runs/{path.name}"):
        read_results(tmp_path / "results")
    path.unlink()
    assert compare(SHORT, "fixed_time", range(1), results=tmp_path / "results").rows


@pytest.mark.parametrize("name", ["comparison.json", "scenario.json"])
@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"format": 1, "seeds": [1, 1]}'])
def test_a_damaged_folder_is_named(name, text, tmp_path):
    compare(SHORT, "fixed_time", range(1), results=tmp_path / "results")
    (tmp_path / "results" / name).write_text(text)
    with pytest.raises(FileError, match=rf"is damaged: {name}"):
        read_results(tmp_path / "results")


def test_links_are_not_followed(tmp_path):
    compare(SHORT, "fixed_time", range(1), results=tmp_path / "results")
    path = run_file(tmp_path / "results")
    path.rename(tmp_path / "elsewhere.json")
    path.symlink_to(tmp_path / "elsewhere.json")
    with pytest.raises(FileError, match="is a link, and links are not followed here"):
        read_results(tmp_path / "results")


def test_folders_merge_into_the_first(made, tmp_path):
    one, other = tmp_path / "one", tmp_path / "other"
    compare(SHORT, "fixed_time", range(2), results=one)
    compare(SHORT, TWO, range(1, 3), results=other)
    compare(SHORT, TWO, range(3), results=merged([one, other]).path)
    assert made[3:] == [("max_pressure", (0,))]
    assert len(read_results(other)[0].seeds) == 2  # only the first has changed
    fresh = merged([tmp_path / "new" / "third", one])
    assert to_csv(*read_results(fresh)) == to_csv(*read_results(one))
    assert merged([tmp_path / "nothing"]) is None


def test_runs_that_contradict_each_other_are_refused(tmp_path):
    one, other = tmp_path / "one", tmp_path / "other"
    for each in (one, other):
        compare(SHORT, "fixed_time", range(1), results=each)
    path = run_file(other)
    path.write_text(path.read_text().replace('"mean_delay": ', '"mean_delay": 1'))
    before = sorted(each.name for each in (one / "runs").iterdir())
    with pytest.raises(FileError, match="two different runs of fixed_time on seed 0, one of them in "):
        merged([one, other])
    assert sorted(each.name for each in (one / "runs").iterdir()) == before
    elsewhere = tmp_path / "elsewhere"
    compare(SHORT.model_copy(update={"duration_s": 61}), "fixed_time", range(1), results=elsewhere)
    with pytest.raises(FileError, match="which differs from the scenario of"):
        merged([one, elsewhere])
    with pytest.raises(FileError, match="holds no results"):
        merged([one, tmp_path])


def test_a_strategy_that_is_not_finished_has_no_row_in_what_is_read(tmp_path):
    compare(SHORT, TWO, range(2), results=tmp_path / "results")
    for path in (tmp_path / "results" / "runs").glob("max_pressure*"):
        path.unlink()
    assert [row.label for row in read_results(tmp_path / "results")[0].rows] == ["fixed_time"]
    run_file(tmp_path / "results").unlink()
    with pytest.raises(FileError, match="no strategy that is finished on all seeds"):
        read_results(tmp_path / "results")


def test_measures_come_back_with_their_types(tmp_path):
    made = compare(SHORT, [parse("fixed_time")], range(2), results=tmp_path / "results").rows[0].measures
    for name, values in compare(SHORT, "fixed_time", range(2)).rows[0].measures:
        assert getattr(made, name).dtype == values.dtype, name
        assert np.array_equal(getattr(made, name), values, equal_nan=values.dtype.kind == "f"), name
