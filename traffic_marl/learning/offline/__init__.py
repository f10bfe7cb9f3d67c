"""Recorded decisions: a data set from which a policy is learnt without any traffic of its own."""
