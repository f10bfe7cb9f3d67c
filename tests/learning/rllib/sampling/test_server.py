from types import SimpleNamespace

import pytest
import ray

from traffic_marl.learning.rllib.sampling import server
from traffic_marl.learning.rllib.sampling.server import WeightServer, await_server


class Handle:
    """Stands for the server's process. It keeps the requests, whose answers are what the test says."""

    def __init__(self):
        self.asked = []
        self.pull_if_newer = self

    def remote(self, number):
        self.asked.append(number)
        return len(self.asked)


class Answers(list):
    """What the server answers."""

    def __init__(self):
        super().__init__()
        self.waits = []


@pytest.fixture
def answers(monkeypatch):
    """The answers to requests, in turn: a state, or an error. Notes how long each is waited for."""
    given = Answers()

    def answer(request, timeout):
        given.waits.append(timeout)
        found = given.pop(0)
        if isinstance(found, Exception):
            raise found
        return found

    monkeypatch.setattr(server.ray, "get", answer)
    return given


def test_newer_weights_are_given_once(answers):
    handle = Handle()
    answers += [{"weights_seq_no": 4}, None]
    weights = WeightServer(handle)
    assert weights.newer(3) == {"weights_seq_no": 4}
    assert weights.newer(4) is None
    assert handle.asked == [3, 4]


def test_a_server_that_starts_is_not_waited_for(answers):
    answers += [ray.exceptions.GetTimeoutError(), None, {"weights_seq_no": 1}, ray.exceptions.ActorDiedError(), None]
    weights = WeightServer(Handle())
    for _ in range(5):
        weights.newer(0)
    assert answers.waits == [0.0, 0.0, server.LONGEST_WAIT, server.LONGEST_WAIT, 0.0]


def test_a_server_that_does_not_answer_yet_is_not_asked_twice(answers):
    handle = Handle()
    answers += [ray.exceptions.GetTimeoutError(), ray.exceptions.GetTimeoutError(), {"weights_seq_no": 1}]
    weights = WeightServer(handle)
    assert [weights.newer(0) for _ in range(3)] == [None, None, {"weights_seq_no": 1}]
    assert handle.asked == [0]


def test_a_server_that_is_lost_is_asked_again(answers):
    handle = Handle()
    answers += [ray.exceptions.ActorDiedError(), {"weights_seq_no": 2}]
    weights = WeightServer(handle)
    assert [weights.newer(0) for _ in range(2)] == [None, {"weights_seq_no": 2}]
    assert handle.asked == [0, 0]


def test_a_training_begins_once_the_server_has_started(monkeypatch):
    asked = []
    monkeypatch.setattr(server.ray, "get", asked.append)
    handle = SimpleNamespace(get_version=SimpleNamespace(remote=lambda: "version"))
    await_server(SimpleNamespace(_env_runner_state_server=handle))
    assert asked == ["version"]
    await_server(SimpleNamespace(_env_runner_state_server=None))
    await_server(SimpleNamespace())
    assert asked == ["version"]
