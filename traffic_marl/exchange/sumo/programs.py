"""The programs and libraries of SUMO on this machine."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from traffic_marl.errors import FileError, UsageError

INSTALL = "install them with: pip install eclipse-sumo libsumo"
LONGEST_TOLD = 300  # characters of what a program says of its failure


def sumo_homes() -> list[Path]:
    """The folders of SUMO: that of the environment, and that of the Python package `eclipse-sumo`.

    The library libsumo sets the environment's when it is imported, to a folder that may hold SUMO's data alone.
    """
    given = os.environ.get("SUMO_HOME")
    found = find_spec("sumo")
    places = [given] if given else []
    places += list(found.submodule_search_locations or []) if found is not None else []
    return [Path(place) for place in places if Path(place).is_dir()]


def find_program(name: str) -> Path | None:
    """The path of one of SUMO's programs, or None."""
    folders = [str(home / "bin") for home in sumo_homes()]
    found = next(filter(None, (shutil.which(name, path=folder) for folder in folders)), None) or shutil.which(name)
    return None if found is None else Path(found)


def ensure_netconvert(where: str) -> None:
    """Checks that netconvert can be run.

    Raises:
        UsageError: it is not installed. The message says what to install.
    """
    if not has_netconvert():
        raise UsageError(where, "netconvert is not installed", "install it with: pip install eclipse-sumo")


def ensure_simulator(where: str) -> None:
    """Checks that SUMO can be run as a library.

    Raises:
        UsageError: something is missing. The message says what to install.
    """
    missing = [name for name, there in (("libsumo", has_library()), ("netconvert", has_netconvert())) if not there]
    if missing:
        raise UsageError(where, f"SUMO is not installed ({' and '.join(missing)} missing)", INSTALL)


def has_library() -> bool:
    """Whether the library `libsumo` can be imported."""
    return find_spec("libsumo") is not None


def has_netconvert() -> bool:
    """Whether the program `netconvert` is installed."""
    return find_program("netconvert") is not None


def run_netconvert(folder: Path, parts: dict[str, str], net: str, *, left_hand: bool = False) -> None:
    """Makes a network of its parts.

    Args:
        folder: in which all files lie.
        parts: names of the files by the option of netconvert that takes them.
        net: name of the file to make.
        left_hand: whether traffic keeps to the left.

    Raises:
        FileError: netconvert fails.
    """
    files = [f"--{option}={name}" for option, name in parts.items()]
    # Turns are not slowed down, as here, and no connection is made that is not listed.
    flags = ["--no-turnarounds", "--junctions.limit-turn-speed=-1", "--no-warnings", "--offset.disable-normalization"]
    flags += ["--lefthand"] if left_hand else []
    done = call_netconvert(folder, [*files, f"--output-file={net}", *flags])
    if done.returncode != 0:
        what = f"netconvert cannot make a network of it: {' '.join(done.stderr.split())[:LONGEST_TOLD]}"
        raise FileError(str(folder / net), what, "look at the parts of the network in this folder")


def call_netconvert(folder: Path, options: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """Runs netconvert in a folder and returns after its end, with all that it has printed."""
    program = find_program("netconvert")
    assert program is not None, "netconvert was not looked for"
    return subprocess.run(
        [str(program), *options],
        cwd=folder,
        capture_output=True,
        text=True,
        errors="replace",
        env=_environment(),
        check=False,
    )


def _environment() -> dict[str, str]:
    """The environment of netconvert. It finds the data on map projections that come with SUMO, where they are there."""
    places = (home / "data" / "proj" for home in sumo_homes())
    data = next((place for place in places if place.is_dir()), None)
    return ({} if data is None else {"PROJ_DATA": str(data), "PROJ_LIB": str(data)}) | os.environ
