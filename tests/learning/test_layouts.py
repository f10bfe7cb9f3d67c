from dataclasses import replace

import pytest

from traffic_marl.errors import UsageError
from traffic_marl.learning.layouts import ensure_sufficient
from traffic_marl.learning.settings import TrainingSettings
from traffic_marl.observation import ObservationLayout

FULL = ObservationLayout(
    phases=4, movements=2, movement_features=("present", "queue", "moving_0_60", "moving_60_120", "backlog")
)
PHASE, MLP = TrainingSettings(), TrainingSettings(network="mlp")
TABLES = TrainingSettings.chosen(algorithm="tabular-q")


@pytest.mark.parametrize("settings", [PHASE, MLP, TABLES])
def test_a_layout_with_all_features_is_enough(settings):
    ensure_sufficient(FULL, settings)


def test_a_perceptron_takes_any_layout():
    ensure_sufficient(replace(FULL, movement_features=("colour",), phase_features=("allowed",)), MLP)


@pytest.mark.parametrize(
    ("settings", "changes", "message"),
    [
        (PHASE, {"movement_features": ("queue",)}, "the phase network needs the features present; add it, or use the"),
        (PHASE, {"phase_features": ("allowed",)}, "the phase network needs the features shown"),
        (
            TABLES,
            {"movement_features": ("present", "queue")},
            "tabular-q needs the features moving_0_60, moving_60_120",
        ),
        (TABLES, {"phase_features": ("allowed",)}, "tabular-q needs the features shown"),
    ],
)
def test_a_missing_feature_is_told(settings, changes, message):
    with pytest.raises(UsageError, match=f"^observation: {message}"):
        ensure_sufficient(replace(FULL, **changes), settings)


def test_a_residual_policy_needs_a_plan():
    settings = TrainingSettings(residual=True, observation="mine.py:Encoder")
    layout = ObservationLayout(phases=2, movements=1, movement_features=("present",))
    with pytest.raises(UsageError, match="a residual policy needs the feature plan_near of each phase; add"):
        ensure_sufficient(layout, settings)
    ensure_sufficient(replace(layout, phase_features=(*layout.phase_features, "plan_near")), settings)
