"""Starts ray on this machine, or joins a cluster, without ray's usual messages."""

import logging
import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import ray
import torch
from ray._common.utils import get_default_ray_temp_dir
from ray._private import worker

from traffic_marl.errors import one_line
from traffic_marl.learning.iterations import LostProcessError
from traffic_marl.learning.placing.placement import HERE, Placement
from traffic_marl.learning.rllib.clusters.joining import ensure_joined, join
from traffic_marl.learning.rllib.clusters.loopback import on_loopback
from traffic_marl.learning.rllib.clusters.tokens import make_token
from traffic_marl.learning.rllib.watchdog import watched

PROCESSES_BESIDE = 1  # CPUs reserved for this process itself
HARMLESS = re.compile(
    rb"\[[^\]\n]* [EIW] [^\]\n]*\][^\n]* "
    rb"(has constructor arguments in the object store|Set ray log level|Failed to get cluster ID)[^\n]*\n"
)
LOG_LEVEL = "RAY_BACKEND_LOG_LEVEL"  # environment variable that the compiled part of ray reads
STDERR = 2  # its file descriptor, which ray's compiled part writes to


def start_ray(processes: int, placement: Placement = HERE) -> None:
    """Starts ray with room for the runners and learners, or joins a cluster, unless this process uses ray already.

    Args:
        processes: number of runners and learners besides this process. If there are more of them than CPUs of this
            machine, they share the CPUs. A cluster that is joined keeps its own.
        placement: where ray runs.

    Raises:
        LostProcessError: ray does not start, for example because one of its processes was killed.
        UsageError: there is no such cluster, it refuses this user, or this process uses another one.
    """
    torch.set_num_threads(1)
    for name in ("ray", "ray.rllib"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # an error is raised, too, and told by the command line
    if ray.is_initialized():
        ensure_joined(placement)
        return
    os.environ.setdefault(LOG_LEVEL, "fatal")  # losses are told by this program, in one line
    folder = get_default_ray_temp_dir() if placement.is_local else ""
    with watched(folder), harmless_lines_dropped() as written:  # the watchdog, started first, keeps the terminal
        if placement.is_local:
            _let_workers_import_this_package()
            _init(max(os.cpu_count() or 1, processes + PROCESSES_BESIDE), placement)
        else:
            join(placement, written)
    # ray prints errors of its own processes on stdout, such as 100 lines of a log of raylet, whatever it is asked for
    worker.print_to_stdstream = _drop


def _init(cpus: int, placement: Placement) -> None:
    """Starts ray's processes. Nobody reaches them but processes of this user on this machine."""
    make_token()
    try:
        with on_loopback():
            ray.init(
                address="local",
                num_cpus=cpus,
                include_dashboard=placement.dashboard,
                log_to_driver=False,
                logging_level=logging.CRITICAL,
            )
    except Exception as error:  # ray raises anything, also a plain Exception
        ray.shutdown()
        reason = one_line(str(error).partition(". ")[0].rstrip("."))
        raise LostProcessError(f"ray did not start ({reason})") from error


def _drop(data: dict[str, Any], ignore_prefix: bool) -> None:
    """Takes the place of ray's function that prints errors of its processes."""


@contextmanager
def harmless_lines_dropped() -> Iterator[Callable[[], bytes]]:
    """In a `with` block, ray's remarks on its log and on the arguments of each runner do not reach the terminal.

    Ray's compiled part writes it past Python, so the file descriptor itself leads to a file meanwhile. All other text
    is passed on at the end of the block.

    Yields:
        Gives all that was written so far.
    """
    sys.stderr.flush()
    terminal = os.dup(STDERR)
    with tempfile.TemporaryFile() as kept:
        os.dup2(kept.fileno(), STDERR)
        try:
            yield lambda: _content(kept)
        finally:
            sys.stderr.flush()
            os.dup2(terminal, STDERR)
            os.close(terminal)
            _write_all(HARMLESS.sub(b"", _content(kept)))


def _content(file: IO[bytes]) -> bytes:
    """All that a file holds. The next line is written at its end."""
    file.seek(0)
    return file.read()


def _write_all(text: bytes) -> None:
    """Writes to stderr as long as anybody reads it."""
    try:
        with open(STDERR, "wb", closefd=False) as stderr:
            stderr.write(text)
    except OSError:
        pass


def _let_workers_import_this_package() -> None:
    """Puts the folder of the package on the path of ray's processes, because it may not be installed."""
    folder = str(Path(__file__).parents[3])
    known = os.environ.get("PYTHONPATH", "")
    if folder not in known.split(os.pathsep):
        os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (folder, known)))
