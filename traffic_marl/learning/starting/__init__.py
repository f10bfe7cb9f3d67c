"""Warm starts: a training that begins with the weights of another policy, or with the choices of a strategy."""
