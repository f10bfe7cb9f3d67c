"""Whether SUMO is installed, for the tests that need it."""

import pytest

from traffic_marl.exchange.sumo.programs import has_library, has_netconvert

needs_sumo = pytest.mark.skipif(
    not (has_library() and has_netconvert()), reason="SUMO is not installed: pip install eclipse-sumo libsumo"
)
needs_netconvert = pytest.mark.skipif(
    not has_netconvert(), reason="netconvert is not installed: pip install eclipse-sumo"
)
