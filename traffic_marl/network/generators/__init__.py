"""Road networks that are generated: grids and arterials."""
