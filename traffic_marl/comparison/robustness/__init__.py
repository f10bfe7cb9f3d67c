"""Robustness: strategies under more and more of what can go wrong."""
