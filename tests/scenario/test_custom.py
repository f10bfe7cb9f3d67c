"""Networks and demands in formats of the user's own, brought from outside the package."""

import json

import pytest

from tests.helpers.own_format import data_set
from traffic_marl.errors import ScenarioError
from traffic_marl.imported import load_reference
from traffic_marl.rollout import run
from traffic_marl.scenario import CustomDemand, CustomNetwork, Scenario, load_scenario
from traffic_marl.strategies.catalogue import parse


@pytest.fixture
def fields(tmp_path):
    return data_set(tmp_path)


def changed(fields, **changes):
    """The fields with changes such as `network__path`."""
    fields = json.loads(json.dumps(fields))
    for place, value in changes.items():
        part, _, name = place.partition("__")
        fields[part][name] = value
    return Scenario(**fields)


def test_a_network_and_trips_of_an_own_format_are_simulated(fields):
    scenario = Scenario(**fields)
    network = scenario.build_network()
    assert network.intersections == ("crossing",)
    assert network.phase_names == (("west-east", "south-north"),)
    assert scenario.build_demand().draw(0).names == ("a", "b", "c")
    measures = run(scenario, parse("max_pressure"), (0,)).measures
    assert (measures.demanded.tolist(), measures.completed.tolist()) == ([3], [3])


def test_the_command_line_takes_such_a_scenario(call, fields, tmp_path):
    (tmp_path / "own.json").write_text(json.dumps(fields))
    code, out, err = call("simulate", tmp_path / "own.json", "--strategy", "longest_queue", "--json")
    assert code == 0, err
    assert json.loads(out)["measures"]["completed"] == 3


def test_readers_may_be_functions_and_are_written_by_file_and_name(fields, tmp_path):
    network, demand = (load_reference(fields[part]["reader"], "reader") for part in ("network", "demand"))
    scenario = Scenario(
        name="own",
        network=CustomNetwork(reader=network, path=fields["network"]["path"]),
        demand=CustomDemand(reader=demand, path=fields["demand"]["path"]),
        duration_s=60,
    )
    assert len(scenario.build_demand().draw(0)) == 3
    scenario.save(tmp_path / "own.json")
    again = load_scenario(tmp_path / "own.json")
    assert again.network.reader == f"{tmp_path / 'my_format.py'}:read_network"
    assert again.hash() == scenario.hash()
    assert again.build_network().roads == scenario.build_network().roads


@pytest.mark.parametrize("name", ["arms.csv", "trips.csv", "my_format.py"])
def test_the_hash_covers_data_and_readers(fields, tmp_path, name):
    scenario = Scenario(**fields)
    before, network = scenario.hash(), scenario.build_network()
    assert Scenario(**fields).hash() == before
    assert scenario.build_network() is network
    with (tmp_path / name).open("a") as file:
        file.write("\n")
    assert scenario.hash() != before


def test_a_folder_may_be_read_and_every_file_counts(fields, tmp_path):
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "one.txt").write_text("1")
    reader = load_reference(fields["network"]["reader"], "reader")
    scenario = Scenario(
        **{
            **fields,
            "network": CustomNetwork(reader=lambda _: reader(tmp_path / "arms.csv"), path=str(tmp_path / "set")),
        }
    )
    assert scenario.build_network().intersections == ("crossing",)
    before = scenario.hash()
    (tmp_path / "set" / "two.txt").write_text("2")
    assert scenario.hash() != before


def test_signals_choose_rows_of_the_own_phase_table(fields):
    assert Scenario(**fields, signals={"phases": [1, 0]}).build_network().phase_names == (("south-north", "west-east"),)
    with pytest.raises(ScenarioError, match=r"^signals.phases: 'four' is a set of phases for generated networks"):
        Scenario(**fields, signals={"phases": "four"})
    with pytest.raises(ScenarioError, match=r"^signals.phases: row 7 is not in the phase table of crossing"):
        Scenario(**fields, signals={"phases": [7]}).build_network()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"network__reader": "{}/my_format.py:nothing"}, r"network.reader: .*my_format.py defines no 'nothing'"),
        ({"network__reader": "{}/none.py:read"}, r"network.reader: there is no file .*none.py"),
        ({"network__reader": "{}/my_format.py:NOT_CALLABLE"}, r"network.reader: .*NOT_CALLABLE is not a function"),
        (
            {"network__reader": "{}/my_format.py:read_a_list"},
            r"network.reader: .* returns \[.*, not a Network; build it",
        ),
        (
            {"network__reader": "{}/my_format.py:fail"},
            r"network.reader: .*fail fails with ValueError: the file is too old \(my_format.py, line \d+\)",
        ),
        ({"network__path": "{}/none.csv"}, r"network.path: .*none.csv: cannot be read: No such file"),
        (
            {"demand__reader": "{}/my_format.py:read_a_list"},
            r"demand.reader: .*, which has no duration; return a Demand",
        ),
        (
            {"demand__reader": "{}/my_format.py:read_network"},
            r"demand.reader: .*read_network\(path\) cannot be called with \(path, network, duration\); let it take",
        ),
        ({"demand__path": "{}/none.csv"}, r"demand.path: .*none.csv: cannot be read: No such file"),
    ],
)
def test_what_is_wrong_with_a_reader_or_its_file_is_told_in_one_line(fields, tmp_path, changes, message):
    scenario = changed(fields, **{place: value.format(tmp_path) for place, value in changes.items()})
    with pytest.raises(ScenarioError, match=f"^{message}") as error:
        scenario.build_demand()
    assert "\n" not in str(error.value)


def test_mistakes_in_the_data_say_which_element(fields, tmp_path):
    (tmp_path / "arms.csv").write_text("arm,x_m,y_m\nwest,-300,0\neast,0,0\n")
    with pytest.raises(ScenarioError, match=r"^network.path: road east_in: its points are all the same"):
        Scenario(**fields).build_network()


@pytest.mark.parametrize("reader", [None, 5, "read_network", "my_format:read_network"])
def test_a_reader_that_is_none_is_refused(fields, reader):
    with pytest.raises(ScenarioError, match=r"^network.reader: .* names no function; give a function, or write"):
        changed(fields, network__reader=reader)


def test_a_reader_without_a_name_is_refused(fields):
    with pytest.raises(ScenarioError, match=r"^network.reader: 'my_format.py' does not say which object"):
        changed(fields, network__reader="my_format.py")
