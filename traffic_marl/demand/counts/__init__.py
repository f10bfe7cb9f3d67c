"""A demand from turning counts: counts read and matched, flows that fit them, trips that meet the flows."""
