"""Districts of a federated training as actors of ray, each on its own machine."""
