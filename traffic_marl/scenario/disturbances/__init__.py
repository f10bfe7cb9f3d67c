"""What may go wrong in a scenario: detectors that fail, and roads that are closed."""
