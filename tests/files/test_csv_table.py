import pytest

from traffic_marl.errors import FileError
from traffic_marl.files.csv_table import csv_text, known_name, read_table

COLUMNS = {"intersection": ("node",), "green": ("green_time",), "all_red": ()}


def table(tmp_path, text, needed=("intersection",)):
    path = tmp_path / "plan.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_table(path, COLUMNS, needed, "a plan")


@pytest.mark.parametrize(
    "text",
    [
        "intersection,green,all_red\nA,30,2.5\n",
        "Intersection , Green (s), All-Red [s]\r\nA, 30 , 2.5\r\n",
        "node;green_s;all red\nA;30;2,5\n",
        "NODE\tGREEN TIME\tall_red_s\nA\t30\t2.5",
        "\ufeffintersection,green,all_red\n\n# today\nA,30,2.5\n,,\n",
        'all_red,green,intersection\n2.5,30,"A"\n',
    ],
)
def test_a_table_is_read_however_a_spreadsheet_writes_it(tmp_path, text):
    (row,) = table(tmp_path, text).rows
    assert (row.text("intersection"), row.number("green"), row.number("all_red")) == ("A", 30.0, 2.5)


def test_an_empty_or_missing_cell_is_none_and_no_text(tmp_path):
    (row,) = table(tmp_path, "intersection,green,all_red\nA,\n").rows
    assert row.number("green") is None
    assert row.number("all_red") is None
    with pytest.raises(FileError, match=r"^plan.csv, line 2: has no green; fill in this cell$"):
        row.text("green")


def test_lines_keep_their_numbers_and_unknown_columns_are_told(tmp_path):
    found = table(tmp_path, "intersection,colour,green\n\nA,red,30\n#\nB,,40\n")
    assert [row.where for row in found.rows] == ["plan.csv, line 3", "plan.csv, line 5"]
    assert found.unused == ("colour",)


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ("long", "green: 'long' is not a number; give seconds, 0 to 1e"),
        ("nan", "green: nan is out of range"),
        ("-1", "green: -1 is out of range"),
        ("1e400", "green: 1e400 is out of range"),
        ('"3,5"', "green: '3,5' is not a number"),
    ],
)
def test_a_cell_that_is_no_number_is_told_with_its_line(tmp_path, cell, message):
    (row,) = table(tmp_path, f"intersection,green\nA,{cell}\n").rows
    with pytest.raises(FileError, match=f"^plan.csv, line 2: {message}"):
        row.number("green")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty; give a CSV file with a plan"),
        ("intersection,green\n", "has a head and no line below it"),
        ("green\n30\n", "first line: has no column intersection; name its columns intersection, green, all_red"),
        ("intersection,node\nA,B\n", "first line: intersection is there twice"),
        ("intersection,green\nA,30,5\n", "line 2: has 3 cells for 2 columns"),
        (b"intersection\nA\0\n", "is not text"),
        (b"intersection\n\xff\xfe\n", "is not text in UTF-8"),
        ("intersection\n" + "x" * 200_000, "line 2: is no line of a table"),
    ],
)
def test_a_file_of_another_form_is_refused_in_one_line(tmp_path, text, message):
    with pytest.raises(FileError, match=message):
        table(tmp_path, text)


def test_what_is_written_can_be_read(tmp_path):
    text = csv_text(("intersection", "green", "all_red"), [("A, the first", 30.0, None), ("B", 12.5, 0)])
    assert text == 'intersection,green,all_red\n"A, the first",30,\nB,12.5,0\n'
    first, second = table(tmp_path, text).rows
    assert (first.text("intersection"), second.number("green")) == ("A, the first", 12.5)


def test_a_name_that_looks_like_a_comment_is_read_back(tmp_path):
    text = csv_text(("intersection", "green", "all_red"), [("#m", 30.0, None), ("B", 12.5, 0)])
    first, _ = table(tmp_path, text).rows
    assert (first.text("intersection"), first.number("green")) == ("#m", 30.0)


def test_of_many_names_near_ones_are_shown():
    assert known_name("intersection_31", [f"intersection_{place}" for place in range(100)]).count(",") < 20
    assert known_name("b", ["a1", "c2"]) == "available: a1, c2"
