"""Visits of vehicles to intersections, and queues before them: the tables of the kernels, and copies for others."""
