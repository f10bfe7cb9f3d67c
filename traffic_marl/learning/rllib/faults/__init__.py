"""Faults of the processes of a training: told apart, survived where that is possible, and counted."""
