"""The action space of detectors: when there is a choice, among what, and how long a call may wait."""

import numpy as np
import pytest

from traffic_marl.actions import make_actions
from traffic_marl.actions.moment import Moment
from traffic_marl.errors import UsageError
from traffic_marl.kernels.tables import GREEN
from traffic_marl.observation import allowed_phases
from traffic_marl.scenario import load_scenario
from traffic_marl.strategies import parse
from traffic_marl.strategies.strategy import Conditions

SEEDS = (1, 2)


class Drive:
    """Moves a scenario second by second in the action space."""

    def __init__(self, name="grid_2x2_smoke", longest_wait=None, **signals):
        scenario = load_scenario(name)
        scenario = scenario.model_copy(update={"signals": scenario.signals.model_copy(update=signals)})
        self.timing = scenario.timing()
        self.simulation = scenario.simulation(SEEDS)
        self.network = self.simulation.network
        self.actions = make_actions("gap_out", len(SEEDS), self.network, self.timing, longest_wait)
        self.conditions = Conditions(self.network, self.timing, 1, scenario.flow(), SEEDS)
        self.readings = self.simulation.readings()

    @property
    def waited(self):
        return self.actions._calls.waited

    def masks(self):
        allowed = allowed_phases(self.network, self.timing, 1, self.readings)
        return self.actions.masks(Moment(self.readings, allowed))

    def advance(self, phases):
        self.simulation.advance(phases, 1)
        self.readings = self.simulation.readings()


def own_of(masks, readings):
    return np.take_along_axis(masks, readings.phase[:, :, None], axis=2)[:, :, 0]


def test_there_is_a_choice_at_some_seconds_of_a_green_only():
    drive = Drive()
    controller = parse("actuated").start(drive.conditions)
    rows = choices = 0
    for _ in range(600):
        masks = drive.masks()
        chosen = masks.sum(2) > 1
        settled = (drive.readings.interval == GREEN) & (drive.readings.age >= drive.timing.min_green)
        assert not (chosen & ~settled).any()
        assert masks.any(2).all()
        assert own_of(masks, drive.readings)[~settled].all()
        rows, choices = rows + chosen.size, choices + chosen.sum()
        drive.advance(controller.decide(drive.readings))
    assert 0.02 < choices / rows < 0.3


def test_actuated_control_can_always_act_in_it():
    """Gap-out and max-out are those of the strategy: the phase that it changes to is allowed at that second."""
    drive = Drive()
    controller = parse("actuated:longest_green_s=59").start(drive.conditions)
    changes = 0
    for _ in range(900):
        masks = drive.masks()
        asked = controller.decide(drive.readings)
        is_late_enough = drive.readings.age >= drive.timing.min_green
        assert np.take_along_axis(masks, asked[:, :, None], axis=2)[is_late_enough].all()
        changes += int((asked != drive.readings.phase).sum())
        drive.advance(asked)
    assert changes > 50


def test_a_green_of_the_longest_time_must_end_if_somebody_calls():
    drive = Drive(max_green_s=None)
    longest = drive.actions.rules.longest_green
    ended = 0
    for _ in range(900):
        masks, readings = drive.masks(), drive.readings
        own = own_of(masks, readings)
        over = (readings.age >= longest) & (readings.interval == GREEN) & ((masks.sum(2) > 1) | ~own)
        assert not own[over].any()
        ended += int(over.sum())
        drive.advance(np.where(own, readings.phase, masks.argmax(2)).astype(np.int32))  # holds as long as it may
    assert ended > 0


def held_as_long_as_possible(longest_wait, seconds=1500):
    """The longest wait of any call [s] if every green is held as long as the action space allows."""
    drive = Drive(longest_wait=longest_wait, max_green_s=None, max_red_s=None)
    longest = 0
    for _ in range(seconds):
        masks = drive.masks()
        own = own_of(masks, drive.readings)
        longest = max(longest, int(drive.waited.max()))
        drive.advance(np.where(own, drive.readings.phase, masks.argmax(2)).astype(np.int32))
    return longest


def test_no_call_waits_longer_than_its_bound():
    assert held_as_long_as_possible(None) > 200
    assert held_as_long_as_possible(100) <= 101
    assert held_as_long_as_possible(180) <= 181


def test_whatever_is_asked_for_the_bound_holds():
    """An agent that ignores the masks and always asks for the phase shown is overruled."""
    drive = Drive(longest_wait=100, max_green_s=None, max_red_s=None)
    longest = 0
    for _ in range(600):
        masks = drive.masks()
        longest = max(longest, int(drive.waited.max()))
        asked = drive.actions.phases(drive.readings.phase, drive.readings.phase)
        assert np.take_along_axis(masks, asked[:, :, None], axis=2).all()
        drive.advance(asked)
    assert 50 < longest <= 101


def test_an_action_without_a_choice_changes_nothing():
    drive = Drive()
    masks = drive.masks()
    none = ~masks[:, :, 1:].any(axis=2)
    assert none.any()
    asked = drive.actions.phases(np.ones_like(drive.readings.phase), drive.readings.phase)
    assert (asked[none] == drive.readings.phase[none]).all()


def drawn_at_random(longest_wait, seconds=1200):
    """The longest wait of any call [s] if every choice is random."""
    drive, generator = Drive(longest_wait=longest_wait, max_red_s=None), np.random.default_rng(0)
    longest = 0
    for _ in range(seconds):
        masks = drive.masks()
        longest = max(longest, int(drive.waited.max()))
        drive.advance((masks * generator.random(masks.shape)).argmax(2).astype(np.int32))
    return longest


def test_a_random_policy_keeps_the_bound_too():
    assert drawn_at_random(90) <= 91


def test_calls_are_forgotten_by_a_new_episode():
    drive = Drive()
    for _ in range(100):
        drive.masks()
        drive.advance(drive.readings.phase)
    assert drive.waited.any()
    drive.actions.reset()
    assert not drive.waited.any()


def test_a_bound_that_is_no_duration_is_refused():
    with pytest.raises(UsageError, match="longest_wait"):
        Drive(longest_wait=0)
