"""SUMO's network files, read as networks."""
