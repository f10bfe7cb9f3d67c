"""pygame without its greeting. If it is missing, the import of this module says how to install it."""

import os

from traffic_marl.errors import UsageError

os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")  # read by pygame when it is imported
try:
    import pygame
except ImportError as error:
    raise UsageError("the viewer", "pygame is not installed", 'run: pip install "traffic-marl[viewer]"') from error

__all__ = ["pygame"]
