"""Chaos: whether what is learnt survives processes that are killed, and roadside equipment that fails."""
