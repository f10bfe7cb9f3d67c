"""Validation of a policy during its training: the traffic that it meets, and the strategies it is compared with."""
