"""Recordings of runs, their files, and films of them."""
