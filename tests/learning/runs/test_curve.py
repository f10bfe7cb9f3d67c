import pytest

from traffic_marl.learning.runs.curve import draw_curve

ROWS = [
    {"iteration": 1, "agent_steps": 1000, "mean_return": -3.0, "training_delay": 60.0, "validation_delay": ""},
    {
        **{"iteration": 2, "agent_steps": 2000, "mean_return": "", "training_delay": "", "validation_delay": 50.0},
        **{"validation_delay_least": 45.0, "validation_delay_most": 57.0, "validation_delay_of_10000": 45.0},
    },
    {"iteration": 3, "agent_steps": 3000, "mean_return": -2.0, "training_delay": 45.0},
]


@pytest.fixture
def drawn(monkeypatch):
    """The lines of a picture by label, as they are drawn."""
    pytest.importorskip("matplotlib")
    from matplotlib.axes import Axes

    lines = {}
    plot, axhline, fill_between = Axes.plot, Axes.axhline, Axes.fill_between
    monkeypatch.setattr(
        Axes,
        "plot",
        lambda axes, x, y, **style: [
            lines.update({style.get("label", style["color"]): (x, y)}),
            plot(axes, x, y, **style),
        ],
    )
    monkeypatch.setattr(
        Axes, "axhline", lambda axes, y, **style: [lines.update({style["label"]: y}), axhline(axes, y, **style)]
    )
    monkeypatch.setattr(
        Axes,
        "fill_between",
        lambda axes, x, low, high, **style: [
            lines.update({style["label"]: (x, low, tuple(high))}),
            fill_between(axes, x, low, high, **style),
        ],
    )
    return lines


@pytest.mark.filterwarnings("error")
def test_delays_below_zero_are_drawn(drawn, tmp_path):
    free = [{**row, "validation_delay": -0.4} for row in ROWS[1:2]]
    draw_curve(free, tmp_path / "curve.png", title="ppo", classical=("actuated", -0.3))
    assert drawn["greedy policy, mean over the seeds"] == ((0.002,), (-0.4,))


def test_each_column_is_drawn_where_it_has_a_value(drawn, tmp_path):
    draw_curve(ROWS, tmp_path / "curve.png", title="ppo", classical=("actuated", 40.0))
    assert drawn["0.75"] == ((0.002,), (45.0,))
    assert drawn["greedy policy, mean over the seeds"] == ((0.002,), (50.0,))
    assert drawn["range over the seeds"] == ((0.002,), (45.0,), (57.0,))
    assert drawn["C3"] == ((0.001, 0.003), (-3.0, -2.0))
    assert drawn["actuated, best classical: 40.0 s/veh"] == 40.0
    assert (tmp_path / "curve.png").read_bytes().startswith(b"\x89PNG")


def test_of_several_scenarios_the_legend_says_what_is_averaged(drawn, tmp_path):
    draw_curve(ROWS, tmp_path / "curve.svg", title="ppo", mean="geometric mean", over="scenarios")
    assert drawn["greedy policy, geometric mean over the scenarios"] == ((0.002,), (50.0,))
    assert drawn["range over the scenarios"] == ((0.002,), (45.0,), (57.0,))


def test_a_run_that_is_not_validated_yet_is_drawn_too(drawn, tmp_path):
    draw_curve(ROWS[:1], tmp_path / "curve.svg", title="ppo")
    assert (tmp_path / "curve.svg").stat().st_size > 0
    assert len(drawn) == 1


def test_the_picture_shows_one_definition_of_delay(monkeypatch, tmp_path):
    pytest.importorskip("matplotlib")
    from matplotlib.figure import Figure

    made = []
    subplots = Figure.subplots
    monkeypatch.setattr(Figure, "subplots", lambda figure, *a, **k: made.append(subplots(figure, *a, **k)) or made[-1])
    draw_curve(ROWS, tmp_path / "curve.svg", title="ppo")
    ((validation, returns),) = made
    assert [len(axes.lines) for axes in (validation, returns)] == [2, 1]
    assert "delay" in validation.get_ylabel()
    assert "delay" not in returns.get_ylabel()


def test_one_seed_has_no_range(drawn, tmp_path):
    rows = [{**ROWS[1], "validation_delay_least": 50.0, "validation_delay_most": 50.0}]
    draw_curve(rows, tmp_path / "curve.svg", title="ppo")
    assert "range over the seeds" not in drawn


@pytest.mark.parametrize("delay", [-0.2, float("nan"), ""])
def test_a_picture_without_delays_above_zero_has_no_logarithmic_axis(tmp_path, recwarn, delay):
    pytest.importorskip("matplotlib")
    rows = [{**row, "validation_delay": delay} for row in ROWS]
    draw_curve(rows, tmp_path / "curve.png", title="saves $^$ a day", classical=("$^$", 0.0))
    assert (tmp_path / "curve.png").is_file()
    assert not recwarn.list
