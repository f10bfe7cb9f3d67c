"""The window on an invisible display: the actions of keys and mouse."""

import numpy as np
import pytest

from tests.helpers.opened_window import at
from tests.helpers.recorded import recorded
from tests.helpers.small_town import TOWN, live, same_moment, town_map

pytest.importorskip("pygame", reason="the window is pygame's")

import pygame

from traffic_marl.kernels.tables import NONE
from traffic_marl.strategies.named import NamedStrategy
from traffic_marl.viewer.live import LiveRun
from traffic_marl.viewer.scene.colours import CORRIDOR, HELD, SELECTED, SPEED_COLOURS
from traffic_marl.viewer.window.areas import Areas
from traffic_marl.viewer.window.commands import Commands
from traffic_marl.viewer.window.events import NAMES
from traffic_marl.viewer.window.keys import GROUPS, PHASE_KEYS
from traffic_marl.viewer.window.window import Window

KEYS = {name: key for key, name in NAMES.items()}
SIZE = (1000, 640)


@pytest.fixture(autouse=True)
def _unseen(monkeypatch, tmp_path):
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    monkeypatch.chdir(tmp_path)
    yield
    pygame.display.quit()


@pytest.fixture
def window():
    return Window([live()], title="small_town, seed 4", size=SIZE)


def press(window, name, shift=False):
    code = KEYS[name]
    pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=code, mod=pygame.KMOD_SHIFT if shift else 0, unicode=""))
    window.frame(0.0)


def mouse(window, kind, pos, **more):
    pygame.event.post(pygame.event.Event(kind, pos=pos, **more))
    window.frame(0.0)


def click(window, pos):
    mouse(window, pygame.MOUSEBUTTONDOWN, pos, button=1)
    mouse(window, pygame.MOUSEBUTTONUP, pos, button=1)


def pixel_of(window, intersection, place=0):
    """Where an intersection is in the window."""
    x, y = window.state.camera.pixels(window.state.streets.positions[intersection])
    return round(x) + window.state.areas.maps[place].left, round(y)


def pixels(window):
    return pygame.surfarray.array3d(window.state.surface).swapaxes(0, 1)


def has_colour(picture, colour):
    return bool((picture == colour).all(axis=2).any())


def test_every_key_has_one_meaning_and_every_meaning_a_method():
    bindings = [binding for group in GROUPS for binding in group.bindings]
    keys = [key for binding in bindings for key in binding.keys]
    assert len(keys) == len(set(keys))
    for binding in bindings:
        assert callable(getattr(Commands, binding.action)), binding.action
        assert {key.removeprefix("shift+") for key in binding.keys} <= KEYS.keys()
    assert not set(PHASE_KEYS) & set(keys)


def test_time_goes_on_with_the_frames_at_the_chosen_speed(window):
    for _ in range(20):
        window.frame(0.1)
    assert window.state.playback.position == pytest.approx(20.0)
    press(window, "UP")
    assert window.state.playback.speed == 20.0
    press(window, "DOWN")
    press(window, "DOWN")
    assert window.state.playback.speed == 5.0


def test_space_pauses_and_a_point_steps(window):
    press(window, "SPACE")
    window.frame(1.0)
    assert window.state.playback.position == 0.0
    press(window, "PERIOD")
    press(window, "n")
    assert window.state.playback.position == 2.0
    assert window.state.pane.earlier.time == 2
    press(window, "SPACE")
    window.frame(0.1)
    assert window.state.playback.position == 3.0


def test_arrows_go_back_and_forward_and_r_restarts(window):
    at(window, 100)
    for name, shift, second in (("LEFT", False, 90), ("RIGHT", True, 150), ("LEFT", True, 90), ("RIGHT", False, 100)):
        press(window, name, shift)
        at(window, window.state.playback.wanted)
        assert window.state.playback.second == second
        assert window.state.pane.earlier.time == second
    press(window, "r")
    assert window.state.pane.earlier.time == 0


def test_vehicles_and_numbers_are_drawn(window):
    empty = pixels(window).copy()
    at(window, 100)
    seen = pixels(window)
    assert has_colour(seen[:, :700], SPEED_COLOURS[0]), "no vehicle stands"
    assert not np.array_equal(seen[:, 720:], empty[:, 720:])


def test_keys_zoom_pan_and_fit(window):
    fit = window.state.camera
    press(window, "PLUS")
    assert window.state.camera.scale == pytest.approx(fit.scale * 1.25)
    press(window, "MINUS")
    press(window, "MINUS")
    assert window.state.camera.scale == pytest.approx(fit.scale / 1.25)
    press(window, "f")
    assert window.state.camera == fit
    for name, right, up in (("d", 1, 0), ("w", 0, 1), ("a", -1, 0), ("s", 0, -1)):
        before = window.state.camera
        press(window, name)
        assert np.sign(round(window.state.camera.x - before.x, 6)) == right
        assert np.sign(round(window.state.camera.y - before.y, 6)) == up
    assert (window.state.camera.x, window.state.camera.y) == pytest.approx((fit.x, fit.y))


def test_the_wheel_zooms_to_where_the_mouse_is(window, monkeypatch):
    pos = (200, 150)
    monkeypatch.setattr(pygame.mouse, "get_pos", lambda: pos)
    under = window.state.camera.metres(pos)
    pygame.event.post(pygame.event.Event(pygame.MOUSEWHEEL, y=2, x=0))
    before = window.state.camera.scale
    window.frame(0.0)
    assert window.state.camera.scale > before
    assert window.state.camera.metres(pos) == pytest.approx(under)
    monkeypatch.setattr(pygame.mouse, "get_pos", lambda: (SIZE[0] - 5, 100))
    before = window.state.camera
    pygame.event.post(pygame.event.Event(pygame.MOUSEWHEEL, y=2, x=0))
    window.frame(0.0)
    assert window.state.camera == before, "the panel does not zoom"


def test_the_map_follows_a_drag_which_selects_nothing(window):
    start = pixel_of(window, 0)
    under = window.state.camera.metres(start)
    mouse(window, pygame.MOUSEBUTTONDOWN, start, button=1)
    for step in (2, 30, 60):
        end = (start[0] + step, start[1] - step)
        mouse(window, pygame.MOUSEMOTION, end, rel=(0, 0), buttons=(1, 0, 0))
    mouse(window, pygame.MOUSEBUTTONUP, end, button=1)
    assert window.state.camera.metres(end) == pytest.approx(under)
    assert window.state.selected is None


def test_a_click_selects_an_intersection_and_one_beside_it_none(window):
    click(window, pixel_of(window, 2))
    assert window.state.selected == 2
    assert has_colour(pixels(window)[:, :700], SELECTED)
    click(window, (5, 300))
    assert window.state.selected is None


def test_tab_goes_through_the_intersections_and_g_goes_there(window):
    press(window, "g")
    assert "select" in window.state.message
    press(window, "TAB")
    press(window, "TAB")
    assert window.state.selected == 1
    press(window, "TAB", shift=True)
    press(window, "TAB", shift=True)
    assert window.state.selected == 3
    press(window, "g")
    assert (window.state.camera.x, window.state.camera.y) == pytest.approx(tuple(window.state.streets.positions[3]))
    press(window, "ESCAPE")
    assert window.state.selected is None


def test_a_number_takes_the_selected_intersection_over_and_zero_gives_it_back(window):
    at(window, 60)
    press(window, "2")
    assert "select" in window.state.message
    press(window, "TAB")
    press(window, "2")
    assert window.state.pane.live.held.tolist() == [1, NONE, NONE, NONE]
    assert has_colour(pixels(window)[:, :700], HELD)
    at(window, 90)
    assert window.state.pane.later.positions.phase[0] == 1
    press(window, "9")
    assert "4 phases" in window.state.message
    press(window, "TAB")
    press(window, "KP1")
    press(window, "0", shift=True)
    assert (window.state.pane.live.held == NONE).all()
    press(window, "1")
    press(window, "0")
    assert (window.state.pane.live.held == NONE).all()


def test_a_person_is_compared_with_the_strategy_alone(window):
    at(window, 60)
    press(window, "TAB")
    press(window, "2")
    at(window, 200)
    untouched = window.state.pane.untouched
    assert untouched.delay_at(200) == live().moment_at(200).mean_delay
    assert window.state.pane.source.delays[200] != untouched.delay_at(200)
    assert has_colour(pixels(window)[:, 700:], HELD), "its line is missing in the chart"


def test_what_is_watched_is_not_changed(window):
    """The run is the same whether or not its intersections are inspected."""
    for second in (30, 100, 20, 150):
        at(window, second)
        for name in ("c", "TAB", "t", "k", "g", "PLUS", "h", "h", "t", "f", "x", "j"):
            press(window, name)
    assert same_moment(window.state.pane.earlier, live().moment_at(150))


def test_colours_tell_speed_or_delay(window):
    at(window, 100)
    before = pixels(window).copy()
    press(window, "c")
    assert window.state.by_delay
    window.state.say("", seconds=0.0)
    window.frame(0.0)
    assert not np.array_equal(pixels(window), before)
    press(window, "c")
    assert not window.state.by_delay


def test_the_help_covers_the_window_until_it_is_closed(window):
    press(window, "h")
    assert window.state.help_shown
    press(window, "ESCAPE")
    assert not window.state.help_shown
    press(window, "F1")
    press(window, "F1")
    assert not window.state.help_shown


def test_the_diagram_opens_below_the_map_and_shows_another_corridor(window):
    at(window, 120)
    fit = window.state.camera
    press(window, "t")
    assert window.state.areas.drawer.height > 200
    assert window.state.camera.height < fit.height
    lower = pixels(window)[window.state.areas.drawer.top :, :700]
    assert has_colour(lower, SPEED_COLOURS[-1]) or has_colour(lower, SPEED_COLOURS[0])
    assert has_colour(pixels(window)[: window.state.areas.bar.top, :700], CORRIDOR)
    label = window.state.corridor.label
    press(window, "k")
    assert window.state.corridor.label != label
    press(window, "j")
    assert window.state.corridor.label == label
    press(window, "t")
    assert window.state.corridor is None
    assert window.state.camera == fit


def test_a_diagram_that_grows_second_by_second_equals_one_drawn_at_once(window):
    at(window, 100)
    press(window, "t")
    for _ in range(30):
        press(window, "PERIOD")
    grown = pixels(window)[window.state.areas.drawer.top :, :700].copy()
    press(window, "t")
    press(window, "t")
    assert np.array_equal(pixels(window)[window.state.areas.drawer.top :, :700], grown)


def test_a_picture_is_saved(window, tmp_path):
    at(window, 65)
    window.state.say("", seconds=0.0)
    window.frame(0.0)
    press(window, "p")
    saved = pygame.image.load(str(tmp_path / "traffic_0-01-05.png"))
    assert saved.get_size() == SIZE
    assert "saved" in window.state.message
    first = (tmp_path / "traffic_0-01-05.png").read_bytes()
    press(window, "PLUS")
    press(window, "p")
    assert (tmp_path / "traffic_0-01-05.png").read_bytes() == first
    assert (tmp_path / "traffic_0-01-05_2.png").read_bytes() != first


def test_a_picture_that_cannot_be_saved_is_told_of(window, tmp_path, monkeypatch):
    def fails(surface, path):
        raise pygame.error("the disk is full")

    monkeypatch.setattr(pygame.image, "save", fails)
    press(window, "p")
    assert window.state.message == "no picture was saved: the disk is full"
    assert list(tmp_path.iterdir()) == []


def test_the_bar_below_the_map_sets_the_time(window):
    track = window.state.areas.track
    mouse(window, pygame.MOUSEBUTTONDOWN, (track.left + track.width // 4, track.centery), button=1)
    assert window.state.playback.wanted == pytest.approx(window.state.playback.last / 4, abs=3.0)
    mouse(window, pygame.MOUSEMOTION, (track.left, track.centery), rel=(0, 0), buttons=(1, 0, 0))
    assert window.state.playback.wanted == 0.0
    mouse(window, pygame.MOUSEBUTTONUP, (track.left, track.centery), button=1)
    mouse(window, pygame.MOUSEMOTION, (track.right, track.centery), rel=(0, 0), buttons=(0, 0, 0))
    assert window.state.playback.wanted == 0.0


def test_two_runs_are_shown_side_by_side_on_one_clock():
    window = Window([live(), live("max_pressure")], title="two", size=SIZE)
    at(window, 120)
    assert [pane.earlier.time for pane in window.state.panes] == [120, 120]
    delays = [pane.source.delays[120] for pane in window.state.panes]
    assert delays[0] != delays[1]
    click(window, pixel_of(window, 1, place=1))
    assert (window.state.active, window.state.selected) == (1, 1)
    press(window, "3")
    assert window.state.panes[1].live.held[1] == 2
    assert (window.state.panes[0].live.held == NONE).all()
    press(window, "x")
    assert window.state.active == 0


def test_a_run_that_ends_waits_for_the_other():
    window = Window([live(until=50), live(until=80)], title="two", size=SIZE)
    at(window, 80)
    assert [pane.earlier.time for pane in window.state.panes] == [50, 80]
    assert window.state.playback.ended


def test_a_recording_is_watched_but_not_changed():
    window = Window([recorded()], title="a recording", size=SIZE)
    at(window, 60)
    press(window, "TAB")
    press(window, "1")
    assert "recording" in window.state.message
    at(window, 20)
    press(window, "t")
    assert window.state.pane.earlier.time == 20
    assert len(window.state.pane.traces) == 21


@pytest.mark.parametrize("size", [(320, 200), (640, 420), (1600, 900)])
def test_the_window_may_have_any_size(size):
    window = Window([live()], title="small or large", size=size)
    at(window, 50)
    for name in ("TAB", "t", "h"):
        press(window, name)
    assert window.state.surface.get_size() == size


def test_a_resized_window_still_shows_all(window):
    window.state.surface = pygame.display.set_mode((700, 500), pygame.RESIZABLE)
    pygame.event.post(pygame.event.Event(pygame.VIDEORESIZE, size=(700, 500), w=700, h=500))
    window.frame(0.0)
    assert (window.state.camera.width, window.state.camera.height) == window.state.areas.maps[0].size
    corners = window.state.camera.pixels(np.array([window.state.streets.bounds[:2], window.state.streets.bounds[2:]]))
    assert (corners >= 0).all()
    assert (corners <= window.state.areas.maps[0].size).all()


@pytest.mark.parametrize("panes", [1, 2])
@pytest.mark.parametrize("with_diagram", [False, True])
def test_areas_fill_the_window_without_overlap(panes, with_diagram):
    areas = Areas(SIZE, panes, with_diagram)
    parts = [*areas.maps, areas.bar, areas.panel, *([areas.drawer] if with_diagram else [])]
    for place, part in enumerate(parts):
        assert pygame.Rect((0, 0), SIZE).contains(part)
        assert part.collidelist(parts[place + 1 :]) == -1
    assert sum(part.width * part.height for part in parts) > 0.99 * SIZE[0] * SIZE[1]


def test_q_and_the_close_button_end_it(window):
    press(window, "q")
    assert not window.state.running
    other = Window([live()], title="another", size=SIZE)
    pygame.event.post(pygame.event.Event(pygame.QUIT))
    other.show()
    assert not pygame.display.get_init()


def test_probabilities_are_shown_where_a_strategy_has_them():
    panels = []
    for strategy in (Certain(probable=0), Certain(probable=3)):
        window = Window([LiveRun(TOWN, NamedStrategy("certain", strategy), 4)], title="certain", size=SIZE)
        at(window, 20)
        press(window, "TAB")
        panels.append(pixels(window)[:, 700:].copy())
    assert not np.array_equal(*panels)


class Certain:
    """Asks for the first phase, and says how probable each was."""

    interval = None

    def __init__(self, probable):
        self.probable = probable

    def start(self, conditions):
        return self

    def decide(self, readings):
        return np.zeros(readings.phase.shape, np.int32)

    def probabilities(self, readings):
        found = np.full((*readings.phase.shape, 4), 0.1)
        found[..., self.probable] = 0.7
        return found


def test_the_map_is_shared_by_runs_of_one_scenario():
    assert live().street_map is town_map()
