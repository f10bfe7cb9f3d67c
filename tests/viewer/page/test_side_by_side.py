"""The page of two recordings, in a browser: two maps and one clock."""

import json
import re
from dataclasses import replace

import pytest

from tests.helpers.played_page import DRAWN, READY, second_shown, texts
from tests.helpers.recorded import SECONDS, SHORT, recorded, shorter
from traffic_marl.viewer.page.html import page, write_page
from traffic_marl.viewer.scene.colours import RUN_COLOURS

MAPS = ("map", "map_2")
PHONE = (390, 844)  # [px]
MIDDLES = """(async () => {
  const header = JSON.parse(element("header").textContent);
  const columns = columnsOfRun(await unpackedColumns(header.columns, element("columns").textContent), PLACE);
  const traffic = new Traffic(header, columns, new Streets(header, columns));
  return traffic.at(TIME).map(({ number, front, rear }) => [number, (front.x + rear.x) / 2, (front.y + rear.y) / 2]);
})()"""


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """The address of the page of two recordings."""
    path = tmp_path_factory.mktemp("page") / "two.html"
    write_page([shorter(), recorded()], path)
    return f"file://{path}"


@pytest.fixture
def opened(browser, address):
    """Opens the page of two recordings. At the end it must not have reported any error."""

    def opened(address_part="", size=(1000, 700)):
        measures = {"width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": size == PHONE}
        browser.ask("Emulation.setDeviceMetricsOverride", **measures)
        browser.open(f"{address}#{address_part}")
        browser.wait(READY)
        return browser

    yield opened
    assert browser.complaints == []


def boxes(browser, *names):
    """Rectangles of elements on the screen [px]."""
    browser.evaluate(DRAWN)
    return [browser.evaluate(f'element("{name}").getBoundingClientRect().toJSON()') for name in names]


def drawn(browser):
    """Both maps as they are drawn now."""
    browser.evaluate(DRAWN)
    return [browser.evaluate(f'element("{name}").toDataURL()') for name in MAPS]


@pytest.mark.parametrize("second", [0, 40, SHORT])
def test_both_runs_tell_their_moments_on_one_clock(opened, second):
    found = texts(opened(f"t={second}"))
    assert found["clock"] == f"0:{second // 60:02}:{second % 60:02}"
    for recording, end in ((shorter(), ""), (recorded(), "_2")):
        moment = recording.moment_at(second)
        assert found[f"strategy{end}"] == found[f"label{end}"] == recording.label
        assert found[f"under_way{end}"] == f"{moment.under_way} veh"
        assert found[f"completed{end}"] == f"{moment.completed} veh"
        assert found[f"backlog{end}"] == f"{moment.backlog.sum()} veh"
        if second:
            assert float(found[f"mean_delay{end}"].split()[0]) == pytest.approx(moment.mean_delay, abs=0.06)
        assert found[f"label_delay{end}"] == found[f"mean_delay{end}"]
        assert found[f"scenario{end}"].startswith("crossing, seed 3, decisions every ")


def test_the_difference_is_that_of_the_delays(opened):
    found = texts(opened("t=60"))
    difference = recorded().mean_delay[60] - shorter().mean_delay[60]
    assert found["difference_of"] == "longest_queue minus fixed_time"
    assert float(found["difference_is"].split()[0]) == pytest.approx(difference, abs=0.06)
    assert texts(opened("t=0"))["difference_is"] == "-"


def test_a_run_that_ends_before_the_other_stays_at_its_end(opened):
    browser = opened(f"t={SHORT}")
    first, second = drawn(browser)
    browser.press("End")
    found = texts(browser)
    assert second_shown(browser) == SECONDS
    assert found["under_way"] == f"{shorter().moment_at(SHORT).under_way} veh"
    assert found["under_way_2"] == f"{recorded().moment_at(SECONDS).under_way} veh"
    assert drawn(browser)[0] == first
    assert drawn(browser)[1] != second


def test_both_maps_play_until_they_are_paused(opened):
    browser = opened("t=10&speed=20")
    before = drawn(browser)
    browser.press(" ")
    browser.wait('element("clock").textContent > "0:00:15"')
    browser.press(" ")
    after = drawn(browser)
    assert before[0] != after[0]
    assert before[1] != after[1]
    browser.evaluate("new Promise((done) => setTimeout(done, 200))")
    assert drawn(browser) == after


def test_the_maps_stand_side_by_side_and_are_equally_large(opened):
    for size in ((1000, 700), (1001, 701)):
        browser = opened(size=size)
        left, right, panel = boxes(browser, *MAPS, "panel")
        assert (left["width"], left["height"], left["top"]) == (right["width"], right["height"], right["top"])
        assert left["width"] == int(left["width"]) > 300
        assert left["right"] <= right["left"]
        assert right["right"] <= panel["left"] + 1, "the panel covers a map"


def test_the_maps_of_a_phone_stand_below_each_other(opened):
    browser = opened("t=50", size=PHONE)
    panel, above, below, controls = boxes(browser, "panel", *MAPS, "controls")
    assert above["left"] == below["left"] == 0
    assert above["width"] == below["width"] == PHONE[0]
    assert panel["bottom"] <= above["top"] + 1
    assert above["bottom"] <= below["top"] <= below["bottom"] <= controls["top"] + 1
    assert min(above["height"], below["height"]) > 150
    assert browser.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    assert [texts(browser)[name] for name in ("label", "label_2")] == ["fixed_time", "longest_queue"]


@pytest.mark.parametrize("name", MAPS)
def test_a_drag_and_the_wheel_move_both_maps(opened, name):
    browser = opened("t=30")
    seen = [drawn(browser)]
    (box,) = boxes(browser, name)
    x, y = box["left"] + 60, box["top"] + 90
    browser.drag((x, y), (x + 40, y + 30))
    seen.append(drawn(browser))
    browser.mouse("mouseWheel", x, y, deltaX=0, deltaY=-120)
    seen.append(drawn(browser))
    browser.press("f")
    seen.append(drawn(browser))
    for place in range(2):
        assert len({pair[place] for pair in seen[:3]}) == 3
        assert seen[3][place] == seen[0][place]


def test_an_intersection_is_told_of_for_both_runs(opened):
    browser = opened(f"t=40&at={recorded().street_map.intersections[1]}")
    lines = texts(browser)["chosen_lines"]
    assert texts(browser)["chosen_name"] == recorded().street_map.intersections[1]
    parts = dict(zip(("fixed_time", "longest_queue"), lines.split("\n\n"), strict=True))
    for recording in (shorter(), recorded()):
        moment = recording.moment_at(40)
        part = parts[recording.label]
        assert part.startswith(f"{recording.label}:\n")
        assert f" for {moment.positions.age[1]} s\n" in part
        assert f"{moment.queue[recording.street_map.incoming_lanes[1]].sum()} halted" in part


def test_a_vehicle_of_the_second_map_is_followed_on_both(opened):
    """Its numbers are those of the second run. The first map shows no mark, but the same place."""
    browser = opened(f"t=40&at={recorded().street_map.intersections[0]}")
    script = MIDDLES.replace("PLACE", "1").replace("TIME", "40")
    number, x, y = min(browser.evaluate(script), key=lambda row: distance(browser, row))
    (box,) = boxes(browser, "map_2")
    px, py = on_screen(browser, x, y)
    browser.click(box["left"] + px, box["top"] + py)
    found = texts(browser)
    assert found["chosen_name"] == f"vehicle {number}"
    assert found["chosen_lines"].startswith("longest_queue:\n")
    before = drawn(browser)
    for _ in range(3):
        browser.press(".")
    assert drawn(browser)[0] != before[0]
    assert drawn(browser)[1] != before[1]


def on_screen(browser, x, y):
    """[px] place on a map of a point [m], when the page has gone to the first intersection."""
    return browser.evaluate(f"""(async () => {{
      const header = JSON.parse(element("header").textContent);
      const {{ middles, reaches }} = await unpackedColumns(header.columns, element("columns").textContent);
      const width = element("map_2").clientWidth, height = element("map_2").clientHeight;
      const scale = Math.min(width, height) / (ROOM_AROUND * reaches[0]);
      return [({x} - middles[0]) * scale + width / 2, (middles[1] - {y}) * scale + height / 2];
    }})()""")


def distance(browser, row):
    """[px] from the middle of the map to a vehicle."""
    (box,) = boxes(browser, "map_2")
    px, py = on_screen(browser, *row[1:])
    return abs(px - box["width"] / 2) + abs(py - box["height"] / 2)


def test_names_have_the_colours_of_their_lines(opened):
    browser = opened("t=80")
    assert texts(browser)["lines"].split() == ["fixed_time", "longest_queue"]
    seen = browser.evaluate("""(() => {
      const { width, height } = element("chart");
      const { data } = element("chart").getContext("2d").getImageData(0, 0, width, height);
      const colours = new Set();
      for (let i = 0; i < data.length; i += 4) colours.add(`rgb(${data.slice(i, i + 3).join(", ")})`);
      return [...colours];
    })()""")
    for end, colour in zip(("", "_2"), RUN_COLOURS, strict=True):
        words = f"rgb({', '.join(map(str, colour))})"
        assert words in seen
        for name in ("label", "strategy"):
            assert browser.evaluate(f'getComputedStyle(element("{name}{end}")).color') == words


def test_slider_and_chart_reach_the_end_of_the_longer_run(opened):
    browser = opened()
    assert browser.evaluate('element("time").max') == str(SECONDS)
    (chart,) = boxes(browser, "chart")
    browser.click(chart["left"] + 0.9 * chart["width"], chart["top"] + chart["height"] / 2)
    assert SHORT < second_shown(browser) < SECONDS


def test_runs_with_other_phases_show_their_own(browser, tmp_path):
    """The lanes are the same, but the second recording has other names of phases and other green movements."""
    streets = recorded().street_map
    shifted = tuple(rows[1:] + rows[:1] for rows in streets.row_movements)
    names = tuple(tuple(f"my {name}" for name in each) for each in streets.phase_names)
    other = replace(recorded(), street_map=replace(streets, phase_names=names, row_movements=shifted))
    write_page([recorded(), other], tmp_path / "two.html")
    browser.open(f"file://{tmp_path / 'two.html'}#t=40&at={streets.intersections[1]}")
    browser.wait(READY)
    first, second = texts(browser)["chosen_lines"].split("\n\n")
    name = streets.phase_names[1][recorded().moment_at(40).positions.phase[1]]
    assert f"phase: {name}\n" in first
    assert f"phase: my {name}\n" in second
    assert len(set(drawn(browser))) == 2, "the lights are those of the other run"
    assert browser.complaints == []


# Without a browser


def test_the_page_of_two_asks_for_nothing_from_outside_and_keeps_the_map_once():
    text, single = page([shorter(), recorded()]), page([recorded()])
    without_data = re.sub(r'<script id="columns".*?</script>', "", text, flags=re.DOTALL)
    assert re.findall(r"(?:https?:)?//[a-z]+\.", without_data) == []
    header = json.loads(re.search(r'<script id="header"[^>]*>(.*?)</script>', text, flags=re.DOTALL)[1])
    names = [column["name"] for column in header["columns"]]
    assert len(names) == len(set(names))
    assert names.count("lines.points") == 1
    assert {name for name in names if name.startswith("run1/")} == {
        f"run1/{name.removeprefix('run0/')}" for name in names if name.startswith("run0/")
    }
    assert len(text) > len(single)


def test_the_title_names_both_strategies_and_each_scenario_once():
    other = replace(recorded(), origin=replace(recorded().origin, scenario="another <one>"))
    assert "<title>fixed_time and longest_queue on crossing</title>" in page([shorter(), recorded()])
    assert "<title>fixed_time and longest_queue on crossing / another &lt;one&gt;</title>" in page([shorter(), other])
