"""The scene as pixels, drawn by pygame."""
