"""Road networks: the only user of networkx."""
