"""Readers, which are functions of a user that read a network or a demand from a file."""

import inspect
import marshal
import os
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, PlainSerializer

from traffic_marl.checks import check_call, shown
from traffic_marl.errors import FileError, TrafficError, UsageError
from traffic_marl.imported import is_reference, load_reference, split_reference
from traffic_marl.reading import content_digest
from traffic_marl.scenario.validation import refuse


def _checked(reader: Any) -> Any:
    """A function, or the text that names one in a Python file."""
    if callable(reader):
        return reader
    if not is_reference(reader):
        raise refuse(f"{shown(reader)} names no function", "give a function, or write path/to/file.py:function")
    try:
        split_reference(reader, "reader")
    except UsageError as error:
        raise refuse(error.what, error.remedy) from None
    return reader


def _written(reader: Any) -> str:
    """The reader as `path/to/file.py:function` where that names it, else as Python shows it."""
    if isinstance(reader, str):
        return reader
    name, file = getattr(reader, "__qualname__", ""), _file_of(reader)
    return f"{file.resolve()}:{name}" if file is not None and name.isidentifier() else repr(type(reader))


ARGUMENTS = ("path", "network", "duration")  # of a reader; that of a network takes the first alone
Reader = Annotated[Any, AfterValidator(_checked), PlainSerializer(_written, return_type=str)]


def read(reader: Any, path: str, *others: Any) -> Any:
    """The result of a reader. Its failure is told with file and line.

    Raises:
        FileError: there is no file at the path.
        UsageError: there is no such reader, it takes other arguments, or it fails.
        TrafficError: the reader's own.
    """
    if not os.path.exists(path):
        raise FileError(path, "cannot be read: No such file or directory", "give a path that the reader can read")
    function: Callable[..., Any] = load_reference(reader, "reader") if isinstance(reader, str) else reader
    if not callable(function):
        raise UsageError("reader", f"{reader} is not a function", "name a function of the file")
    check_call(function, "reader", name_of(reader), ARGUMENTS[: 1 + len(others)])
    try:
        return function(path, *others)
    except TrafficError:
        raise
    except Exception as error:  # whatever a reader may do wrong
        last = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{Path(last.filename).name}, line {last.lineno}"
        what = f"{name_of(reader)} fails with {type(error).__name__}: {error} ({place})"
        raise UsageError("reader", what, "correct the reader or the file") from error


def digest_of_reader(reader: Any) -> bytes:
    """Changes with the file that defines the reader, or with its code where no file does."""
    file = split_reference(reader, "reader")[0] if isinstance(reader, str) else _file_of(reader)
    if file is not None:
        return content_digest(file)
    code = getattr(reader, "__code__", None)
    return b"" if code is None else marshal.dumps(code)


def _file_of(reader: Any) -> Path | None:
    """The file that defines a function, if there is one."""
    try:
        file = inspect.getsourcefile(reader)
    except TypeError:  # an object, not a function
        return None
    return Path(file) if file is not None and Path(file).is_file() else None


def name_of(reader: Any) -> str:
    """The name of the reader in messages."""
    return reader if isinstance(reader, str) else getattr(reader, "__qualname__", type(reader).__name__)
