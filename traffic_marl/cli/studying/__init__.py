"""Commands on several runs of a training."""
