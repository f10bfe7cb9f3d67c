"""The parts of the runner that samples."""
