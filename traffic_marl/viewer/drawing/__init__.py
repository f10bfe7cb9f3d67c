"""Scenes as pixels, through pygame."""
