"""Diagrams of two runs: each shows its own run, and opens where the person looks."""

from dataclasses import replace

import numpy as np
import pytest

from tests.helpers.opened_window import at
from tests.helpers.recorded import recorded
from tests.helpers.small_town import live

pytest.importorskip("pygame", reason="the window is pygame's")

import pygame

from traffic_marl.kernels.tables import NONE
from traffic_marl.viewer.drawing.lettering import MEDIUM, text
from traffic_marl.viewer.scene.colours import RUN_COLOURS
from traffic_marl.viewer.scene.corridor import Trace, corridors
from traffic_marl.viewer.scene.lights import CAUTION, GO, STOP
from traffic_marl.viewer.window.commands import Commands
from traffic_marl.viewer.window.diagram import BARS, DIM, LEFT, Diagram, Heading
from traffic_marl.viewer.window.window import Window

STRATEGIES = ("fixed_time:green_s=60", "max_pressure")
SIZE = (1000, 640)


@pytest.fixture(autouse=True)
def _unseen(monkeypatch):
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    yield
    pygame.display.quit()


def two(second=200):
    """Two runs side by side at a second, with the diagram open."""
    window = at(Window([live(each) for each in STRATEGIES], title="two", size=SIZE), second)
    Commands(window.state).diagram()
    window.frame(0.0)
    return window


def drawer(window):
    """The pixels of the diagram (height, width, 3)."""
    window.frame(0.0)
    part = window.state.surface.subsurface(window.state.areas.drawer)
    return pygame.surfarray.array3d(part).swapaxes(0, 1).copy()


def expected(window, place):
    """The pixels of a diagram that nothing has been drawn on before."""
    state = window.state
    pane, corridor = state.panes[place], state.corridor
    surface = pygame.Surface(state.areas.drawer.size)
    fresh = Diagram(corridor, float(state.streets.lane_limit.max()), surface.get_size())
    heading = Heading(pane.source.label, RUN_COLOURS[place])
    fresh.draw(surface, pane.traces, state.streets.intersections, heading)
    return pygame.surfarray.array3d(surface).swapaxes(0, 1)


def click(window, intersection, place):
    x, y = window.state.camera.pixels(window.state.streets.positions[intersection])
    pos = (round(x) + window.state.areas.maps[place].left, round(y))
    for kind in (pygame.MOUSEBUTTONDOWN, pygame.MOUSEBUTTONUP):
        pygame.event.post(pygame.event.Event(kind, pos=pos, button=1))
    window.frame(0.0)


@pytest.mark.parametrize("change", ["key", "click"])
def test_the_diagram_shows_the_run_that_was_switched_to(change):
    window = two()
    assert np.array_equal(drawer(window), expected(window, 0))
    if change == "key":
        Commands(window.state).other_side()
    else:
        click(window, 0, place=1)
    assert window.state.active == 1
    assert np.array_equal(drawer(window), expected(window, 1))
    assert not np.array_equal(expected(window, 0), expected(window, 1))


def test_switching_forth_and_back_while_time_goes_on_mixes_nothing():
    window = two()
    for second in (205, 230, 231, 100, 140):
        at(window, second)
        Commands(window.state).other_side()
        assert np.array_equal(drawer(window), expected(window, window.state.active))


def test_another_future_is_drawn_over_the_one_before():
    """A request in the past leads to another future. The diagram must not keep seconds of the old one."""
    window = at(Window([live("fixed_time:green_s=20")], title="one", size=SIZE), 200)
    state, commands = window.state, Commands(window.state)
    commands.diagram()
    state.selected = 0
    before = drawer(window)
    state.playback.seek(120.0)
    while state.playback.goal is not None:
        state.advance(0.0)
    commands.choose_phase(2)
    state.playback.seek(200.0)
    while state.playback.goal is not None:
        state.advance(0.0)
    assert np.array_equal(drawer(window), expected(window, 0))
    assert not np.array_equal(drawer(window), before)
    assert state.pane.live.held[0] != NONE


def test_the_title_names_the_strategy():
    window = two()
    for place, label in enumerate(STRATEGIES):
        window.state.active = place
        name = text(label, MEDIUM, RUN_COLOURS[place], True)
        seen = drawer(window)[5 : 5 + name.get_height(), LEFT : LEFT + name.get_width()]
        inked = pygame.surfarray.array_alpha(name).swapaxes(0, 1) == 255
        assert inked.sum() > 50
        assert (seen[inked] == RUN_COLOURS[place]).all()


def test_the_diagram_opens_on_a_corridor_through_the_selected_intersection():
    window = at(Window([live()], title="one", size=SIZE), 60)
    state, commands = window.state, Commands(window.state)
    for selected in (3, 0, 2):
        state.selected = selected
        commands.diagram()
        assert state.corridor.meets(selected)
        commands.diagram()


def test_a_corridor_that_leads_through_the_selected_intersection_is_kept():
    window = at(Window([live()], title="one", size=SIZE), 10)
    state, commands = window.state, Commands(window.state)
    commands.diagram()
    while not state.corridor.meets(3):
        commands.next_corridor()
    commands.next_corridor()
    while not state.corridor.meets(3):
        commands.next_corridor()
    chosen = state.corridor
    commands.diagram()
    state.selected = 3
    commands.diagram()
    assert state.corridor is chosen


def test_a_run_without_a_corridor_shows_none():
    """The second recording has the same lanes, but no road leads straight on."""
    streets = recorded().street_map
    crooked = replace(streets, movement_turns=("left",) * len(streets.movement_turns))
    window = at(Window([recorded(), replace(recorded(), street_map=crooked)], title="two", size=SIZE), 60)
    state, commands = window.state, Commands(window.state)
    commands.diagram()
    assert state.corridor is state.panes[0].corridors[0]
    commands.other_side()
    commands.next_corridor()
    window.frame(0.0)
    assert state.corridor is None
    assert len(np.unique(drawer(window)[40:100].reshape(-1, 3), axis=0)) == 1, "the diagram of the other run is left"
    commands.other_side()
    window.frame(0.0)
    assert state.corridor in state.panes[0].corridors


def test_an_intersection_without_a_corridor_is_told():
    window = at(Window([live()], title="one", size=SIZE), 10)
    state = window.state
    state.pane.corridors = tuple(each for each in state.corridors if not each.meets(3))
    state.selected = 3
    Commands(state).diagram()
    assert state.corridor is state.corridors[0]
    assert state.message == f"no corridor leads through {state.streets.intersections[3]}"


def test_lights_in_the_diagram_are_told_apart_by_their_thickness(monkeypatch):
    monkeypatch.setattr("traffic_marl.viewer.window.diagram.LIGHTS", (RUN_COLOURS[0],) * 3)
    streets, corridor = live().street_map, corridors(live().street_map)[0]
    traces = []
    for second, light in enumerate((GO, GO, CAUTION, CAUTION, STOP, STOP)):
        nobody, shown = np.zeros(0, np.int32), np.full(len(streets.movement_turns), light, np.int32)
        traces.append(Trace(second, nobody, nobody, np.zeros(0), shown))
    diagram = Diagram(corridor, 14.0, (900, 300))
    surface = pygame.Surface((900, 300))
    diagram.draw(surface, traces, streets.intersections, Heading("a run", RUN_COLOURS[0]))
    seen = pygame.surfarray.array3d(surface)[LEFT:]
    dimmed = np.array([round(channel * DIM) for channel in RUN_COLOURS[0]])
    thickness = (seen == dimmed).all(axis=2).sum(axis=1)
    assert [int(each) for each in dict.fromkeys(thickness[thickness > 0].tolist())] == [
        bar * len(corridor.stop_lines) for bar in BARS
    ]
    assert len(set(BARS)) == 3
