"""What may go wrong in a scenario: detectors and controllers that fail, and roads that are closed."""
