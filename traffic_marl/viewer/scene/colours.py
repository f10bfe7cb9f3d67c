"""Colours of everything that is drawn, and the scales of colours for speed and delay."""

import numpy as np

Colour = tuple[int, int, int]  # red, green, blue, 0 to 255

GROUND: Colour = (22, 26, 31)
ROAD: Colour = (58, 64, 72)
JUNCTION: Colour = (68, 74, 83)
EDGE: Colour = (112, 120, 130)  # of a road
MARKING: Colour = (168, 175, 184)  # between lanes
CENTRE: Colour = (196, 164, 72)  # between the directions of a street
PATH: Colour = (86, 94, 104)  # of a connection
TEXT: Colour = (226, 230, 235)
WARNING: Colour = (255, 176, 80)
SELECTED: Colour = (120, 200, 255)
HELD: Colour = (240, 120, 220)  # taken over by a person
CORRIDOR: Colour = (120, 230, 200)  # the corridor of the diagram
PANEL: Colour = (30, 35, 42)
FAINT: Colour = (140, 148, 158)  # text of less weight

RUN_COLOURS: tuple[Colour, ...] = ((86, 190, 245), (255, 176, 80))  # of the first and the second run

LIGHTS: tuple[Colour, ...] = ((52, 211, 113), (255, 205, 40), (238, 66, 60))  # of GO, CAUTION and STOP

STEPS = 16  # colours of a scale
LONG_DELAY = 180.0  # [s] a longer delay has the same colour

# Colour scales by Okabe and Ito 2008 (Color Universal Design). Colour-blind people can tell them apart too.
_STANDING, _SLOW, _FREE = (224, 82, 44), (240, 228, 66), (86, 190, 245)
_PUNCTUAL, _LATE, _VERY_LATE = (210, 222, 236), (240, 170, 50), (206, 60, 150)


def _scale(stops: tuple[Colour, ...], steps: int) -> tuple[Colour, ...]:
    """Colours at equal steps along a line through these."""
    places = np.linspace(0.0, len(stops) - 1.0, steps)
    channels = np.array([np.interp(places, np.arange(len(stops)), channel) for channel in zip(*stops, strict=True)])
    return tuple((int(red), int(green), int(blue)) for red, green, blue in channels.round().T)


SPEED_COLOURS = _scale((_STANDING, _SLOW, _FREE), STEPS)  # from standstill to the speed limit
DELAY_COLOURS = _scale((_PUNCTUAL, _LATE, _VERY_LATE), STEPS)  # from 0 to LONG_DELAY
