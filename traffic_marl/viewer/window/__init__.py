"""The window: one or two runs on one clock, with panel, diagram, keys and mouse."""
