"""Recordings of runs: made, kept in files, and turned into films."""
