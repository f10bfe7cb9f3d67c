"""The flags that choose the machines of a training."""

import socket

import pytest

TRAIN = ("train", "grid_2x2_smoke", "--out", "mine")


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        (("--address", "nowhere"), "--address: 'nowhere' is not an address; give local, auto, HOST:PORT"),
        (("--address", "auto"), "--address: nothing of the training would run on the cluster"),
        (("--cpus-per-runner", 0), "--cpus-per-runner: 0 is too small"),
        (("--cpus-per-runner", 2), "--cpus-per-runner: the main process samples with all CPUs"),
        (("--gpus-per-learner", 1), "--gpus-per-learner: the main process learns"),
        (("--gpus-per-learner", 1.5, "--learners", 1), "--gpus-per-learner: 1.5 is out of range"),
        (("--dashboard", "--address", "h:1"), "--dashboard: the cluster at h:1 has one, or none"),
        (("--dashboard", "--algorithm", "tabular-q"), "--dashboard: tabular-q runs in the main process alone"),
    ],
)
def test_a_wrong_place_is_told_in_one_line_before_anything_is_made(flags, told, call, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, out, err = call(*TRAIN, *flags)
    assert (code, out) == (2, "")
    assert err.startswith(told)
    assert err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_cluster_that_does_not_answer_is_told_before_a_folder_is_made(call, tmp_path, monkeypatch):
    pytest.importorskip("ray")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RAY_AUTH_MODE", "disabled")
    from traffic_marl.learning.rllib.clusters import joining

    monkeypatch.setattr(joining.ray, "is_initialized", lambda: False)
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{bound.getsockname()[1]}"
    code, _, err = call(*TRAIN, "--skip-classical", "--runners", 1, "--address", address)
    assert code == 2
    assert err.startswith(f"--address: nobody answers at {address} (")
    assert err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []
