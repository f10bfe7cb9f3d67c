"""Strategies for signals: one file each, no learning here."""
