"""Road networks that are read from files."""
