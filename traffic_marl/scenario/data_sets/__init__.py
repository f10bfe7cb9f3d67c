"""Data sets in CityFlow's formats as users have them: which files they are, under any names."""
