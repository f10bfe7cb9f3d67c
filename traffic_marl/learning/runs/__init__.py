"""Run folders: what a training run keeps, and how it goes on."""
