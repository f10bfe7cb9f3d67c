"""The version of this package, written here alone."""

__version__ = "0.2.0"
