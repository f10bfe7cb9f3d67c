"""Libraries on all machines of a cluster."""

import pytest

from traffic_marl.errors import UsageError
from traffic_marl.learning.rllib.clusters.libraries import NEEDED, ensure_libraries, missing


def test_the_libraries_that_are_needed_are_all_here():
    assert missing(NEEDED) == ()
    assert missing(("numba", "no_such_library")) == ("no_such_library",)


def test_a_machine_that_lacks_a_library_is_told(cluster):
    ensure_libraries(())
    with pytest.raises(UsageError, match=r"^address: the machine \S+ of the cluster lacks no_such_library; install"):
        ensure_libraries(("no_such_library",))
