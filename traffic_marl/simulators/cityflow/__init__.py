"""CityFlow as a simulator, through its Python module `cityflow`."""
