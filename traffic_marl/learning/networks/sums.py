"""Sums that come out the same on one thread and on two, so that a training depends on its seed alone.

Intel's MKL, in which torch multiplies matrices, cuts the sums of one product among its threads, on processors of Intel.
Its strict mode of conditional numerical reproducibility, which the variable MKL_CBWR asks for, cuts them alike on any
number. It costs up to a tenth of the pace of training. It is not asked for on other processors, where MKL may take its
slowest mode. On those of AMD the sums were the same without it. MKL reads the variable at its first product.
"""

import os
from functools import cache
from pathlib import Path

import torch

VARIABLE, STRICT = "MKL_CBWR", "AUTO,STRICT"
PROCESSOR, INTEL = Path("/proc/cpuinfo"), "GenuineIntel"  # of Linux
SHAPES = ((2048, 64, 32), (1000, 24, 8))  # rows and columns of the products that are tried


def ask_for_same_sums() -> None:
    """Sets MKL's strict mode on processors of Intel, unless the user has chosen a mode."""
    try:
        is_intel = INTEL in PROCESSOR.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return
    if is_intel:
        os.environ.setdefault(VARIABLE, STRICT)


@cache
def sums_are_the_same() -> bool:
    """Whether products of the sizes of a training are the same on one thread and on two. It is tried once."""
    before = torch.get_num_threads()
    try:
        return all(_are_same(*shape) for shape in SHAPES)
    finally:
        torch.set_num_threads(before)


def _are_same(rows: int, left: int, right: int) -> bool:
    """Whether the product of two drawn matrices, which sums over their rows, is the same on one thread and on two."""
    drawing = torch.Generator().manual_seed(rows)
    one, other = (torch.randn(rows, columns, generator=drawing) for columns in (left, right))
    products = []
    for threads in (1, 2):
        torch.set_num_threads(threads)
        products.append(one.T @ other)
    return torch.equal(*products)
