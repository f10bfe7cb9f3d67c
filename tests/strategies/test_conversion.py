"""Strategies as users hand them in, from outside the package."""

from dataclasses import dataclass

import numpy as np
import pytest

from tests.helpers.handmade_signals import TWO_PHASES, conditions, crossing, mixed, readings
from tests.helpers.own_strategies import SOURCE, write
from traffic_marl.errors import StrategyError, TrafficError, UsageError
from traffic_marl.remarks import DataWarning
from traffic_marl.strategies import BaseStrategy, NamedStrategy, named_strategy, number
from traffic_marl.strategies.classical.fixed_time import FixedTime
from traffic_marl.strategies.classical.max_pressure import MaxPressure
from traffic_marl.strategies.origin import origin_of

NETWORK = mixed()  # three phases, two and one
CROSSING = crossing(TWO_PHASES)
LINE = SOURCE.partition("readings.nosuch")[0].count("\n") + 1  # at which the strategy `failing` fails


def first_decision(given, time=0):
    controller = named_strategy(given).start(conditions(NETWORK))
    return controller.decide(readings(NETWORK, time)).tolist()


def refusal(given, error=TrafficError):
    with pytest.raises(error) as caught:
        first_decision(given)
    return str(caught.value)


@dataclass(frozen=True)
class Stubborn(BaseStrategy):
    """Always the same phase."""

    phase: float = number(0.0, "", "a phase", "the phase")

    def start(self, conditions):
        return lambda readings: np.full(readings.phase.shape, int(self.phase))


class Minimal:
    def start(self, conditions):
        return lambda readings: readings.phase


def usual(conditions):
    return lambda readings: readings.phase


usual.default_interval = 12


def test_the_default_interval_of_a_strategy_is_kept_in_every_form(tmp_path):
    class Usual(Minimal):
        default_interval = 12

    path = tmp_path / "mine.py"
    start = "    def start(self, conditions):\n        return lambda readings: readings.phase\n"
    path.write_text(f"class Usual:\n    default_interval = 12\n\n{start}")
    for given in (usual, Usual, Usual(), f"{path}:Usual"):
        named = named_strategy(given)
        assert (named.own_interval, named.default_interval) == (None, 12)
    assert named_strategy(Minimal).default_interval is None
    Usual.default_interval = 0
    assert refusal(Usual) == "Usual.default_interval: 0 is too small; give a whole number, at least 1"


TELLING = """
from types import SimpleNamespace

from traffic_marl.remarks import Remark
from traffic_marl.strategies.origin import Origin


class Telling:
    longest_wait = 90

    def origin(self):
        return Origin("loops", "none", "by hand", 2.0)

    def start(self, conditions):
        return SimpleNamespace(decide=lambda readings: readings.phase, remarks=(Remark("mine", "sees less"),))
"""


def test_what_a_strategy_tells_of_itself_is_the_same_from_a_file(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(TELLING)
    names = {}
    exec(TELLING, names)
    for given in (names["Telling"](), f"{path}:Telling"):
        named = named_strategy(given)
        assert named.longest_wait == 90
        assert (origin_of(named).senses, origin_of(named).hours) == ("loops", 2.0)
        with pytest.warns(DataWarning, match="sees less"):
            named.start(conditions(NETWORK))
    silent = named_strategy(f"{write(tmp_path)}:Plain:first=1")
    assert (silent.longest_wait, origin_of(silent).parameters) == (None, "first=1")


@pytest.mark.parametrize(
    ("given", "label"),
    [
        ("fixed_time:green_s=20", "fixed_time:green_s=20"),
        (FixedTime(green_s=20), "fixed_time:green_s=20"),
        (FixedTime(), "fixed_time"),
        (FixedTime, "fixed_time"),
        (NamedStrategy("mine", FixedTime()), "mine"),
        (Stubborn(), "Stubborn"),
        (Stubborn(2.0), "Stubborn:phase=2.0"),
        (Minimal(), "Minimal"),
        (Minimal, "Minimal"),
    ],
)
def test_each_form_of_a_strategy_gets_a_label(given, label):
    assert named_strategy(given).label == label


def test_a_function_of_the_conditions_is_a_strategy():
    def resting(conditions):
        return lambda readings: readings.phase

    named = named_strategy(resting)
    assert (named.label, named.own_interval) == ("resting", None)
    assert first_decision(resting) == [[0, 0, 0]]


def test_intervals_come_from_the_text_then_from_the_strategy():
    assert named_strategy("fixed_time").own_interval == 1
    assert named_strategy("fixed_time:interval_s=7").own_interval == 7
    assert named_strategy(Minimal()).own_interval is None


@pytest.mark.parametrize("given", [3, None, object(), int, [FixedTime()], {"strategy": 1}])
def test_other_things_are_refused(given):
    with pytest.raises(UsageError, match="is not a strategy; give a name"):
        named_strategy(given)


def test_the_refusal_names_the_forms_that_would_do():
    line = refusal(3, UsageError)
    assert line.startswith("strategy: 3 is not a strategy; give a name such as max_pressure, path/to/file.py:Name, or")


def test_an_interval_that_is_no_duration_is_refused():
    class Hasty(Minimal):
        interval = 0

    assert refusal(Hasty()) == "Hasty.interval: 0 is too small; give a whole number, at least 1"


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("Greedy", [[0, 0, 0]]),
        ("Greedy:greed=2", [[0, 0, 0]]),
        ("Plain:first=30", [[0, 0, 0]]),
        ("alternating", [[0, 0, 0]]),
        ("alternating:every=7", [[0, 0, 0]]),
        ("made", [[0, 0, 0]]),
    ],
)
def test_a_file_gives_strategies_with_parameters(tmp_path, name, asked):
    text = f"{write(tmp_path)}:{name}"
    named = named_strategy(text)
    assert named.label == text
    assert first_decision(text) == asked


def test_parameters_of_a_file_arrive(tmp_path):
    path = write(tmp_path)
    assert named_strategy(f"{path}:Greedy:greed=2.5").strategy.strategy.greed == 2.5
    plain = named_strategy(f"{path}:Plain:first=3,hurry=true,interval_s=4")
    assert (plain.strategy.strategy.first, plain.strategy.strategy.hurry) == (3, True)
    assert (plain.own_interval, named_strategy(f"{path}:made").own_interval) == (4, 10)
    controller = named_strategy(f"{path}:alternating:every=7").start(conditions(CROSSING))
    assert [controller.decide(readings(CROSSING, time))[0, 0] for time in (0, 7, 14)] == [0, 1, 0]


def test_a_class_of_controllers_is_a_strategy(tmp_path):
    controller = named_strategy(f"{write(tmp_path)}:Remembering").start(conditions(CROSSING))
    assert [controller.decide(readings(CROSSING))[0, 0] for _ in range(3)] == [1, 0, 1]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("Greedy:gred=2", ":Greedy: unknown parameter 'gred'; did you mean greed? Available: greed, interval_s"),
        ("Greedy:greed=much", ":Greedy:greed=much: much is not a factor; give a number, at least 0"),
        ("Greedy:greed=-1", ":Greedy:greed=-1: -1 is not a factor; give a number, at least 0"),
        ("Greedy:greed", "'greed' is not key=value; write "),
        ("Plain", ":Plain: needs a value for first; write "),
        ("Plain:first=soon", ":Plain:first=soon: soon is not a whole number; give a whole number"),
        ("Plain:first=1,hurry=yes", "yes is not true or false; give true or false"),
        ("made:first=2", ":made: unknown parameter 'first'; available: interval_s"),
        ("number_of_phases", "4 is not a strategy; give a name such as"),
        ("Gredy", "defines no 'Gredy'; did you mean Greedy?"),
        ("unknown_phase", ":unknown_phase: asks for phase 9 at J0; this intersection has the phases 0 to 2"),
        ("too_few", ":too_few: decide gives an array of shape (1,); give one phase per copy and intersection: (1, 3)"),
        ("fractions", ":fractions: decide gives an array of float64; give the numbers of phases as an array of whole"),
        ("nothing", ":nothing: decide gives None; give the numbers of phases"),
        ("ragged", ":ragged: decide gives [[0], [0, 1]]; give the numbers of phases"),
        ("undecided", ":undecided: start gives 3, which cannot decide; return an object with decide(readings), or"),
        ("failing", f":failing: line {LINE} fails with AttributeError: 'Readings' object has no attribute 'nosuch'"),
    ],
)
def test_what_is_wrong_with_a_file_is_told_in_one_line(tmp_path, name, message):
    line = refusal(f"{write(tmp_path)}:{name}")
    assert message in line
    assert "\n" not in line


@pytest.mark.parametrize(
    ("argument", "remedy"),
    [
        ("pace", "let the file say its type, as in pace: float, or give it a default"),
        ("pace: float", "write {path}:slow:pace=VALUE, or in Python slow(pace=...)"),
    ],
)
def test_a_parameter_without_a_value_is_told_with_a_way_that_works(tmp_path, argument, remedy):
    path = write(tmp_path, f"def slow(conditions, {argument}):\n    return lambda readings: readings.phase\n")
    assert refusal(f"{path}:slow").endswith(f"{path}:slow: needs a value for pace; {remedy.format(path=path)}")


def test_a_file_that_fails_is_told_with_its_line(tmp_path):
    path = write(tmp_path, "import math\n\nmath.sqrt(-1)\n")
    line = refusal(f"{path}:Mine")
    assert "mine.py, line 3 fails with ValueError" in line


def test_a_failure_of_the_users_own_object_passes_through():
    class Broken(Minimal):
        def start(self, conditions):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        first_decision(Broken())


def test_an_unknown_phase_of_a_shipped_class_is_refused_too():
    class Wrong(MaxPressure):
        def start(self, conditions):
            return lambda readings: readings.phase - 1

    with pytest.raises(StrategyError, match="Wrong: asks for phase -1 at J0"):
        first_decision(Wrong())
