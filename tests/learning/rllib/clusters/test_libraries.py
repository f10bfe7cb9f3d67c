"""Libraries on all machines of a cluster."""

import pytest
import ray

from traffic_marl.errors import UsageError
from traffic_marl.learning.rllib.clusters.libraries import NEEDED, PATIENCE, ensure_libraries, missing


def test_the_libraries_that_are_needed_are_all_here():
    assert missing(NEEDED) == ()
    assert missing(("numba", "no_such_library")) == ("no_such_library",)


def test_a_machine_that_lacks_a_library_is_told(cluster):
    ensure_libraries(())
    with pytest.raises(UsageError, match=r"^address: the machine \S+ of the cluster lacks no_such_library; install"):
        ensure_libraries(("no_such_library",))


def test_machines_that_do_not_answer_in_time_are_waited_for_together_and_then_left(cluster, monkeypatch):
    waited = []
    monkeypatch.setattr(ray, "wait", lambda answers, **limits: waited.append((len(answers), limits)) or ([], answers))
    ensure_libraries(("no_such_library",))
    machines = len({node["NodeManagerAddress"] for node in ray.nodes() if node["Alive"]})
    assert waited == [(machines, {"num_returns": machines, "timeout": PATIENCE})]
