"""The same runs under every published definition of travel time and delay."""
