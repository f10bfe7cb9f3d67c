"""Starts ray on this machine, without its usual messages."""

import logging
import os
from pathlib import Path

import ray
import torch

PROCESSES_BESIDE = 1  # CPUs reserved for this process itself


def start_ray(processes: int) -> None:
    """Starts ray with room for the runners and learners, unless it runs already.

    Args:
        processes: number of runners and learners besides this process. If there are more of them than CPUs, they
            share the CPUs.
    """
    torch.set_num_threads(1)
    for name in ("ray", "ray.rllib"):
        logging.getLogger(name).setLevel(logging.ERROR)
    if ray.is_initialized():
        return
    _let_workers_import_this_package()
    cpus = max(os.cpu_count() or 1, processes + PROCESSES_BESIDE)
    ray.init(
        address="local",
        num_cpus=cpus,
        include_dashboard=False,
        log_to_driver=False,
        logging_level=logging.ERROR,
    )


def _let_workers_import_this_package() -> None:
    """Puts the folder of the package on the path of ray's processes, because it may not be installed."""
    folder = str(Path(__file__).parents[3])
    known = os.environ.get("PYTHONPATH", "")
    if folder not in known.split(os.pathsep):
        os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (folder, known)))
