"""Commands about networks, plans and demands themselves, without a run."""
