"""Numbers only: the dynamics of vehicles and signals, compiled."""
