"""Makes the pictures of the viewer in these documents: `python docs/pictures.py`. Needs no display."""

import os
import sys
from pathlib import Path

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")  # before pygame is imported
sys.path.insert(0, str(Path(__file__).parents[1]))

from traffic_marl.scenario import load_scenario
from traffic_marl.strategies.catalogue import parse
from traffic_marl.viewer.drawing.lettering import write
from traffic_marl.viewer.drawing.library import pygame
from traffic_marl.viewer.drawing.picture import Picture
from traffic_marl.viewer.live import LiveRun
from traffic_marl.viewer.scene.colours import GROUND, RUN_COLOURS
from traffic_marl.viewer.window.chart import Line, draw_chart
from traffic_marl.viewer.window.commands import Commands
from traffic_marl.viewer.window.window import Window

FOLDER = Path(__file__).parent
SCENARIO = load_scenario("grid_4x4_rush_hour")
STRATEGIES = ("fixed_time", "max_pressure")
SEED = 3
TAKEN_OVER = 1215  # [s] an intersection is taken over
SHOWN = 1250  # [s] of both pictures: the rush hour
SELECTED = "intersection_2_3"
MAP = (400, 424)  # [pixels]
CHART = 150  # [pixels] of height


def runs() -> list[LiveRun]:
    """A run of each strategy on the same traffic."""
    return [LiveRun(SCENARIO, parse(strategy), SEED) for strategy in STRATEGIES]


def draw_window(path: Path) -> None:
    """The window: two strategies side by side, and an intersection that a person has taken over."""
    window = Window(runs(), title=f"{SCENARIO.name}, seed {SEED}")
    state = window.state
    state.active, state.selected = 1, state.streets.intersections.index(SELECTED)
    seek(window, TAKEN_OVER)
    Commands(state).choose_phase(2)
    seek(window, SHOWN)
    state.say("", seconds=0.0)
    window.frame(0.0)
    pygame.image.save(state.surface, path)


def seek(window: Window, second: int) -> None:
    """Brings the window to a second."""
    window.state.playback.seek(float(second))
    window.frame(0.0)
    while window.state.playback.goal is not None or any(pane.step_alone() for pane in window.state.panes):
        window.frame(0.0)


def draw_comparison(path: Path) -> None:
    """Both maps side by side, and the mean delay of both over time below them."""
    width = 2 * MAP[0] + 8
    surface = pygame.Surface((width, MAP[1] + CHART))
    surface.fill(GROUND)
    lines = []
    for place, run in enumerate(runs()):
        pixels = Picture(run.street_map, MAP).draw(run.moment_at(SHOWN), run.label)
        left = place * (MAP[0] + 8)
        surface.blit(pygame.surfarray.make_surface(pixels.swapaxes(0, 1)), (left, 0))
        surface.fill(GROUND, write(surface, run.label, (left + 8, 3), bold=True))
        write(surface, run.label, (left + 8, 3), colour=RUN_COLOURS[place], bold=True)  # as its line in the chart
        lines.append(Line(run.label, run.delays, RUN_COLOURS[place]))
    draw_chart(surface, pygame.Rect(0, MAP[1], width, CHART), lines, float(SHOWN))
    pygame.image.save(surface, path)


if __name__ == "__main__":
    draw_window(FOLDER / "watch.png")
    draw_comparison(FOLDER / "compare_side_by_side.png")
