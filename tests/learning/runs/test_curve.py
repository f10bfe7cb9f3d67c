import pytest

from traffic_marl.learning.runs.curve import draw_curve

ROWS = [
    {"iteration": 1, "agent_steps": 1000, "mean_return": -3.0, "training_delay": 60.0, "validation_delay": ""},
    {"iteration": 2, "agent_steps": 2000, "mean_return": "", "training_delay": "", "validation_delay": 50.0},
    {"iteration": 3, "agent_steps": 3000, "mean_return": -2.0, "training_delay": 45.0},
]


@pytest.fixture
def drawn(monkeypatch):
    """The lines of a picture by label, as they are drawn."""
    pytest.importorskip("matplotlib")
    from matplotlib.axes import Axes

    lines = {}
    plot, axhline = Axes.plot, Axes.axhline
    monkeypatch.setattr(
        Axes,
        "plot",
        lambda axes, x, y, **style: [lines.update({style.get("label"): (x, y)}), plot(axes, x, y, **style)],
    )
    monkeypatch.setattr(
        Axes, "axhline", lambda axes, y, **style: [lines.update({style["label"]: y}), axhline(axes, y, **style)]
    )
    return lines


def test_each_column_is_drawn_where_it_has_a_value(drawn, tmp_path):
    draw_curve(ROWS, tmp_path / "curve.png", title="ppo", classical=("actuated", 40.0))
    while_training = "training episodes, with exploration"
    assert drawn[while_training] == ((0.001, 0.003), (60.0, 45.0))
    assert drawn["validation seeds, greedy policy"] == ((0.002,), (50.0,))
    assert drawn[None] == ((0.001, 0.003), (-3.0, -2.0))
    assert drawn["actuated, best classical: 40.0 s/veh"] == 40.0
    assert (tmp_path / "curve.png").read_bytes().startswith(b"\x89PNG")


def test_a_run_that_is_not_validated_yet_is_drawn_too(drawn, tmp_path):
    draw_curve(ROWS[:1], tmp_path / "curve.svg", title="ppo")
    assert (tmp_path / "curve.svg").stat().st_size > 0
    assert len(drawn) == 2
