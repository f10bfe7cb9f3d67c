"""The section on learning curves."""

from dataclasses import replace

import pytest

from tests.helpers.made_up_curves import made_up_curve
from tests.helpers.reported import reported
from traffic_marl.report.gathering import learning_curves
from traffic_marl.report.sections.learning import learning


@pytest.fixture
def runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for seed in (0, 1):
        made_up_curve(tmp_path / "runs" / f"q{seed}", seed=seed)
    made_up_curve(tmp_path / "runs" / "other", policy="independent")
    made_up_curve(tmp_path / "runs" / "new", delays=())


def test_trained_policies_come_with_their_curves_and_others_without(runs):
    labels = ("fixed_time", "own.py:Name", "runs/q0", "runs/q1:choose=sampled", "runs/new", "runs/gone")
    (curve,) = learning_curves(labels)
    assert [run.name for run in curve.group.runs] == ["runs/q0", "runs/q1"]


def test_curves_are_drawn_with_the_best_classical_strategy(runs):
    drawn = learning(replace(reported(), curves=learning_curves(("runs/q0", "runs/q1", "runs/other"))))
    assert "runs/q, 2 runs" in drawn
    assert "runs/other" in drawn
    assert "webster, best classical" in drawn
    assert drawn.count('class="band') == 1
    assert "data-switch" not in drawn


def test_without_a_trained_policy_there_is_no_section():
    assert learning(reported()) is None
