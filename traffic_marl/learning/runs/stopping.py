"""Ctrl-C and SIGTERM as a request to stop after the present iteration."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def stop_requests(tell: Callable[[], None]) -> Iterator[threading.Event]:
    """In a `with` block, the first Ctrl-C or SIGTERM sets the event. A second Ctrl-C stops at once.

    Signals reach the main thread alone. In another thread the event is never set.

    Args:
        tell: called when the signal arrives, between any two steps of the main thread.
    """
    stop = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return

    def request(number: int, frame: FrameType | None) -> None:
        stop.set()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        tell()

    before = {number: signal.signal(number, request) for number in SIGNALS}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
