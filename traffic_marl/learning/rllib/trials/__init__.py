"""Runs of a sweep as trials of Ray Tune."""
