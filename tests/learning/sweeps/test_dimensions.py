"""Settings with the values that a sweep tries."""

import pytest

from traffic_marl.errors import UsageError
from traffic_marl.learning.sweeps.dimensions import dimension_of, dimensions_of, labelled
from traffic_marl.tuning.spaces import Range, Words


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("learning_rate=3e-4,7e-4", (0.0003, 0.0007)),
        ("learning-rate = 3e-4", (0.0003,)),
        ("policy=shared,independent", ("shared", "independent")),
        ("hidden=32,32;64", ((32, 32), (64,))),
        ("hidden=32,64", ((32,), (64,))),
        ("stock=yes,no", (True, False)),
        ("epochs=1,4", (1, 4)),
        ("observation=queue+wait,upstream", ("queue+wait", "upstream")),
        ("fragment=20,40", (20, 40)),
    ],
)
def test_values_are_read_as_the_setting_has_them(text, values):
    found = dimension_of(text)
    assert found.values == values
    assert dimension_of(str(found)) == found
    assert found.space == Words(tuple(found.space.values))
    assert [found.value(word) for word in found.space.values] == list(values)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("learning_rate=1e-4:1e-2", Range(1e-4, 1e-2, is_whole=False, is_log=True)),
        ("discount=0.9:0.99", Range(0.9, 0.99, is_whole=False, is_log=False)),
        ("epochs=1:4", Range(1, 4, is_whole=True, is_log=False)),
        ("minibatch=64:4096", Range(64, 4096, is_whole=True, is_log=True)),
    ],
)
def test_a_range_is_drawn_by_ratios_where_its_ends_are_far_apart(text, expected):
    found = dimension_of(text)
    assert found.range == found.space == expected
    assert dimension_of(str(found)) == found


def test_an_object_of_a_file_is_kept_with_its_whole_path_and_told_by_its_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = dimension_of("reward=delay,mine.py:waiting")
    assert found.values == ("delay", f"{tmp_path}/mine.py:waiting")
    assert labelled({"reward": found.values[1], "epochs": 4}) == "reward=waiting epochs=4"


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (["learning_rate"], r"over: 'learning_rate' is no setting with values; write it as"),
        (["=3"], r"is no setting with values"),
        (["policy="], r"is no setting with values"),
        (["learning_rat=1"], r"there is no setting 'learning_rat'; did you mean learning_rate"),
        (["seed=1,2"], r"seed cannot be swept over; give --seeds"),
        (["also=a,b"], r"also cannot be swept over; give it once"),
        (["policy=shared,unknown"], r"over: policy: unknown policy 'unknown'"),
        (["epochs=1,two"], r"epochs=two is not a whole number"),
        (["epochs=1.5"], r"epochs=1.5 is not a whole number"),
        (["learning_rate=-1,1"], r"learning_rate: -1.0 is out of range"),
        (["learning_rate=1e-2:1e-4"], r"is no range; write the lower number first"),
        (["learning_rate=1e-2:nan"], r"learning_rate: nan is not a number"),
        (["policy=shared,,independent"], r"policy has an empty value"),
        (["epochs=2,2"], r"epochs has the value 2 twice"),
        (["stock=perhaps"], r"stock=perhaps is neither yes nor no"),
        (["epochs=1,2", "epochs=3"], r"epochs is given twice"),
    ],
)
def test_what_cannot_be_swept_over_is_told(texts, said):
    with pytest.raises(UsageError, match=said):
        dimensions_of(texts)
