"""Lines that ray's compiled part writes past Python."""

import os

import pytest

from traffic_marl.learning.iterations import LostProcessError
from traffic_marl.learning.rllib import cluster as ours
from traffic_marl.learning.rllib.cluster import harmless_lines_dropped

HARMLESS = (
    "[2026-11-26 02:55:23,701 E 2961 2961] core_worker.cc:2465: Actor with class name: 'TeamRunner' and ID: 'e0' has "
    "constructor arguments in the object store and max_restarts > 0. If the arguments go out of scope, it will fail.\n"
)
LEVEL = "[2026-11-26 04:36:26,918 I 153 153] logging.cc:303: Set ray log level from environment variable to 3\n"
REFUSED = (
    "[2026-11-26 17:07:24,985 W 10565 10565] gcs_client.cc:210: Failed to get cluster ID from GCS server: Unauth\n"
)
REAL = (
    "[2026-11-26 03:03:03,366 E 10882 11648] rpc_client.h:204: Failed to connect to GCS. The program will terminate\n"
)


def test_harmless_lines_of_ray_are_dropped_and_all_others_are_kept(capfd):
    with harmless_lines_dropped():
        os.write(2, f"before\n{HARMLESS}{LEVEL}{REFUSED}{REAL}".encode())
    os.write(2, b"after\n")
    assert capfd.readouterr().err == f"before\n{REAL}after\n"


def test_an_error_within_the_block_keeps_the_lines_before_it(capfd):
    def fail():
        with harmless_lines_dropped():
            os.write(2, f"{HARMLESS}said\n".encode())
            raise ValueError("mine")

    with pytest.raises(ValueError, match="mine"):
        fail()
    assert capfd.readouterr().err == "said\n"


def test_a_ray_that_does_not_start_is_told_in_one_line(monkeypatch):
    def fail(**options):
        raise Exception("The current node timed out\nduring startup. This could happen because some of ray failed.")

    monkeypatch.setattr(ours.ray, "is_initialized", lambda: False)
    monkeypatch.setattr(ours.ray, "init", fail)
    monkeypatch.setattr(ours.ray, "shutdown", lambda: None)
    with pytest.raises(LostProcessError) as told:
        ours.start_ray(0)
    assert str(told.value) == "ray did not start (The current node timed out during startup)"
