"""Demands that are read from files."""
