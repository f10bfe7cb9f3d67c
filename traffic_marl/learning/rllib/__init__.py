"""RLlib's algorithms with our sampling. Ray is imported here alone."""
