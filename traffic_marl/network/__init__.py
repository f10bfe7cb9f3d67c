"""Road networks.

A reader of a file format makes nodes and roads (`model`) and joins them to a network (`assemble.build_network`).
"""
