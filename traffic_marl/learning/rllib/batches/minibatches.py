"""Minibatches of one batch, as RLlib's own iterator gives them, without its cost for each of them."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

import torch
from ray.rllib.policy.sample_batch import MultiAgentBatch, SampleBatch
from torch import Tensor

Columns = Mapping[str, Tensor]  # each (rows, ...)


def minibatches(
    batch: MultiAgentBatch, size: int, epochs: int, total: int = 0, *, shuffles: bool = False
) -> Iterator[MultiAgentBatch]:
    """Minibatches of a batch, over and over, until all its rows have been in `epochs` of them.

    A minibatch goes on with the first rows of the next pass where a pass ends. RLlib's `MiniBatchCyclicIterator` does
    the same, but walks through trees of columns for every minibatch, which takes as long as a small network learns.

    Args:
        batch: of one module.
        size: rows in a minibatch. If the batch has fewer, a minibatch is the whole batch.
        epochs: passes over the batch.
        total: number of minibatches, whatever `epochs` says. 0 for as many as the passes need.
        shuffles: whether each pass but the first has the rows in a random order of its own.
    """
    ((name, given),) = batch.policy_batches.items()
    columns: Columns = dict(given)
    rows = len(given)
    size, first = min(size, rows), 0
    for _ in range(total or math.ceil(epochs * rows / size)):
        last = first + size
        part = _between(columns, first, last)
        if last > rows:
            columns = _shuffled(columns, rows) if shuffles else columns
            beyond = _between(columns, 0, last - rows)
            part = {key: torch.cat((column, beyond[key])) for key, column in part.items()}
        first = last if last <= rows else last - rows
        yield MultiAgentBatch({name: SampleBatch(part)}, len(batch))


def _between(columns: Columns, first: int, last: int) -> dict[str, Any]:
    """Rows first .. last - 1, as far as there are so many."""
    return {key: column[first:last] for key, column in columns.items()}


def _shuffled(columns: Columns, rows: int) -> Columns:
    """All rows in a random order."""
    order = torch.randperm(rows)
    return {key: column[order] for key, column in columns.items()}
