"""The page of a recording, in a browser: it plays, seeks, and shows the traffic where the window would."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest

from tests.helpers.played_page import READY, second_shown, texts
from tests.helpers.recorded import SECONDS, recorded
from traffic_marl.viewer.page.html import page, write_page
from traffic_marl.viewer.scene.lights import lights
from traffic_marl.viewer.scene.vehicles import boxes, moment_between

FINENESS = 1 / 128  # [m] that the lines of the page are rounded to
TRAFFIC = """(async (time) => {
  const header = JSON.parse(element("header").textContent);
  const columns = columnsOfRun(await unpackedColumns(header.columns, element("columns").textContent), 0);
  const traffic = new Traffic(header, columns, new Streets(header, columns));
  const vehicles = traffic.at(time).map(({ number, front, rear, speed, delay }) =>
    [number, front.x, front.y, rear.x, rear.y, speed, delay]);
  const shown = [...columns.movement_intersection.keys()].map((movement) => traffic.light(movement, Math.ceil(time)));
  return { vehicles, shown };
})"""

WHOLE_MAP = """(async ([x, y], zoomed) => {
  const header = JSON.parse(element("header").textContent);
  const streets = new Streets(header, await unpackedColumns(header.columns, element("columns").textContent));
  const camera = new Camera();
  [camera.width, camera.height] = [element("map").clientWidth, element("map").clientHeight];
  camera.fit(streets.bounds, element("panel").getBoundingClientRect().width + 20);
  camera.zoom(zoomed);
  return camera.pixels(x, y);
})"""  # where a point lies on the screen when the whole map is shown, or after zooming from there


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """Where the recording's page is."""
    path = tmp_path_factory.mktemp("page") / "run.html"
    write_page([recorded()], path)
    return f"file://{path}"


@pytest.fixture
def opened(browser, address):
    """Opens the page of the recording. At the end it must not have reported any error."""

    def opened(address_part=""):
        browser.open(f"{address}#{address_part}")
        browser.wait(READY)
        return browser

    yield opened
    assert browser.complaints == []


def pixels(browser):
    """The map as it is drawn now."""
    texts(browser)
    return browser.evaluate('element("map").toDataURL()')


# In a browser


@pytest.mark.parametrize("second", [0, 60, SECONDS])
def test_the_page_tells_what_the_moment_was(opened, second):
    found, moment = texts(opened(f"t={second}")), recorded().moment_at(second)
    assert found["clock"] == f"0:{second // 60:02}:{second % 60:02}"
    assert found["under_way"] == f"{moment.under_way} veh"
    assert found["completed"] == f"{moment.completed} veh"
    assert found["backlog"] == f"{moment.backlog.sum()} veh"
    if second:
        assert float(found["mean_delay"].split()[0]) == pytest.approx(moment.mean_delay, abs=0.06)
    else:
        assert found["mean_delay"] == "-"
    assert found["strategy"] == "longest_queue"
    assert found["scenario"] == "crossing, seed 3, decisions every 7 s"


def test_the_page_plays_until_it_is_paused(opened):
    browser = opened("t=10&speed=20")
    browser.press(" ")
    browser.wait('element("clock").textContent > "0:00:20"')
    assert texts(browser)["play"] == "pause"
    browser.press(" ")
    stopped, before = second_shown(browser), pixels(browser)
    browser.evaluate("new Promise((done) => setTimeout(done, 200))")
    assert texts(browser)["play"] == "play"
    assert second_shown(browser) == stopped
    assert pixels(browser) == before


def test_the_page_stops_at_the_end_and_starts_again(opened):
    browser = opened("t=85&speed=10&play")
    browser.wait('element("play").textContent === "play"')
    assert second_shown(browser) == SECONDS
    browser.press(" ")
    assert second_shown(browser) < SECONDS


@pytest.mark.parametrize(
    ("keys", "second"),
    [
        (["ArrowRight", "ArrowRight"], 50),
        (["ArrowLeft"], 20),
        (["."], 31),
        ([",", ","], 28),
        (["End"], SECONDS),
        (["Home", "ArrowLeft"], 0),
    ],
)
def test_keys_seek_by_seconds_and_to_the_ends(opened, keys, second):
    browser = opened("t=30")
    for key in keys:
        browser.press(key)
    assert second_shown(browser) == second
    assert texts(browser)["under_way"] == f"{recorded().moment_at(second).under_way} veh"


def test_shift_seeks_a_minute(opened):
    browser = opened("t=25")
    browser.press("ArrowRight", shift=True)
    assert second_shown(browser) == 85


def test_slider_and_chart_seek(opened):
    browser = opened()
    for name in ("time", "chart"):
        box = browser.evaluate(f'element("{name}").getBoundingClientRect().toJSON()')
        for share, least, most in ((0.5, 40, 50), (0.2, 13, 23)):
            browser.click(box["left"] + share * box["width"], box["top"] + box["height"] / 2)
            assert least < second_shown(browser) < most


def test_an_intersection_tells_its_phase(opened):
    browser = opened("t=40")
    for key in ("i", "i"):
        browser.press(key)
    found, moment, streets = texts(browser), recorded().moment_at(40), recorded().street_map
    on_approaches = np.isin(moment.positions.drivable, streets.incoming_lanes[1])
    assert found["chosen_name"] == streets.intersections[1]
    assert f" for {moment.positions.age[1]} s\n" in found["chosen_lines"]
    assert streets.phase_names[1][moment.positions.phase[1]] in found["chosen_lines"]
    assert f"{on_approaches.sum()} veh on the approaches" in found["chosen_lines"]
    assert f"{moment.queue[streets.incoming_lanes[1]].sum()} halted" in found["chosen_lines"]


def test_mouse_and_keys_move_zoom_and_colour_the_map(opened):
    browser = opened(f"t=40&at={recorded().street_map.intersections[0]}")
    seen = [pixels(browser)]
    browser.mouse("mouseWheel", 500, 300, deltaX=0, deltaY=-120)
    seen.append(pixels(browser))
    browser.drag((500, 300), (560, 340))
    seen.append(pixels(browser))
    browser.press("f")
    seen.append(pixels(browser))
    browser.press("c")
    seen.append(pixels(browser))
    assert len(set(seen)) == len(seen)


def test_a_click_chooses_and_escape_chooses_nothing(opened):
    name = recorded().street_map.intersections[0]
    browser = opened(f"t=0&at={name}")
    browser.press("Escape")
    texts(browser)
    assert browser.evaluate('element("chosen").hidden')
    box = browser.evaluate('element("map").getBoundingClientRect().toJSON()')
    browser.click(box["width"] / 2, box["height"] / 2)
    assert texts(browser)["chosen_name"] == name


def test_a_vehicle_is_followed(opened):
    browser = opened("t=40")
    number, *ends = browser.evaluate(f"{TRAFFIC}(40)")["vehicles"][0][:5]
    middle = [(ends[0] + ends[2]) / 2, (ends[1] + ends[3]) / 2]
    browser.press("+")
    browser.click(*browser.evaluate(f"{WHOLE_MAP}({json.dumps(middle)}, 1.25)"))
    found = texts(browser)
    assert found["chosen_name"] == f"vehicle {number}"
    assert "km/h" in found["chosen_lines"]
    before = pixels(browser)
    browser.press(".")
    assert pixels(browser) != before
    browser.drag((300, 300), (340, 300))
    texts(browser)
    assert browser.evaluate('element("chosen").hidden')


def test_help_opens_and_closes(opened):
    browser = opened()
    browser.press("h")
    assert not browser.evaluate('element("help").hidden')
    assert "play or pause" in texts(browser)["keys"]
    browser.press("Escape")
    assert browser.evaluate('element("help").hidden')


@pytest.mark.parametrize("time", [0.0, 40.0, 40.25, 41.5, 63.7, 89.9])
def test_vehicles_and_lights_are_where_the_window_draws_them(opened, time):
    found, streets, second = opened().evaluate(f"{TRAFFIC}({time})"), recorded().street_map, int(time)
    earlier, later = recorded().moment_at(second), recorded().moment_at(min(second + 1, SECONDS))
    moment = moment_between(streets, earlier, later, time - second) if time > second else earlier
    vehicles, expected = moment.positions.vehicle, boxes(streets, moment.positions)
    west, south, _, _ = streets.bounds
    ends = np.concatenate([expected.front, expected.rear], axis=1) - (west, south, west, south)
    by_vehicle = np.argsort(vehicles, kind="stable")
    rows = np.array(found["vehicles"]).reshape(-1, 7)
    rows = rows[np.argsort(rows[:, 0], kind="stable")]
    assert np.array_equal(rows[:, 0], vehicles[by_vehicle])
    assert np.allclose(rows[:, 1:5], ends[by_vehicle], atol=4 * FINENESS)
    assert found["shown"] == lights(streets, moment.positions).tolist()


def test_a_browser_that_cannot_unpack_says_so(browser, tmp_path):
    text = page([recorded()]).replace("<script>", "<script>delete window.DecompressionStream;</script><script>", 1)
    (tmp_path / "old.html").write_text(text)
    browser.open(f"file://{tmp_path / 'old.html'}")
    browser.wait('document.getElementById("message").textContent.includes("cannot unpack the recording")')


# Without a browser


def test_the_page_asks_for_nothing_from_outside():
    text = page([recorded()])
    without_data = re.sub(r'<script id="columns".*?</script>', "", text, flags=re.DOTALL)
    assert re.findall(r"(?:https?:)?//[a-z]+\.", without_data) == []
    assert "default-src 'none'" in text
    assert "@@" not in without_data


def test_names_cannot_break_out_of_the_page():
    origin = replace(recorded().origin, strategy="</script><script>alert(1)</script>", scenario="a & <b>")
    text = page([replace(recorded(), origin=origin)])
    assert "<script>alert" not in text
    assert "a &amp; &lt;b&gt;" in text
    header = re.search(r'<script id="header"[^>]*>(.*?)</script>', text, flags=re.DOTALL)
    assert json.loads(header[1])["runs"][0]["origin"]["strategy"] == origin.strategy


def test_the_page_is_written_as_it_is(tmp_path):
    write_page([recorded()], tmp_path / "run.html")
    assert (tmp_path / "run.html").read_text(encoding="utf-8") == page([recorded()])
