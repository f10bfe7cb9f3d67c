"""The command that explains the decisions of a strategy."""
