"""Kernels for traffic that another program moves."""
