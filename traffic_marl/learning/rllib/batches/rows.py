"""Rows of a batch: in random order, and standardised."""

import torch
from ray.rllib.core.columns import Columns
from torch import Tensor

from traffic_marl.learning.rllib.batches.choices import Batch

SMALLEST_DEVIATION = 1e-4  # least divisor of values that are standardised


def shuffled(columns: Batch) -> Batch:
    """The rows in random order, because RLlib's minibatches keep the given order in the first pass."""
    order = torch.randperm(len(columns[Columns.OBS]))
    return {name: column[order] for name, column in columns.items()}


def standardised(values: Tensor, groups: Tensor) -> Tensor:
    """Values (rows,) minus their mean, divided by their standard deviation, within each group (rows,)."""
    mean, deviation = moments(values, groups)
    return (values - mean[groups]) / deviation.clamp(min=SMALLEST_DEVIATION)[groups]


def moments(values: Tensor, groups: Tensor, count: int = 0) -> tuple[Tensor, Tensor]:
    """Mean and standard deviation (groups,) of the values (rows,) of each group. 0 for a group without a value."""
    number = torch.bincount(groups, minlength=count).clamp(min=1)
    mean = torch.zeros(len(number)).index_add_(0, groups, values) / number
    squares = torch.zeros(len(number)).index_add_(0, groups, (values - mean[groups]).square())
    return mean, (squares / number).sqrt()
