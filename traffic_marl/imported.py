"""Objects of a user's own Python file, named in a text as `path/to/file.py:Name`.

The file is run as a script is: files beside it can be imported by name. It is run afresh each time, so that a changed
file counts.
"""

import importlib.util
import inspect
import os
import re
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from traffic_marl.checks import shown
from traffic_marl.errors import TrafficError, UsageError, one_line, suggest
from traffic_marl.reading import ensure_script

SUFFIX = re.compile(r"\.py(?=:|$)")  # the end of the file's path


def is_reference(text: Any) -> bool:
    """Whether a text names something in a Python file, as `path/to/file.py:Name` does."""
    return isinstance(text, str) and SUFFIX.search(text) is not None


def split_reference(text: str, where: str) -> tuple[Path, str]:
    """The file and the name of a reference.

    Args:
        text: as of `load_reference`.
        where: the argument or flag that holds it.

    Raises:
        UsageError: the name is missing, is no name, or is private.
    """
    found = SUFFIX.search(text)
    if found is None:
        raise UsageError(where, f"{text!r} names no Python file", "write path/to/file.py:Name")
    path, name = Path(text[: found.end()]), text[found.end() + 1 :]
    if not name:
        raise UsageError(where, f"{text!r} does not say which object of the file", f"write {path}:Name")
    if not name.isidentifier():
        raise UsageError(where, f"{name!r} is not a name in Python", f"write {path}:Name")
    if name.startswith("_"):
        raise UsageError(where, f"{name} is private to {path}", "choose a name that begins with a letter")
    return path, name


def load_reference(text: str, where: str) -> Any:
    """The object that a text such as `path/to/file.py:Name` names.

    Args:
        text: the file's path, a colon, and a name defined in the file.
        where: the argument or flag that holds the text, for messages: `reward` or `--reward`.

    Raises:
        UsageError: the text is incomplete, there is no such file, the file fails, or it has no such name.
    """
    path, name = split_reference(text, where)
    if not os.path.isfile(path):
        raise UsageError(
            where, f"there is no file {one_line(path)}", "give the path of a Python file, as in file.py:Name"
        )
    module = run_file(path, where)
    if not hasattr(module, name):
        own = [each for each, value in vars(module).items() if _is_own(module, each, value)]
        remedy = suggest(name, own) if own else "define it there"
        raise UsageError(where, f"{path} defines no {name!r}", remedy)
    return getattr(module, name)


def reference_to(thing: Any, where: str) -> str:
    """The text `path/to/file.py:Name` by which an object can be loaded again.

    Args:
        thing: a function or class at the top of a Python file.
        where: the argument or flag that holds it.

    Raises:
        UsageError: it is not at the top of a file, under a public name.
    """
    name = getattr(thing, "__qualname__", "")
    try:
        path = Path(inspect.getfile(thing))
    except (TypeError, OSError):
        path = Path()
    if not name.isidentifier() or name.startswith("_") or path.suffix != ".py":
        what = f"{shown(thing)} cannot be found again by a name in a file"
        raise UsageError(where, what, "give a function or class that stands at the top of a .py file")
    return f"{path}:{name}"


def run_file(path: Path, where: str, error: type[TrafficError] = UsageError) -> ModuleType:
    """Runs a Python file and gives the module that it makes.

    Args:
        path: an existing file.
        where: the argument, flag or file at fault, for messages.
        error: the kind of error that tells what is wrong with the file.

    Raises:
        FileError: it cannot be read, or is no file.
        TrafficError: an error of the kind given, with file and line, or the one that the file itself raises.
    """
    ensure_script(path, "give the path of a Python file")
    name, folder = f"own_{path.stem}", path.resolve().parent
    if getattr(sys.modules.get(name), "__file__", None) == str(path):
        remedy = 'put what the script does under `if __name__ == "__main__":`'
        raise error(where, f"{path} runs itself again while it is loaded", remedy)
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None, "a path that ends in .py has a loader"
    assert spec.loader is not None, "a path that ends in .py has a loader"
    module = importlib.util.module_from_spec(spec)
    try:
        with _importable(module, folder):
            spec.loader.exec_module(module)
    except TrafficError:
        raise
    except SyntaxError as mistake:
        place = _place(where, mistake.filename or path, mistake.lineno)
        raise error(where, f"{place}: {mistake.msg}", "correct the file") from mistake
    except (Exception, SystemExit) as mistake:  # a file may raise anything
        raise error(where, _failure(where, path, mistake), "correct the file") from mistake
    return module


@contextmanager
def errors_located(where: str, given: Any, error: type[TrafficError] = UsageError) -> Iterator[None]:
    """In a `with` block, errors of the code in a user's file become one line, with the line of the file.

    Args:
        where: the argument, flag or reference at fault, for messages.
        given: the reference, `path/to/file.py:Name`. Errors of anything else come through as they are.
        error: the kind of error that tells it.

    Raises:
        TrafficError: an error of the kind given, or the one that the code itself raises.
    """
    found = SUFFIX.search(given) if isinstance(given, str) else None
    if found is None:
        yield
        return
    path = Path(given[: found.end()])
    try:
        yield
    except TrafficError:
        raise
    except Exception as mistake:  # the file may raise anything
        raise error(where, _failure(where, path, mistake), "correct the file") from mistake


def _failure(where: str, path: Path, mistake: BaseException) -> str:
    """The place of a mistake in the file, and its description."""
    place = _place(where, path, _failed_line(path, mistake))
    return f"{place} fails with {type(mistake).__name__}: {mistake}".strip()


def _is_own(module: ModuleType, name: str, value: Any) -> bool:
    """Whether a name is a public one that the file itself defines."""
    return not name.startswith("_") and getattr(value, "__module__", None) == module.__name__


def _failed_line(path: Path, mistake: BaseException) -> int | None:
    """The last line of the file through which the mistake came."""
    frames = traceback.extract_tb(mistake.__traceback__)
    lines = [frame.lineno for frame in frames if Path(frame.filename).resolve() == path.resolve()]
    return lines[-1] if lines else None


def _place(where: str, file: Path | str, line: int | None) -> str:
    """File and line. The file is left out if the message begins with it."""
    named = [] if where.startswith(str(file)) else [str(file)]
    return ", ".join(named if line is None else [*named, f"line {line}"])


@contextmanager
def _importable(module: ModuleType, folder: Path) -> Iterator[None]:
    """In a `with` block, the module is among those imported, and files of the folder can be imported by name.

    Afterwards both end, and modules imported from the folder are forgotten: another folder may have a file of the same
    name.
    """
    modules, paths = dict(sys.modules), list(sys.path)
    sys.modules[module.__name__] = module
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path[:] = paths
        sys.modules.pop(module.__name__, None)
        beside = {name for name in set(sys.modules) - set(modules) if _stands_in(folder, name)}
        for name in [name for name in sys.modules if name.partition(".")[0] in beside]:
            del sys.modules[name]
        if module.__name__ in modules:
            sys.modules[module.__name__] = modules[module.__name__]


def _stands_in(folder: Path, name: str) -> bool:
    """Whether the module of this name is a file of the folder, or a package right below it."""
    file = getattr(sys.modules[name], "__file__", None)
    return file is not None and Path(file).parent in (folder, folder / name)
