"""SUMO's route files, read as a demand."""
