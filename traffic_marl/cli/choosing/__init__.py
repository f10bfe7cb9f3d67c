"""The choice of a scenario on the command line."""
