"""Places that a training makes no use of."""

import pytest

from traffic_marl import train
from traffic_marl.errors import UsageError
from traffic_marl.learning.placing import checks
from traffic_marl.learning.placing.checks import checked_placement
from traffic_marl.learning.placing.placement import HERE, Placement, flags_of
from traffic_marl.learning.settings import TrainingSettings


@pytest.mark.parametrize(
    ("placement", "settings", "told"),
    [
        (Placement("auto"), {}, "address: nothing of the training would run on the cluster"),
        (Placement(cpus_per_runner=2), {"learners": 1}, "cpus_per_runner: the main process samples"),
        (Placement(gpus_per_learner=1), {"runners": 1}, "gpus_per_learner: the main process learns"),
        (Placement("auto"), {"algorithm": "tabular-q", "policy": "independent"}, "address: tabular-q runs in the main"),
        (Placement(dashboard=True), {"algorithm": "tabular-q", "policy": "independent"}, "dashboard: tabular-q runs"),
        ("auto", {}, "placement: 'auto' is not a Placement"),
    ],
)
def test_a_place_without_any_use_is_refused(placement, settings, told):
    with pytest.raises(UsageError, match=f"^{told}"):
        checked_placement(placement, TrainingSettings.chosen(**settings))


def test_a_place_with_a_use_is_kept():
    placement = Placement("auto", cpus_per_runner=2, gpus_per_learner=0.5)
    assert checked_placement(placement, TrainingSettings.chosen(runners=1, learners=1)) == placement
    assert checked_placement(None, TrainingSettings.chosen()) == HERE


def test_a_wrong_place_is_told_before_a_folder_is_made(tmp_path):
    with pytest.raises(UsageError, match="address: nothing of the training would run"):
        train("grid_2x2_smoke", tmp_path / "run", iterations=1, placement=Placement("auto"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("placement", "flags"),
    [
        (HERE, ()),
        (Placement("head:6379", 2), ("--address head:6379", "--cpus-per-runner 2")),
        (Placement(gpus_per_learner=0.5, dashboard=True), ("--gpus-per-learner 0.5", "--dashboard")),
    ],
)
def test_the_flags_of_a_place_are_those_that_ask_for_it(placement, flags):
    assert flags_of(placement) == flags


def test_a_dashboard_that_is_not_installed_is_told(monkeypatch):
    known = TrainingSettings.chosen()
    monkeypatch.setattr(checks, "find_spec", lambda name: None if name == "opencensus" else name)
    with pytest.raises(UsageError, match=r'dashboard: ray\'s dashboard is not installed; run: pip install "ray'):
        checked_placement(Placement(dashboard=True), known)
    monkeypatch.setattr(checks, "find_spec", str)
    assert checked_placement(Placement(dashboard=True), known).dashboard
