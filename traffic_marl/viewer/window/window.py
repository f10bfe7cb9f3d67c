"""Window: shows one or two runs on one clock."""

from collections.abc import Sequence

from traffic_marl.viewer.drawing.lettering import MEDIUM, write
from traffic_marl.viewer.drawing.library import pygame
from traffic_marl.viewer.drawing.painting import Style
from traffic_marl.viewer.drawing.rendering import open_window
from traffic_marl.viewer.scene.colours import EDGE, GROUND, PANEL, RUN_COLOURS, SELECTED
from traffic_marl.viewer.scene.source import Source
from traffic_marl.viewer.window.areas import Areas
from traffic_marl.viewer.window.branch_chart import draw_futures
from traffic_marl.viewer.window.events import Events
from traffic_marl.viewer.window.help import draw_help
from traffic_marl.viewer.window.pane import Pane
from traffic_marl.viewer.window.panel import draw_panel
from traffic_marl.viewer.window.playback import SPEED
from traffic_marl.viewer.window.state import WindowState

SIZE = (1280, 800)  # [pixels] at the start
RATE = 60  # [frames/s] at most
REST = 0.15  # [s] time after a move of the camera until edges are drawn smoothly
REPEAT_AFTER, REPEAT_EVERY = 350, 40  # [ms] of a key held down


class Window:
    """Shows one source, or two side by side on one clock.

    Args:
        sources: the runs to show. Two must have the same network.
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
        panes = [Pane(source) for source in sources]
        self.state = WindowState(panes, open_window(size, title, resizable=True), speed)
        pygame.key.set_repeat(REPEAT_AFTER, REPEAT_EVERY)
        self._events = Events(self.state)

    def show(self) -> None:
        """Shows the window until it is closed."""
        watch = pygame.time.Clock()
        try:
            while self.state.running:
                self.frame(watch.tick(RATE) / 1000.0)
        finally:
            pygame.display.quit()

    def frame(self, elapsed: float) -> None:
        """Obeys keys and mouse, moves on by the real time that has passed [s], and draws."""
        for event in pygame.event.get():
            self._events.obey(event)
        self.state.advance(elapsed)
        self._draw()
        pygame.display.flip()

    def _draw(self) -> None:
        state, areas = self.state, self.state.areas
        for place, box in enumerate(areas.maps):
            self._draw_map(place, state.surface.subsurface(box))
            if place:
                pygame.draw.line(state.surface, EDGE, (box.left - 1, 0), (box.left - 1, box.bottom))
        self._draw_bar(areas)
        self._draw_diagram(areas)
        draw_panel(state.surface.subsurface(areas.panel.clip(state.surface.get_rect())), state, self.title)
        if state.message_is_shown:
            below = (areas.whole.centerx, areas.whole.bottom - 12)
            write(state.surface, state.message, below, MEDIUM, anchor="midbottom", ground=GROUND)
        if state.help_shown:
            draw_help(state.surface)

    def _draw_map(self, place: int, part: pygame.Surface) -> None:
        state = self.state
        pane = state.panes[place]
        marked = None if state.corridor is None or place != state.active else state.corridor.drivables
        style = Style(state.by_delay, marked, refined=state.camera_rest > REST)
        pane.draw(part, state.camera, state.playback.share, style)
        if state.selected is not None:
            pane.draw_selection(part, state.camera, state.selected)
        pane.draw_label(part, active=len(state.panes) > 1 and place == state.active)
        if state.futures is not None and place == state.futures_side:
            chosen = state.futures.intersection
            where, names = pane.streets.intersections[chosen], pane.streets.phase_names[chosen]
            draw_futures(part, state.futures, where, names, state.playback.position)

    def _draw_bar(self, areas: Areas) -> None:
        surface, playback = self.state.surface, self.state.playback
        pygame.draw.rect(surface, PANEL, areas.bar)
        track = areas.track
        pygame.draw.rect(surface, EDGE, track, border_radius=3)
        track.width = round(track.width * playback.position / max(playback.last, 1))
        pygame.draw.rect(surface, SELECTED, track, border_radius=3)
        pygame.draw.circle(surface, SELECTED, track.midright, 6)

    def _draw_diagram(self, areas: Areas) -> None:
        """Draws the diagram of the chosen run, if it is open."""
        state = self.state
        if not state.diagram_shown:
            return
        part = state.surface.subsurface(areas.drawer)
        if state.corridor is not None:
            state.pane.draw_diagram(part, state.corridor, RUN_COLOURS[state.active])
            return
        part.fill(PANEL)
        write(part, f"{state.pane.source.label} has no corridor", part.get_rect().center, anchor="center")
