import pytest

from traffic_marl.errors import StrategyError, UsageError
from traffic_marl.strategies.catalogue import parse
from traffic_marl.tuning.settings import CLASSICAL
from traffic_marl.tuning.spaces import SPACES, Range, Words, narrowed, rounded, space_of, split, written

OWN = """
from dataclasses import dataclass
from traffic_marl.strategies import BaseStrategy, number, seconds

@dataclass(frozen=True)
class Mine(BaseStrategy):
    gap_s: int = seconds(4, "gap")
    greed: float = number(0.5, "", "a number", "greed", most=1.0)
    off: float = number(0.0, "", "a number", "nothing")
    many: int | None = seconds(None, "unknown")

    def start(self, conditions):
        return lambda readings: readings.phase
"""


def ends(kind):
    return kind.values if isinstance(kind, Words) else (kind.low, kind.high)


def test_every_classical_strategy_has_a_space_whose_ends_are_values_of_it():
    assert set(SPACES) == set(CLASSICAL)
    for name, space in SPACES.items():
        for key, kind in space.items():
            for end in ends(kind):
                parse(written(name, {key: rounded(end, kind)}))


def test_defaults_lie_inside_the_space():
    for name, space in SPACES.items():
        strategy = parse(name).strategy
        for key, kind in space.items():
            default = getattr(strategy, key, None)
            if default is not None:
                assert default in kind.values if isinstance(kind, Words) else kind.low <= default <= kind.high


def test_given_parameters_stay_as_they_are():
    assert set(space_of("actuated:gap_s=2")) == {"longest_green_s"}
    assert written("actuated:gap_s=2", {"longest_green_s": 30}) == "actuated:gap_s=2,longest_green_s=30"
    assert split("own.py:Mine:greed=1, gap_s=2") == ("own.py:Mine", {"greed": "1", "gap_s": "2"})


@pytest.mark.parametrize("text", ["random", "fixed_time:green_s=20"])
def test_a_strategy_without_free_parameters_is_refused(text):
    with pytest.raises(StrategyError, match="has no parameter that can be tuned; give one of fixed_time, "):
        space_of(text)


def test_the_numbers_of_a_users_strategy_are_tried_around_their_defaults(tmp_path):
    path = tmp_path / "own.py"
    path.write_text(OWN)
    space = space_of(f"{path}:Mine")
    assert set(space) == {"gap_s", "greed", "interval_s"}
    assert ends(space["gap_s"]) == (1.0, 16.0)
    assert ends(space["greed"]) == (0.125, 1.0)  # no more than it may be


def test_ranges_may_be_narrowed():
    space = narrowed(space_of("sotl"), ("threshold_veh_s=20:40.5",), "--range")
    assert space["threshold_veh_s"] == Range(20.0, 40.5, True, True)
    assert space["platoon_veh"] == SPACES["sotl"]["platoon_veh"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("gap_s", "--range: 'gap_s' is no range; write it as longest_green_s=20:90"),
        ("gap_s=5:2", "is no range"),
        ("gap_s=1:1", "is no range"),
        ("gap_s=1-:2", "is no range"),
        (f"gap_s=1:{'9' * 5000}", "is no range"),
        ("gap=1:2", "there is no number 'gap' to tune; did you mean gap_s"),
    ],
)
def test_wrong_ranges_are_told(text, message):
    with pytest.raises(UsageError, match=message):
        narrowed(space_of("actuated"), (text,), "--range")
