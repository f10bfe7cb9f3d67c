import pytest

from traffic_marl.cli.studying.costs_display import costs_facts, size
from traffic_marl.learning.costs.costs import Age, Bytes, Costs, LearnerCosts, RunnerCosts


def costs(copies, **others):
    runners = {number: RunnerCosts(each, 4.0, 0.0, 40.0) for number, each in copies.items()}
    return Costs(10.0, False, runners, {0: LearnerCosts(5.0, 0.0)}, **others)


def test_costs_of_runners_are_told_with_their_units():
    moved, age = Bytes(samples=4.2e6, weights=38_000.0, gradients=700.0), Age(0.5, 3.0)
    facts = dict(costs_facts(costs({1: 9, 2: 7}, moved=moved, age=age, age_in_seconds=Age(1.25, 2.0))))
    assert facts == {
        "time used by": "sampling 40%, learning 50%, transfer 10%",
        "idle": "runners 60%, learner 50%",
        "moved": "4.2 MB of samples, 38.7 kB of weights and gradients",
        "age of weights": "mean 0.5 updates, greatest 3, mean 1.2 s",
        "copies": "9/7 of 2 runners",
    }


def test_a_process_alone_tells_what_it_does_and_moves_nothing():
    assert dict(costs_facts(costs({0: 16}))) == {"time used by": "sampling 40%, learning 50%"}


def test_many_runners_are_told_by_their_range():
    facts = dict(costs_facts(costs(dict.fromkeys(range(1, 9), 4) | {9: 12}, moved=Bytes(samples=1.0))))
    assert facts["copies"] == "4 to 12 of 9 runners"


@pytest.mark.parametrize(("count", "text"), [(999, "999 B"), (1000, "1 kB"), (1.5e6, "1.5 MB"), (2.25e9, "2.25 GB")])
def test_bytes_have_a_unit(count, text):
    assert size(count) == text
