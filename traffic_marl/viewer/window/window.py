"""Window: watch one or two runs on one clock."""

import time
from collections.abc import Sequence

from traffic_marl.scenario import Scenario
from traffic_marl.strategies.catalogue import NamedStrategy
from traffic_marl.viewer.drawing.lettering import USUAL, write
from traffic_marl.viewer.drawing.library import pygame
from traffic_marl.viewer.drawing.painting import Look
from traffic_marl.viewer.drawing.picture import clock
from traffic_marl.viewer.drawing.rendering import open_window
from traffic_marl.viewer.live import LiveRun
from traffic_marl.viewer.scene.camera import Camera, fitted
from traffic_marl.viewer.scene.colours import EDGE, GROUND, PANEL, SELECTED
from traffic_marl.viewer.scene.corridor import corridors
from traffic_marl.viewer.scene.source import Source
from traffic_marl.viewer.scene.street_map import street_map
from traffic_marl.viewer.window.areas import Areas
from traffic_marl.viewer.window.diagram import Diagram
from traffic_marl.viewer.window.events import Events
from traffic_marl.viewer.window.help import draw_help
from traffic_marl.viewer.window.pane import Pane
from traffic_marl.viewer.window.panel import Panel, Shown
from traffic_marl.viewer.window.playback import Playback

SIZE = (1280, 800)  # [pixels] at the start
SPEED = 10.0  # [s/s] at the start
RATE = 60  # [frames/s] at most
REST = 0.15  # [s] without zooming and moving after which edges are drawn smoothly
REPEAT_AFTER, REPEAT_EVERY = 350, 40  # [ms] of a key held down
NOTICE = 4.0  # [s] that a notice is shown


class Window:
    """Shows one source, or two side by side on one clock.

    Args:
        sources: what to show; those of two must have the same network.
        title: of the window and its panel.
        speed: [s/s] seconds of the run in a second, at the start.
        size: [pixels] of the window at the start.

    Raises:
        UsageError: there is no display to open a window on.
    """

    def __init__(
        self, sources: Sequence[Source], *, title: str, speed: float = SPEED, size: tuple[int, int] = SIZE
    ) -> None:
        self.title = title
        self.panes = [Pane(source) for source in sources]
        self.streets = sources[0].street_map
        self.playback = Playback(self._last(), speed)
        self.surface = open_window(size, title, resizable=True)
        pygame.key.set_repeat(REPEAT_AFTER, REPEAT_EVERY)
        self.selected: int | None = None  # intersection
        self.active = 0  # pane that is looked into
        self.by_delay = False
        self.help = False
        self.running = True
        self.corridors = corridors(self.streets)
        self.corridor = 0
        self.diagram: Diagram | None = None
        self._events = Events(self)
        self._fits = True  # the camera shows the whole network, and shall do so when the window changes
        self._camera = self._fitted()
        self._moved = 0.0  # when the camera last moved
        self.say("H shows all keys")

    def show(self) -> None:
        """Shows the window until it is closed."""
        watch = pygame.time.Clock()
        try:
            while self.running:
                self.frame(watch.tick(RATE) / 1000.0)
        finally:
            pygame.display.quit()

    def frame(self, elapsed: float) -> None:
        """Obeys what was pressed, goes on by the time that has passed [s], and draws."""
        for event in pygame.event.get():
            self._events.obey(event)
        self.playback.tick(elapsed)
        self._follow()
        self._draw()
        pygame.display.flip()

    @property
    def areas(self) -> Areas:
        """How the window is divided now."""
        return Areas(self.surface.get_size(), len(self.panes), self.diagram is not None)

    @property
    def pane(self) -> Pane:
        """The pane that is looked into."""
        return self.panes[self.active]

    @property
    def camera(self) -> Camera:
        """What the maps show."""
        return self._camera

    def look(self, camera: Camera) -> None:
        """Shows something else."""
        self._camera = camera
        self._moved = time.monotonic()
        self._fits = False

    def fit(self) -> None:
        """Shows the whole network."""
        self.look(self._fitted())
        self._fits = True

    def resized(self) -> None:
        """Has the maps fill their areas, which have changed."""
        self.surface = pygame.display.get_surface()
        if self._fits:
            self.fit()
        else:
            box = self.areas.maps[0]
            self.look(self._camera.resized(box.width, box.height))

    def toggle_diagram(self) -> None:
        """Opens or closes the diagram."""
        self.diagram = self.new_diagram() if self.diagram is None else None
        self.resized()

    def new_diagram(self) -> Diagram:
        """A diagram of the chosen corridor, as large as its area."""
        fastest = float(self.streets.lane_limit.max())
        return Diagram(self.corridors[self.corridor], fastest, self.areas.drawer.size)

    def say(self, words: str, seconds: float = NOTICE) -> None:
        """Shows a notice for a while [s]."""
        self.notice = (words, time.monotonic() + seconds)

    def _fitted(self) -> Camera:
        box = self.areas.maps[0]
        return fitted(self.streets.bounds, box.width, box.height)

    def _last(self) -> int:
        return max(pane.source.last for pane in self.panes)

    def _follow(self) -> None:
        """Brings all runs to the time shown; the time waits for them where they are too slow for it."""
        wanted = int(self.playback.wanted)
        reached = [pane.show(min(wanted, pane.source.last)) for pane in self.panes]
        late = [second for pane, second in zip(self.panes, reached, strict=True) if second < pane.source.last]
        self.playback.reach(min(late, default=self._last()), self._last())
        if self.playback.goal is not None:
            self.say(f"running to {clock(wanted)} ...", seconds=0.5)

    def _draw(self) -> None:
        areas = self.areas
        for place, box in enumerate(areas.maps):
            self._draw_map(place, self.surface.subsurface(box))
            if place:
                pygame.draw.line(self.surface, EDGE, (box.left - 1, 0), (box.left - 1, box.bottom))
        self._draw_bar(areas)
        self._draw_diagram(areas)
        part = self.surface.subsurface(areas.panel.clip(self.surface.get_rect()))
        Panel(part).draw(Shown(self.title, self.panes, self.playback, self.selected, self.active, self.by_delay))
        self._draw_notice(areas)
        if self.help:
            draw_help(self.surface)

    def _draw_map(self, place: int, part: pygame.Surface) -> None:
        pane = self.panes[place]
        marked = None if self.diagram is None or place != self.active else self.diagram.corridor.drivables
        look = Look(self.by_delay, marked, refined=time.monotonic() - self._moved > REST)
        pane.draw(part, self._camera, self.playback.share, look)
        if self.selected is not None:
            pane.draw_selection(part, self._camera, self.selected)
        pane.draw_label(part, active=len(self.panes) > 1 and place == self.active)

    def _draw_bar(self, areas: Areas) -> None:
        pygame.draw.rect(self.surface, PANEL, areas.bar)
        track = areas.track
        pygame.draw.rect(self.surface, EDGE, track, border_radius=3)
        track.width = round(track.width * self.playback.position / max(self.playback.last, 1))
        pygame.draw.rect(self.surface, SELECTED, track, border_radius=3)
        pygame.draw.circle(self.surface, SELECTED, track.midright, 6)

    def _draw_diagram(self, areas: Areas) -> None:
        if self.diagram is None:
            return
        if self.diagram.size != areas.drawer.size:
            self.diagram = self.new_diagram()
        part = self.surface.subsurface(areas.drawer)
        self.diagram.draw(part, self.pane.traces, self.streets.intersections)

    def _draw_notice(self, areas: Areas) -> None:
        words, until = self.notice
        if time.monotonic() < until:
            place = (areas.whole.centerx, areas.whole.bottom - 12)
            write(self.surface, words, place, USUAL, anchor="midbottom", ground=GROUND)


def watch_runs(
    scenario: Scenario,
    strategies: Sequence[NamedStrategy],
    seed: int,
    *,
    interval: int | None = None,
    until: int | None = None,
    speed: float = SPEED,
) -> None:
    """Shows a run of one strategy, or of two side by side on the same trips, until the window is closed.

    Args:
        scenario: network, demand and rules.
        strategies: who decides; one or two.
        seed: the draw of the demand.
        interval: [s] between decisions; None takes the scenario's.
        until: [s] end demand and run here instead.
        speed: [s/s] seconds of the run in a second, at the start.

    Raises:
        UsageError: there is no display to open a window on.
        TrafficError: the scenario or a strategy cannot be used.
    """
    streets = street_map(scenario.build_network())
    runs = [LiveRun(scenario, each, seed, interval=interval, until=until, streets=streets) for each in strategies]
    Window(runs, title=f"{scenario.name}, seed {seed}", speed=speed).show()
