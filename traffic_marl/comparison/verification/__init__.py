"""Verification: a small reference comparison, shipped with its results, is run again and compared to the last digit.

The folder `reference` holds a results folder for each scenario of `reference.scenarios`. After a change of the engine
that is meant to change results, `write_reference` makes them again.
"""

from traffic_marl.comparison.verification.checking import Check, verify
from traffic_marl.comparison.verification.reference import write_reference

__all__ = ["Check", "verify", "write_reference"]
