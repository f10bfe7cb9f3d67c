"""SUMO's configurations as users have them, and wrong ones."""

import gzip

import pytest

from tests.helpers.sumo_town import TOWN, routes
from traffic_marl.errors import FileError, UsageError
from traffic_marl.scenario.data_sets.sumo import SumoNames, find_sumo_files
from traffic_marl.scenario.sumo import scenario_of_files

NAMES = SumoNames("--sumo", "--routes")
TRIPS = ('<trip id="one" depart="0" from="WC" to="CT"/>', '<trip id="two" depart="40" from="WC" to="CT"/>')


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A folder with the town and a route file, in which we are."""
    (tmp_path / "town.net.xml").write_text(TOWN.read_text())
    routes(tmp_path, *TRIPS)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def config(folder, *options, root="configuration", name="run.sumocfg", section="input"):
    path = folder / name
    path.write_text(f"<{root}><{section}>{''.join(options)}</{section}></{root}>")
    return path


def found(path, *given, needs_routes=True):
    return find_sumo_files(path, given, NAMES, needs_routes=needs_routes)


NET, ROUTES = '<net-file value="town.net.xml"/>', '<route-files value="town.rou.xml"/>'


@pytest.mark.parametrize(
    "options",
    [
        (NET, ROUTES),
        ('<n value="town.net.xml"/>', '<r value="town.rou.xml"/>'),
        ('<net-file value=" town.net.xml "/>', '<route-files value=" , town.rou.xml,"/>'),
        ('<net-file v="town.net.xml"/>', '<route-files v="town.rou.xml"/>'),
        ('<net-file value="./../${WHERE}/town.net.xml"/>', ROUTES),
        ('<net-file value=".\\town.net.xml"/>', ROUTES),
    ],
)
def test_the_files_are_found_however_they_are_written(folder, monkeypatch, options):
    monkeypatch.setenv("WHERE", folder.name)
    files = found(config(folder, *options))
    assert files.network.samefile("town.net.xml")
    assert [path.name for path in files.routes] == ["town.rou.xml"]


def test_sections_may_have_any_name_or_be_missing(folder):
    assert found(config(folder, NET, ROUTES, section="my_files")).routes
    bare = folder / "bare.sumocfg"
    bare.write_text(f"<sumoConfiguration>{NET}{ROUTES}</sumoConfiguration>")
    assert found(bare).routes


def test_several_route_files_are_read_in_order(folder):
    routes(folder, '<trip id="three" depart="9" from="WC" to="CT"/>', name="more.rou.xml")
    for separator in (",", ";", ", "):
        files = found(config(folder, NET, f'<route-files value="more.rou.xml{separator}town.rou.xml"/>'))
        assert [path.name for path in files.routes] == ["more.rou.xml", "town.rou.xml"]


def test_a_packed_configuration_is_read(folder):
    path = folder / "run.sumocfg.gz"
    path.write_bytes(gzip.compress(config(folder, NET, ROUTES).read_bytes()))
    assert found(path).network.name == "town.net.xml"


def test_additional_files_may_hold_the_vehicles(folder):
    text = f"<additional>{TRIPS[0]}</additional>"
    (folder / "cars.add.xml").write_text(text)
    files = found(config(folder, NET, '<additional-files value="cars.add.xml"/>'))
    assert len(scenario_of_files(files, None, None, None, ("", "")).build_demand().draw(0)) == 1


def test_additional_files_of_other_kinds_are_told(folder):
    (folder / "view.xml").write_text("<viewsettings/>")
    files = found(config(folder, NET, ROUTES, '<a value="view.xml"/>'))
    assert [str(each) for each in files.remarks] == ["run.sumocfg: the additional file view.xml has no effect here"]
    assert len(files.routes) == 1


@pytest.mark.parametrize(
    ("options", "times"),
    [
        (('<begin value="25200"/>', '<end value="28800"/>'), (25200, 28800)),
        (('<b value="07:00:00"/>', '<e value="08:00:00"/>'), (25200, 28800)),
        (('<begin value="0.00"/>', '<end value="-1"/>'), (0, None)),
        ((), (None, None)),
    ],
)
def test_times_are_read_as_sumo_writes_them(folder, options, times):
    files = found(config(folder, NET, ROUTES, *options))
    assert (files.begin, files.end) == times


def test_scale_multiplies_the_demand(folder):
    files = found(config(folder, NET, ROUTES, '<scale value="3"/>'))
    scenario = scenario_of_files(files, None, None, None, ("", ""))
    assert scenario.demand_factor == 3
    assert len(scenario.build_demand().draw(0)) == 3 * len(TRIPS)


def test_options_without_effect_are_told_with_their_names(folder):
    options = (
        '<step-length value="0.5"/>',
        '<time-to-teleport value="300"/>',
        '<device.rerouting.probability value="1"/>',
        '<lateral-resolution value="0.8"/>',
        '<device.rerouting.with-taz value="false"/>',
        '<duration-log.statistics value="true"/>',
    )
    told = [str(each) for each in found(config(folder, NET, ROUTES, *options)).remarks]
    assert told == [
        "run.sumocfg: step-length is 0.5, but vehicles move in steps of 1 s here",
        "run.sumocfg: time-to-teleport is 300, but nobody is taken from the road after a wait here",
        "run.sumocfg: 2 options about the moving of vehicles without effect here: device.rerouting.probability, "
        "lateral-resolution",
    ]


def test_options_that_ask_for_what_is_done_here_are_no_remark(folder):
    options = ('<step-length value="1.0"/>', '<time-to-teleport value="-1"/>', '<scale value="1"/>')
    assert found(config(folder, NET, ROUTES, *options)).remarks == ()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ((ROUTES,), "it names no road network; give it one <net-file"),
        (('<net-file value="a.net.xml,b.net.xml"/>', ROUTES), "it names 2 road networks"),
        ((NET,), "it names no route files; give --routes as well"),
        ((NET, '<route-files value=""/>'), "it names no route files"),
        ((NET, '<route-files value="missing.rou.xml"/>'), "run.sumocfg: there is no file .*missing.rou.xml"),
        ((NET, ROUTES, '<a value="missing.add.xml"/>'), "there is no file .*missing.add.xml; name additional files"),
        (('<net-file value="town.rou.xml"/>', ROUTES), "is a route file of SUMO; name a road network of SUMO in it"),
        ((NET, '<route-files value="town.net.xml"/>'), "is a road network of SUMO; name route files"),
        ((NET, f'<route-files value="{"x" * 300}.xml"/>'), "run.sumocfg: there is no file .*; name route files"),
        ((NET, ROUTES, f'<a value="{"x" * 300}.xml"/>'), "there is no file .*; name additional files"),
        ((NET, ROUTES, '<begin value="soon"/>'), "'soon' is no time; give seconds"),
        ((NET, ROUTES, '<end value="1e300"/>'), "'1e300' is no time; give seconds"),
        (
            (NET, ROUTES, '<begin value="60"/><end value="60"/>'),
            "it ends at 60 s, and begins at 60 s; give a later end",
        ),
        ((NET, ROUTES, '<scale value="0"/>'), "'0' is no factor on the demand; give a number from 0.01 to 100"),
        (('<net-file value="${NOT_SET}/town.net.xml"/>', ROUTES), "there is no file .*NOT_SET"),
    ],
)
def test_a_wrong_configuration_is_told(folder, options, words):
    with pytest.raises(FileError, match=words):
        found(config(folder, *options))


def test_a_network_alone_is_enough_where_vehicles_come_from_elsewhere(folder):
    assert found(folder / "town.net.xml", needs_routes=False).routes == ()
    assert found(config(folder, NET), needs_routes=False).routes == ()
    with pytest.raises(UsageError, match="the road network has no vehicles"):
        found(folder / "town.net.xml")


def test_given_route_files_take_the_place_of_those_of_the_configuration(folder):
    other = routes(folder, TRIPS[0], name="other.rou.xml")
    assert found(config(folder, NET, '<r value="missing.rou.xml"/>'), other).routes == (other,)


def with_program(folder, greens, rows):
    """The town with a program of so many greens, one link each, whose rows are made by a function of the state."""
    text = TOWN.read_text()
    begin, end = text.index("<phase"), text.index("</tlLogic>")
    length = len(text[begin:end].partition('state="')[2].partition('"')[0])
    states = ["".join("G" if place == green else "r" for place in range(length)) for green in range(greens)]
    (folder / "town.net.xml").write_text(text[:begin] + "".join(map(rows, states)) + text[end:])
    return scenario_of_files(found(config(folder, NET, ROUTES)), None, None, None, ("", ""))


def step(state, green, yellow):
    return f'<phase duration="{green}" state="{state}"/><phase duration="{yellow}" state="{state.replace("G", "y")}"/>'


def test_a_signal_with_many_phases_has_time_for_all_of_them(folder):
    scenario = with_program(folder, 12, lambda state: step(state, 20, 3))
    assert scenario.signals.max_red_s == 12 * 33


def test_the_max_red_leaves_time_for_the_programs_of_the_file(folder):
    assert with_program(folder, 4, lambda state: step(state, 97, 3)).signals.max_red_s == 400
    assert with_program(folder, 3, lambda state: step(state, 27, 3)).signals.max_red_s == 300


@pytest.mark.parametrize(("green", "least"), [(20, 5), (8, 5), (3, 3), (4.5, 4), (0.5, 1)])
def test_the_min_green_is_no_longer_than_the_greens_of_the_programs(folder, green, least):
    assert with_program(folder, 3, lambda state: step(state, green, 3)).signals.min_green_s == least


def test_vehicles_outside_the_times_of_the_configuration_are_told(folder):
    files = found(config(folder, NET, ROUTES, '<begin value="20"/><end value="200"/>'))
    told = [each.what for each in scenario_of_files(files, None, None, None, ("--from", "--until")).remarks()]
    assert "about 1 of 2 vehicles are due before second 20 of the demand and left out (as drawn with seed 0)" in told


def test_times_without_any_vehicle_say_where_the_vehicles_are(folder):
    files = found(config(folder, NET, ROUTES, '<begin value="100"/><end value="200"/>'))
    told = [each.what for each in scenario_of_files(files, None, None, None, ("--from", "--until")).remarks()]
    assert told[-1].startswith("about 2 of 2 vehicles are due before second 100 of the demand and left out")
    assert not any("every flow is 0" in each for each in told)
