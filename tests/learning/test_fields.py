from dataclasses import dataclass

import numpy as np
import pytest

from traffic_marl.errors import UsageError
from traffic_marl.learning.fields import (
    above_zero,
    check_fields,
    describe,
    one_of,
    optional_whole,
    several,
    share,
    sizes,
    switch,
    whole,
)


@dataclass(frozen=True)
class Cake:
    """Settings of a cake."""

    kind: str = one_of("plain", "Kind of cake", ("plain", "marble"))
    eggs: int = whole(3, "Number of eggs.", "N", most=12)
    flour: float = above_zero(250.0, "Flour [g].", "G")
    sugar: float = share(0.3, "Sugar, as a share of the flour.", "SHARE", below_one=True)
    minutes: int | None = optional_whole("Minutes in the oven.", "MIN", "until it is brown")
    layers: tuple[int, ...] = sizes((2, 1), "Thickness of each layer.", "N,N,...")
    icing: bool = switch("Cover it with icing.")
    nuts: tuple[str, ...] = several("A kind of nut.", "NUT")

    def __post_init__(self) -> None:
        check_fields(self)


def test_a_field_carries_its_help_its_placeholder_and_its_kind():
    found = describe(Cake)
    assert found["kind"].help == "Kind of cake: plain, marble."
    assert (found["eggs"].metavar, found["eggs"].kind) == ("N", int)
    assert (found["minutes"].default, found["layers"].default) == ("until it is brown", "2,1")
    assert (found["icing"].kind, found["nuts"].kind) == (bool, list)


def test_values_become_plain_ones():
    cake = Cake(eggs=np.int64(2), flour=np.float32(100), layers=[np.int32(4)], icing=np.True_, nuts=["hazel"])
    assert cake == Cake(eggs=2, flour=100.0, layers=(4,), icing=True, nuts=("hazel",))
    assert [type(each) for each in (cake.eggs, cake.flour, cake.layers[0], cake.icing)] == [int, float, int, bool]
    assert Cake(layers="3,2,1").layers == (3, 2, 1)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"kind": "marbel"}, "kind: unknown kind 'marbel'; did you mean marble? Available: plain, marble"),
        ({"eggs": 0}, "eggs: 0 is too small; give a whole number, at least 1"),
        ({"eggs": 13}, "eggs: 13 is too large; give at most 12"),
        ({"eggs": True}, "eggs: True is not a whole number; give a whole number, at least 1"),
        ({"flour": 0.0}, "flour: 0.0 is out of range; give a number above 0"),
        ({"flour": "much"}, "flour: 'much' is not a number; give a number above 0"),
        ({"sugar": 1.0}, "sugar: 1.0 is out of range; give a number from 0 to below 1"),
        ({"minutes": 0}, "minutes: 0 is too small; give a whole number, at least 1"),
        ({"layers": "2,x"}, "layers: '2,x' is not a list of sizes; give whole numbers, at least 1 each, such as 2,1"),
        ({"layers": ()}, "layers: () is not a list of sizes; give whole numbers, at least 1 each, such as 2,1"),
        ({"icing": "yes"}, "icing: 'yes' is neither true nor false; give True or False"),
        ({"nuts": "hazel"}, "nuts: 'hazel' is not a list of names; give a list of names"),
        ({"nuts": 5}, "nuts: 5 is not a list of names; give a list of names"),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else "",
)
def test_a_wrong_value_is_told_with_the_field_and_what_would_do(wrong, message):
    with pytest.raises(UsageError) as error:
        Cake(**wrong)
    assert str(error.value) == message
