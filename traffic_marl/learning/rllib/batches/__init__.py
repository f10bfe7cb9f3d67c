"""Batches: the rows that RLlib's losses learn from, made from the samples of the runners."""
