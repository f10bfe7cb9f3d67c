"""The costs of an iteration, the shares of the work among processes, and the pace that follows from both."""
