"""Remarks about a user's data: counted by kind, named by their first element, told once."""

import warnings

import pytest

from traffic_marl.errors import DemandError
from traffic_marl.remarks import DataWarning, Remark, RemarkBook, ensure_strict, warn_of

FLOWS = "{count} of 5 flows left out, because no movements join their roads"
ROADS = "{count} of 3 roads ignored"
ERROR = DemandError("flow.json: [3].route", "no route leads there", "give another")


def test_a_book_makes_one_remark_of_each_kind_with_the_number_and_the_first():
    book = RemarkBook("flow.json")
    book.add(FLOWS, "flow 3", ERROR)
    book.add(ROADS, "west_in")
    book.add(FLOWS, "flow 4", DemandError("flow.json: [4].route", "no route leads there", "give another"))

    assert [str(remark) for remark in book.remarks()] == [
        "flow.json: 2 of 5 flows left out, because no movements join their roads; the first is flow 3",
        "flow.json: 1 of 3 roads ignored; it is west_in",
    ]
    assert book.remarks()[0].error is ERROR
    assert book.remarks()[1].error is None


def test_a_strict_reader_raises_the_first_error_and_lets_interpretations_pass():
    reading = Remark("roadnet.json", "row 1 is yellow")
    ensure_strict([reading])

    with pytest.raises(DemandError, match="no route leads there"):
        ensure_strict([reading, Remark("flow.json", "1 of 5 flows left out", ERROR)])


def test_each_remark_is_one_warning():
    with pytest.warns(DataWarning) as told:
        warn_of([Remark("flow.json", "one"), Remark("flow.json", "two")])

    assert [str(each.message) for each in told] == ["flow.json: one", "flow.json: two"]


def test_no_remark_is_no_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warn_of([])
