"""A drawing of an empty network with the names of its intersections and of the nodes at its rim."""

from pathlib import Path

import numpy as np

from traffic_marl.files import replace
from traffic_marl.network.model import nodes_of
from traffic_marl.scenario import Scenario
from traffic_marl.viewer.drawing.lettering import MEDIUM, SMALL, width, write
from traffic_marl.viewer.drawing.library import pygame
from traffic_marl.viewer.drawing.painting import StreetPainter, Style
from traffic_marl.viewer.scene.camera import fitted
from traffic_marl.viewer.scene.colours import GROUND
from traffic_marl.viewer.scene.moment import moment
from traffic_marl.viewer.scene.street_map import street_map

LONGER, SHORTEST = 1600, 300  # [pixels] of the longer side, and at least of the shorter one
LONGEST_NAME = 24  # [characters] that are written


def draw_network(scenario: Scenario, path: Path, flag: str | None) -> None:
    """Draws the network of a scenario into a .png file, as it stands before the first vehicle.

    Args:
        scenario: with the network.
        path: the file. An existing one is replaced.
        flag: the flag that names it, for messages.

    Raises:
        FileError: the file cannot be written.
        UsageError: the library for drawings is not installed.
    """
    network = scenario.build_network()
    streets = street_map(network)
    west, south, east, north = streets.bounds
    across, up = max(east - west, 1.0), max(north - south, 1.0)
    scale = LONGER / max(across, up)
    size = max(round(across * scale), SHORTEST), max(round(up * scale), SHORTEST)
    surface = pygame.Surface(size, depth=32)
    camera = fitted(streets.bounds, *size)
    StreetPainter(streets).draw(surface, camera, moment(scenario.simulation((0,))), Style())
    for node in nodes_of(network.graph):
        if node.joins and not node.signalised:
            continue
        name = node.name if len(node.name) <= LONGEST_NAME else f"{node.name[:LONGEST_NAME]}..."
        place = camera.pixels(np.array(node.position, float))
        half = width(name, SMALL) / 2 + 8
        x = float(np.clip(place[0], half, size[0] - half))
        y = float(np.clip(place[1], MEDIUM, size[1] - MEDIUM))
        write(surface, name, (x, y), SMALL, anchor="center", bold=node.signalised, ground=GROUND)
    replace(path, flag, lambda draft: pygame.image.save(surface, draft, "plan.png"))
