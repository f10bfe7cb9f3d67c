"""The window: runs side by side on one clock, with panel, diagram, keys and mouse."""
