"""Standard output and standard error whose readers may leave early, such as `head`."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from io import StringIO
from typing import Any, TextIO, cast

from traffic_marl.errors import FileError, printable

NAMES = {"stdout": "standard output", "stderr": "standard error"}


class Stream:
    """A text stream that discards the rest of its text once nobody reads it.

    Args:
        stream: the stream behind it. None if the process was started without it.
        name: of the stream, for messages.
        must_last: whether a failure other than a reader that has left is an error of the user. A full disk is one.
        is_plain: whether all text is made `printable`. A stream with a live display steers the terminal itself.
    """

    def __init__(self, stream: TextIO | None, name: str, *, must_last: bool, is_plain: bool = False) -> None:
        self._stream = StringIO() if stream is None else stream
        self._name = name
        self._must_last = must_last
        self._is_plain = is_plain

    def write(self, text: str) -> int:
        """Writes a text, or discards it."""
        shown = printable(text) if self._is_plain else text
        self._guarded(lambda: self._stream.write(shown))
        return len(text)

    def flush(self) -> None:
        """Passes on all text that was written."""
        self._guarded(self._stream.flush)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def _guarded(self, act: Callable[[], object]) -> None:
        """Acts on the stream.

        Raises:
            FileError: the stream cannot be written, although its reader is there.
        """
        try:
            act()
        except BrokenPipeError:
            self._discard()
        except OSError as error:
            self._discard()
            if self._must_last:
                what = f"cannot be written ({error.strerror or error})"
                raise FileError(self._name, what, "make room, or write elsewhere") from error

    def _discard(self) -> None:
        """Directs the stream to nowhere, so that the text in its buffer raises no second error."""
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self._stream.fileno())
        os.close(nowhere)


@contextmanager
def lasting_streams() -> Iterator[None]:
    """In a `with` block, the end of a reader of stdout or stderr is no error.

    The work goes on and its files are written. Only the rest of the text is lost. Writing to stdout raises a
    `FileError` if it fails for another reason, such as a full disk.
    """
    before = sys.stdout, sys.stderr
    sys.stdout = cast("TextIO", Stream(before[0], NAMES["stdout"], must_last=True, is_plain=True))
    sys.stderr = cast("TextIO", Stream(before[1], NAMES["stderr"], must_last=False))
    try:
        yield
    finally:
        with suppress(FileError):  # the block has flushed stdout already, unless it failed with another error
            sys.stdout.flush()
        sys.stderr.flush()
        sys.stdout, sys.stderr = before
