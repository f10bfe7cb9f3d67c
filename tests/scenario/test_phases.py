import json

import pytest

from tests.helpers.data_sets import data_set
from tests.helpers.odd_data_sets import link, phase, write
from traffic_marl.errors import FileError, ScenarioError, TrafficError, UsageError
from traffic_marl.remarks import DataWarning, ensure_strict
from traffic_marl.running import run
from traffic_marl.scenario import Signals, cityflow_scenario, load_scenario
from traffic_marl.scenario.phases import parse_phases

pytestmark = pytest.mark.filterwarnings("ignore::traffic_marl.remarks.DataWarning")

YELLOW = (
    "roadnet.json: yellow or repeated rows of the phase table are no phases at 1 of 1 intersections; it is mid, with "
)


def told(scenario):
    return [str(remark) for remark in scenario.remarks()]


def twice(data):
    """Adds an intersection `next` with four rows east of `mid`, which has two."""
    data.set_phases((30, [0, 2]), (30, [1, 2]))
    data.road("e_out")["endIntersection"] = "next"
    data.roadnet["intersections"].append(
        {
            **data.node("mid"),
            "id": "next",
            "point": {"x": 300, "y": 0},
            "roads": ["e_out", "on"],
            "roadLinks": [link("go_straight", "e_out", "on")],
            "trafficLight": {"roadLinkIndices": [0], "lightphases": [phase(30, [0]), phase(30, []), phase(20, [0])]},
        }
    )
    data.node("east")["point"]["x"] = 600
    data.node("east")["roads"] = ["on"]
    data.roadnet["roads"].append(
        {
            **data.road("e_out"),
            "id": "on",
            "startIntersection": "next",
            "endIntersection": "east",
            "points": [{"x": 300, "y": 0}, {"x": 600, "y": 0}],
        }
    )


def delay(scenario, **signals):
    changed = scenario.model_copy(update={"signals": scenario.signals.model_copy(update=signals)})
    return float(run(changed, "fixed_time", [0]).measures.mean_delay[0])


def test_yellow_rows_are_told_and_their_time_is_the_yellow(tmp_path):
    scenario = cityflow_scenario(write(tmp_path / "set", "yellow_rows_with_greens"))
    assert scenario.build_network().phase_names == (("phase 0", "phase 2"),)
    assert (scenario.signals.yellow_s, scenario.signals.all_red_s) == (3, 0)
    assert told(scenario) == [YELLOW + "rows 1 and 3 (3 s) taken as yellow, so its phases are rows 0 and 2"]


def test_short_rows_between_greens_leave_the_two_greens_as_phases(tmp_path):
    scenario = cityflow_scenario(write(tmp_path / "set", "same_row_twice"))
    assert scenario.build_network().phase_names == (("phase 0", "phase 4"),)
    assert (scenario.signals.yellow_s, scenario.signals.all_red_s) == (5, 0)
    assert told(scenario) == [YELLOW + "rows 1 and 2 (5 to 6 s) taken as yellow, so its phases are rows 0 and 4"]


def test_yellow_rows_cost_no_more_than_a_table_without_them(tmp_path):
    sound = delay(cityflow_scenario(write(tmp_path / "sound")))
    yellow = cityflow_scenario(write(tmp_path / "yellow", "yellow_rows_with_greens"))
    assert delay(yellow, yellow_s=5) == sound
    assert delay(yellow) < sound
    assert delay(cityflow_scenario(write(tmp_path / "same", "same_row_twice"))) == sound


def test_an_ordinary_table_is_not_remarked_on(tmp_path):
    scenario = cityflow_scenario(write(tmp_path / "set"))
    assert told(scenario) == []
    assert (scenario.signals.yellow_s, scenario.signals.all_red_s) == (5, 0)


@pytest.mark.parametrize("name", ["jinan_real", "hangzhou_real"])
def test_published_data_sets_keep_their_eight_phases_and_5_s(name):
    scenario = cityflow_scenario(data_set(name))
    network = scenario.build_network()
    assert {tuple(rows) for rows in network.tables.phase_row.tolist()} == {(1, 2, 3, 4, 5, 6, 7, 8)}
    assert network.remarks == ()
    assert (scenario.signals.yellow_s, scenario.signals.all_red_s) == (5, 0)


def test_a_list_means_the_rows_that_each_table_has_and_the_rest_is_told(tmp_path):
    scenario = cityflow_scenario(write(tmp_path / "set", twice), phases=[0, 1])
    assert scenario.build_network().phase_names == (("phase 0", "phase 1"), ("phase 0",))
    assert told(scenario) == [
        "roadnet.json: 1 of 2 intersections have only some of the rows 0 and 1 as phases; it is next with row 0"
    ]


def test_a_strict_reader_refuses_rows_that_a_table_lacks(tmp_path):
    scenario = cityflow_scenario(write(tmp_path / "set", twice), phases=[0, 1])
    with pytest.raises(TrafficError, match=r"^signals.phases: row 1 serves no movement at next; leave it out, or give"):
        ensure_strict(scenario.remarks())
    ensure_strict(cityflow_scenario(tmp_path / "set", phases={"next": [0]}).remarks())


def test_short_rows_that_are_chosen_are_phases_and_no_yellow(tmp_path):
    folder = write(tmp_path / "set", "yellow_rows_with_greens")
    all_rows = cityflow_scenario(folder, phases=[0, 1, 2, 3])
    assert all_rows.build_network().phase_names == (("phase 0", "phase 1", "phase 2", "phase 3"),)
    assert (all_rows.signals.yellow_s, told(all_rows)) == (5, [])
    assert cityflow_scenario(folder, phases={"mid": [0, 2, 3]}).signals.yellow_s == 3


def test_an_intersection_without_any_of_the_rows_is_named(tmp_path):
    with pytest.raises(
        ScenarioError, match=r"^signals.phases: row 1 serves no movement at next; add one of its phases, 0, or "
    ):
        cityflow_scenario(write(tmp_path / "set", twice), phases=[1])


def test_rows_by_intersection_survive_json_and_scripts(tmp_path):
    scenario = cityflow_scenario(write(tmp_path / "set", twice), phases={"next": [2], "mid": [1, 0]})
    assert scenario.build_network().phase_names == (("phase 1", "phase 0"), ("phase 2",))
    scenario.save(tmp_path / "one.json")
    assert json.loads((tmp_path / "one.json").read_text())["signals"]["phases"] == {"mid": [1, 0], "next": [2]}
    loaded = load_scenario(tmp_path / "one.json")
    assert loaded == scenario
    assert loaded.hash() == scenario.hash()
    assert Signals(phases={"b": [1], "a": [2]}) == Signals(phases={"a": (2,), "b": (1,)})
    assert hash(Signals(phases={"b": [1], "a": [2]})) == hash(Signals(phases={"a": [2], "b": [1]}))


def test_the_rows_of_one_intersection_overrule_the_default_there_alone(tmp_path):
    folder = write(tmp_path / "set", twice)
    assert "row 2 taken as a repeat of row 0" in told(cityflow_scenario(folder))[0]
    overruled = cityflow_scenario(folder, phases={"next": [0, 2]})
    assert overruled.build_network().phase_names == (("phase 0", "phase 1"), ("phase 0", "phase 2"))
    assert told(overruled) == []


@pytest.mark.parametrize(
    ("phases", "message"),
    [
        ({"nxt": [0]}, "signals.phases[nxt]: there is no intersection with signals of this name; did you mean next? "),
        ({"next": [1]}, "signals.phases[next]: row 1 serves no movement; give some of its rows 0, 2"),
        ({"next": [7]}, "signals.phases[next]: row 7 is not in its phase table; give rows from 0 to 2"),
        ({"next": [0, 0]}, "signals.phases[next]: row 0 is given twice; "),
        ({"next": []}, "signals.phases[next]: [] is no choice of phases; "),
        ({"next": "four"}, "signals.phases[next]: 'four' is a set of phases for generated networks; "),
        ({}, "signals.phases: {} is no choice of phases; "),
        ({1: [0]}, "signals.phases: {1: [0]} is no choice of phases; "),
    ],
)
def test_a_bad_choice_by_intersection_is_one_line(tmp_path, phases, message):
    with pytest.raises(ScenarioError) as caught:
        cityflow_scenario(write(tmp_path / "set", twice), phases=phases)
    assert str(caught.value).startswith(message)


def test_tables_that_differ_in_their_yellow_take_the_longest_and_say_so(tmp_path):
    def differ(data):
        twice(data)
        data.set_phases((30, [0, 2]), (3, []), (30, [1, 2]), (3, []))
        rows = [phase(30, [0]), phase(4, []), phase(30, [0, 1]), phase(2, [])]
        rows = [phase(30, [0]), phase(4, [0]), phase(1, []), phase(30, [1])]
        other = data.node("next")
        other["roadLinks"].append({**link("turn_left", "e_out", "on2")})
        other["roads"].append("on2")
        other["trafficLight"] = {"roadLinkIndices": [0, 1], "lightphases": rows}
        points = [{"x": 300, "y": 0}, {"x": 300, "y": 300}]
        data.roadnet["roads"].append({**data.road("on"), "id": "on2", "endIntersection": "up", "points": points})
        data.roadnet["intersections"].append(
            {**data.node("north"), "id": "up", "point": {"x": 300, "y": 300}, "roads": ["on2"]}
        )

    scenario = cityflow_scenario(write(tmp_path / "set", differ))
    assert (scenario.signals.yellow_s, scenario.signals.all_red_s) == (4, 1)
    assert told(scenario)[-1] == (
        "roadnet.json: yellow and all-red last 3 to 5 s in the phase tables; one time holds for all, by default the "
        "longest, that of next"
    )


@pytest.mark.parametrize(
    ("change_s", "remarks"),
    [
        (4, ["roadnet.json: yellow and all-red last 4 s in the phase tables, which holds by default"]),
        (5, []),
    ],
)
def test_an_unusual_time_between_two_phases_is_told_of_an_ordinary_table(tmp_path, change_s, remarks):
    def change(data):
        data.set_phases((30, [0]), (change_s, []), (30, [1, 2]), (change_s, []))

    scenario = cityflow_scenario(write(tmp_path / "set", change))
    assert scenario.signals.yellow_s + scenario.signals.all_red_s == change_s
    assert told(scenario) == remarks


def test_a_movement_without_green_and_a_lane_that_blocks_itself_are_told_of_a_file(tmp_path):
    def never_green(data):
        data.set_phases((30, [0]), (5, []), (30, [1]), (5, []))

    def never_together(data):
        data.set_phases((30, [0, 1]), (5, []), (30, [0, 2]), (5, []))

    assert told(cityflow_scenario(write(tmp_path / "one", never_green))) == [
        "roadnet.json: 1 of 3 movements are green in no phase; it is s_in -> e_out at mid"
    ]
    assert told(cityflow_scenario(write(tmp_path / "two", never_together))) == [
        "roadnet.json: 1 of 2 lanes at signals block themselves, because no phase serves all turns of the lane; it is "
        'lane s_in_0 at mid, which goes through to n_out in "phase 0", right to e_out in "phase 2"'
    ]
    with pytest.warns(DataWarning, match="block themselves"):
        cityflow_scenario(write(tmp_path / "three", never_together)).build_network()


@pytest.mark.parametrize(
    ("text", "rows"),
    [("1-4", (1, 2, 3, 4)), ("1,3,5-6", (1, 3, 5, 6)), ("7", (7,)), ("2, 0", (2, 0)), ("3-3", (3,))],
)
def test_phases_are_lists_and_ranges_of_rows(text, rows):
    assert parse_phases(text) == rows


@pytest.mark.parametrize("text", ["", "a", "4-1", "1-", "-1", "1,,2", "1-2-3", "1.5", "1;2", "99999999"])
def test_other_phases_are_refused(text):
    with pytest.raises(UsageError, match=r"--phases: .* is not a list of rows; write it like 1-4 or 1,3,5-6"):
        parse_phases(text)


def test_a_row_given_twice_is_refused():
    with pytest.raises(UsageError, match=r"--phases: '1-3,2' has row 2 twice"):
        parse_phases("1-3,2")


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        ("[1, 2]", (1, 2)),
        ('{"mid": [0, 2], "next": [1]}', {"mid": (0, 2), "next": (1,)}),
        ('\n {"a b": [3]}', {"a b": (3,)}),
    ],
)
def test_a_file_holds_rows_or_rows_by_intersection(tmp_path, content, rows):
    (tmp_path / "rows.json").write_text(content)
    assert parse_phases(str(tmp_path / "rows.json")) == rows


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ("{}", r"rows.json has {}, which is not a list of rows; write the file like"),
        ("[]", r"rows.json has \[\], which is not a list of rows"),
        ("3", r"rows.json has 3, which is not a list of rows"),
        ('["1"]', r"rows.json has \['1'\], which is not a list of rows"),
        ('{"mid": 1}', r"rows.json, 'mid', has 1, which is not a list of rows"),
        ('{"mid": [true]}', r"rows.json, 'mid', has \[True\], which is not a list of rows"),
        ('{"mid": [1, 1]}', r"rows.json, 'mid', has row 1 twice"),
        ("[2, -1]", r"rows.json has \[2, -1\], which is not a list of rows"),
    ],
)
def test_other_files_of_phases_are_refused(tmp_path, content, what):
    (tmp_path / "rows.json").write_text(content)
    with pytest.raises(UsageError, match=r"^--phases: .*" + what):
        parse_phases(str(tmp_path / "rows.json"))


def test_a_file_of_phases_that_is_missing_or_no_json_is_named(tmp_path):
    with pytest.raises(FileError, match=r"none.json"):
        parse_phases(str(tmp_path / "none.json"))
    (tmp_path / "bad.json").write_text("[1,")
    with pytest.raises(FileError, match=r"bad.json: is not JSON: line 1"):
        parse_phases(str(tmp_path / "bad.json"))
