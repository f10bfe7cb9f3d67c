"""Clusters of ray: this program starts one on its machine, or joins one that runs."""
