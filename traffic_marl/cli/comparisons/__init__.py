"""The results of `compare`: files, and what is printed."""
