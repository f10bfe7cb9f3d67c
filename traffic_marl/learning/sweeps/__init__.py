"""Sweeps: trainings that differ in a few settings and in their seed, and their learning curves side by side."""
