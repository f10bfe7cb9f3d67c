"""Pages of the documents that are made from the program itself, so that they cannot fall behind it."""

from docs.generate.pages import write_all

__all__ = ["write_all"]
