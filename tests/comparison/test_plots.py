import sys

import pytest

from tests.helpers.made_up_comparison import comparison
from traffic_marl.comparison.plots import ensure_plottable, plot
from traffic_marl.errors import FileError, UsageError


@pytest.mark.parametrize("delays", [[60.0, 62.0, 58.0], [60.0], [float("nan")]])
def test_plot_is_a_picture(tmp_path, delays):
    pytest.importorskip("matplotlib")
    plot(comparison({"fixed_time": delays, "random": delays}, "fixed_time"), tmp_path / "delays.png")
    assert (tmp_path / "delays.png").read_bytes().startswith(b"\x89PNG")
    assert len(list(tmp_path.iterdir())) == 1


def test_names_are_drawn_letter_by_letter(tmp_path):
    matplotlib = pytest.importorskip("matplotlib")
    with matplotlib.rc_context({"svg.fonttype": "none"}):
        plot(comparison({"c$^$.py": [60.0, 62.0], "$x_1$": [50.0, 52.0]}, "$x_1$"), tmp_path / "delays.svg")
    text = (tmp_path / "delays.svg").read_text()
    assert ">c$^$.py<" in text
    assert ">$x_1$<" in text


def test_missing_matplotlib_is_told_before_the_run(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(UsageError, match=r"--plot: matplotlib is not installed; run: pip install"):
        ensure_plottable(tmp_path / "delays.png")


def test_unknown_format_is_told_before_the_run(tmp_path):
    with pytest.raises(UsageError, match=r"--plot: delays.txt names no picture format; end it with one of \.pdf"):
        ensure_plottable(tmp_path / "delays.txt")


def test_unwritable_plot_is_told_before_the_run(tmp_path):
    pytest.importorskip("matplotlib")
    with pytest.raises(FileError, match="there is no folder"):
        ensure_plottable(tmp_path / "none" / "delays.png")
