"""Kernels for measures by place: visits of vehicles to intersections, and queues before them."""
