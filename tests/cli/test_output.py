import pytest

from traffic_marl.cli import output


def test_no_bar_where_nobody_looks(capsys):
    with output.progress_bar() as progress:
        progress("random", 0.5)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("columns", "width"), [(None, 80), ("", 80), ("100", 100), ("0", 80), ("-5", 80), ("wide", 80), ("²", 80)]
)
def test_a_pipe_is_80_characters_wide_unless_columns_says_otherwise(monkeypatch, columns, width):
    monkeypatch.delenv("COLUMNS", raising=False)
    if columns is not None:
        monkeypatch.setenv("COLUMNS", columns)
    assert output.screen_width() == width
