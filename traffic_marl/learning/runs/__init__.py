"""The folder of a run: its progress, its checkpoints, and the loop that fills it."""
