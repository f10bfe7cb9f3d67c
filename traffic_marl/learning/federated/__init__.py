"""Federated learning: each district trains where its data is, and weights alone leave it."""
