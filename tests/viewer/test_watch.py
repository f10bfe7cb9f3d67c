"""watch in Python: every form of a strategy, and mistakes."""

import pytest

from tests.helpers.small_town import TOWN
from traffic_marl.errors import UsageError
from traffic_marl.strategies.classical.fixed_time import FixedTime

pytest.importorskip("pygame", reason="the window is pygame's")

from traffic_marl.viewer import watch as module
from traffic_marl.viewer.watch import watch


@pytest.fixture
def labels(monkeypatch):
    """Labels of the runs that a window shows."""
    found = []

    class Window:
        def __init__(self, sources, *, title, speed):
            found.extend(source.label for source in sources)

        def show(self):
            pass

    monkeypatch.setattr(module, "Window", Window)
    return found


def resting(conditions):
    return lambda readings: readings.phase


def test_a_text_an_object_and_a_function_are_strategies(labels):
    watch(TOWN, ["max_pressure", FixedTime(green_s=20)], 4)
    watch(TOWN, [resting], 4)
    watch(TOWN, "sotl,actuated", 4)
    assert labels == ["max_pressure", "fixed_time:green_s=20", "resting", "sotl", "actuated"]


@pytest.mark.parametrize(
    ("strategies", "complaint"),
    [
        ([7], "strategies: 7 is not a strategy"),
        (7, "strategies: 7 is not a list of strategies"),
        ([], "strategies: 0 do not fit side by side; give one or two"),
        ("sotl,actuated,random", "strategies: 3 do not fit side by side; give one or two"),
    ],
)
def test_other_arguments_are_refused(labels, strategies, complaint):
    with pytest.raises(UsageError, match=complaint):
        watch(TOWN, strategies, 4)
    assert labels == []
