"""Checks of the settings of a training."""
