"""Recall: every strategy that depends on detectors keeps blind lanes served."""

import numpy as np
import pytest

from tests.helpers.handmade_signals import conditions, crossing, readings
from traffic_marl import load_scenario
from traffic_marl.detection import lane_table
from traffic_marl.rollout import run
from traffic_marl.scenario import Sensors
from traffic_marl.strategies import parse
from traffic_marl.strategies.catalogue import COMPARED
from traffic_marl.strategies.classical.recall import LONGEST_RED, SET_GREEN
from traffic_marl.strategies.named import NamedStrategy

BY_THE_CLOCK = ("fixed_time", "webster", "green_wave", "random")  # they see nobody
SENSING = [name for name in COMPARED if name not in BY_THE_CLOCK]
SMOKE = load_scenario("grid_2x2_smoke")


def smoke(**sensors):
    """The scenario with failing detectors and without the emergency brake of its signals."""
    signals = SMOKE.signals.model_copy(update={"max_red_s": None, "max_green_s": None})
    return SMOKE.model_copy(update={"sensors": Sensors(**sensors), "signals": signals, "duration_s": 1500})


class Alone:
    """A strategy without recall."""

    interval = 1

    def __init__(self, name):
        self.name = name

    def start(self, conditions):
        return parse(self.name).strategy.start(conditions).controller


def longest_reds(scenario, strategy, seeds=(0, 1)):
    """[s] (B, K) longest time without green of each lane that waits for a phase and has broken detectors."""
    longest = []

    def note(simulation, reported, phases):
        lanes = lane_table(simulation.network, np.zeros(len(simulation.network.movement_turns)))
        longest.append(np.where(lanes.waits, lanes.unserved(simulation.readings()), 0))

    rollout = run(scenario, strategy, seeds, until=1500, each_decision=note)
    return np.where(rollout.simulation._detectors.broken > 0, np.max(longest, axis=0), 0)


@pytest.mark.parametrize("name", SENSING)
@pytest.mark.parametrize("kind", ["blind_share", "stuck_share"])
def test_blind_lanes_are_served_every_so_often(name, kind):
    reds = longest_reds(smoke(**{kind: 0.25}, known=True), name)
    assert 0 < reds.max() <= LONGEST_RED + 60  # others that are overdue may come first


@pytest.mark.parametrize("name", SENSING)
def test_lanes_that_nobody_tells_of_are_served_too(name):
    reds = longest_reds(smoke(blind_share=0.25), name)
    assert 0 < reds.max() <= LONGEST_RED + 300  # once they are found out


def test_without_recall_a_blind_lane_waits_for_ever():
    assert longest_reds(smoke(blind_share=0.25, known=True), NamedStrategy("alone", Alone("actuated"))).max() > 1000


@pytest.mark.parametrize("name", ["actuated", "actuated_longest_queue", "longest_queue", "max_pressure"])
@pytest.mark.parametrize(("known", "part"), [(True, 0.35), (False, 0.65)])
def test_recall_takes_most_of_what_blind_lanes_add_to_the_delay(name, known, part):
    sound, failing = smoke(), smoke(blind_share=0.15, known=known)
    strategy = NamedStrategy("alone", Alone(name))
    usual, alone, recalled = (
        run(*each, range(4), until=1500).measures.mean_delay.mean()
        for each in ((sound, name), (failing, strategy), (failing, name))
    )
    assert recalled < usual + part * (alone - usual)  # it takes minutes to find lanes out


@pytest.mark.parametrize("name", SENSING)
def test_without_faults_a_strategy_decides_as_it_does_alone(name):
    network = crossing()
    started = parse(name).strategy.start(conditions(network, 100.0))
    alone = parse(name).strategy.start(conditions(network, 100.0)).controller
    for time in range(60):
        one = readings(network, time, queue={lane: (time * lane) % 7 for lane in range(12)}, age=time)
        assert (started.decide(one) == alone.decide(one)).all()


def test_a_green_of_a_blind_lane_lasts_the_set_green():
    assert SET_GREEN <= LONGEST_RED
    network = crossing()
    started = parse("longest_queue").strategy.start(conditions(network))
    blind = np.zeros((1, 24), np.bool_)
    blind[0, 7] = True  # the northern approach: phase 1
    asked = [
        int(started.decide(_with(readings(network, 10 + age, queue={1: 30}, phase=1, age=age), blind))[0, 0])
        for age in range(SET_GREEN + 3)
    ]
    assert asked == [1] * SET_GREEN + [0] * 3


def _with(one, blind):
    return type(one)(**(vars(one) | {"blind": blind}))
