"""Recovery of a training: from the loss of a process, and from a damaged checkpoint."""
