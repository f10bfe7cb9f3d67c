"""The action space of detectors: when there is a choice, among what, and how long a call may wait."""

from dataclasses import replace

import numpy as np
import pytest

from traffic_marl.actions import make_actions
from traffic_marl.actions.gap_out import LONGEST_GREEN, RETRY
from traffic_marl.actions.moment import Moment
from traffic_marl.errors import UsageError
from traffic_marl.kernels.tables import FULL, GREEN, SPACE
from traffic_marl.observation import allowed_phases
from traffic_marl.scenario import load_scenario
from traffic_marl.strategies import parse
from traffic_marl.strategies.strategy import Conditions

SEEDS = (1, 2)


class Drive:
    """Moves a scenario second by second in the action space."""

    def __init__(
        self, name="grid_2x2_smoke", longest_wait=None, longest_green=LONGEST_GREEN, action="gap_out", **signals
    ):
        scenario = load_scenario(name)
        scenario = scenario.model_copy(update={"signals": scenario.signals.model_copy(update=signals)})
        self.timing = scenario.timing()
        self.simulation = scenario.simulation(SEEDS)
        self.network = self.simulation.network
        limits = longest_wait, longest_green
        self.actions = make_actions(action, len(SEEDS), self.network, self.timing, *limits)
        self.conditions = Conditions(self.network, self.timing, 1, scenario.flow(), SEEDS)
        self.readings = self.simulation.readings()
        self._had_full_road = np.zeros(len(SEEDS), np.bool_)

    def had_full_road(self):
        """(B,) copies in which a lane has been full. Calls may last longer there than until their green."""
        places = self.network.tables.length[: self.readings.vehicles.shape[1]] / SPACE
        self._had_full_road |= (self.readings.vehicles >= FULL * places).any(axis=1)
        return self._had_full_road

    @property
    def waited(self):
        return self.actions._calls.waited

    def masks(self, *, planned=False):
        allowed = allowed_phases(self.network, self.timing, 1, self.readings)
        return self.actions.masks(Moment(self.readings, allowed, np.full(self.readings.phase.shape, planned)))

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


@pytest.mark.parametrize(
    ("wanted", "limit", "longest"), [(LONGEST_GREEN, None, 60), (25, None, 25), (90, None, 90), (90, 30, 29)]
)
def test_a_green_of_the_longest_time_must_end_if_somebody_calls(wanted, limit, longest):
    drive = Drive(longest_green=wanted, max_green_s=limit)
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
    """The longest wait of any call [s] if greens are held as long as allowed: while all roads had room, and at all."""
    drive = Drive(longest_wait=longest_wait, max_green_s=None, max_red_s=None)
    with_room = longest = 0
    for _ in range(seconds):
        masks = drive.masks()
        own = own_of(masks, drive.readings)
        with_room = max(with_room, int(drive.waited[~drive.had_full_road()].max(initial=0)))
        longest = max(longest, int(drive.waited.max()))
        drive.advance(np.where(own, drive.readings.phase, masks.argmax(2)).astype(np.int32))
    return with_room, longest


def test_no_call_waits_longer_than_its_bound_while_roads_have_room():
    assert held_as_long_as_possible(None)[1] > 200
    assert 90 < held_as_long_as_possible(100)[0] <= 101
    assert 150 < held_as_long_as_possible(180)[0] <= 181


def test_whatever_is_asked_for_the_bound_holds():
    """An agent that ignores the masks and always asks for the phase shown is overruled."""
    drive = Drive(longest_wait=100, max_green_s=None, max_red_s=None)
    longest = 0
    for _ in range(600):
        masks = drive.masks()
        longest = max(longest, int(drive.waited[~drive.had_full_road()].max(initial=0)))
        asked = drive.actions.phases(drive.readings.phase, drive.readings.phase)
        assert np.take_along_axis(masks, asked[:, :, None], axis=2).all()
        drive.advance(asked)
    assert 50 < longest <= 101


class Scene:
    """The detectors of an intersection at which one movement has a queue, with readings made up by the second."""

    def __init__(self, served_by_shown, longest_wait=None):
        self.drive = Drive(longest_wait=longest_wait)
        self.empty = self.drive.readings
        tables = self.drive.network.tables
        phase = int(self.empty.phase[0, 0])
        here = np.flatnonzero((tables.movement_intersection == 0) & (tables.served.sum(axis=1) == 1))
        self.movement = int(next(m for m in here if tables.served[m, phase] == served_by_shown))
        self.phase = int(tables.served[self.movement].argmax())
        self.lanes = tables.movement_lane[slice(*tables.movement_lane_start[self.movement : self.movement + 2])]
        self.exits = tables.movement_exit[slice(*tables.movement_exit_start[self.movement : self.movement + 2])]
        self.time = 0

    def second(self, full_exits=0, left=0):
        """The phases that may be asked for after one more second, at the first intersection of the first copy."""
        self.time += 1
        queue, vehicles, discharged = (np.zeros_like(self.empty.queue) for _ in range(3))
        queue[0, self.lanes] = 3
        vehicles[0, self.exits[:full_exits]] = 1000
        discharged[0, self.lanes] = left
        age = np.full_like(self.empty.age, self.time)
        self.drive.readings = replace(
            self.empty, time=self.time, queue=queue, vehicles=vehicles, discharged=discharged, age=age
        )
        return self.drive.masks()[0, 0]

    @property
    def waited(self):
        return int(self.drive.waited[0, self.movement])


def test_a_movement_is_not_offered_a_green_while_its_exit_road_is_full_but_its_wait_goes_on():
    scene = Scene(served_by_shown=False)
    every = len(scene.exits)
    for _ in range(30):
        assert not scene.second(full_exits=every)[scene.phase]
    assert scene.waited == 30
    assert scene.second(full_exits=every - 1)[scene.phase]


@pytest.mark.parametrize("full_exits", [0, 1])
def test_a_green_in_which_nobody_leaves_ends_after_its_turn_and_is_due_again_a_while_later(full_exits):
    scene = Scene(served_by_shown=True, longest_wait=180)
    scene.drive.waited[0, scene.movement] = 170
    share = scene.drive.actions.rules.share
    waits = []
    for _ in range(share):
        scene.second(full_exits)
        waits.append(scene.waited)
    assert waits == [*range(171, 170 + share), 180 - RETRY]
    scene.second(full_exits, left=1)
    assert scene.waited == 0


def test_a_short_bound_makes_no_turn_of_a_call_that_has_just_begun():
    """All movements call, and nobody leaves. The green may still be left after its first seconds."""
    drive = Drive(longest_wait=RETRY)
    empty = drive.readings
    choices = []
    for second in range(1, drive.actions.rules.share):
        queue, age = np.full_like(empty.queue, 3), np.full_like(empty.age, second)
        drive.readings = replace(empty, time=second, queue=queue, age=age)
        choices.append(int(drive.masks()[0, 0].sum()))
    assert drive.actions.rules.retried == RETRY // 2
    assert max(choices) == drive.network.tables.phase_count[0]


def test_without_a_bound_a_green_in_which_nobody_leaves_serves_its_call():
    scene = Scene(served_by_shown=True)
    waits = []
    for _ in range(scene.drive.actions.rules.share):
        scene.second()
        waits.append(scene.waited)
    assert waits == [*range(1, len(waits)), 0]


def test_movements_whose_exits_are_full_leave_turns_to_the_others():
    """Two phases whose vehicles can never leave take turns with those whose vehicles can."""
    drive = Drive(longest_wait=100)
    empty, tables = drive.readings, drive.network.tables
    intersections, copies = len(tables.phase_count), len(SEEDS)
    queue, vehicles = np.full_like(empty.queue, 3), np.zeros_like(empty.vehicles)
    own = np.flatnonzero(tables.served.sum(axis=1) == 1)  # movements with a phase of their own
    stuck = 2  # phases
    for m in own[tables.served[own].argmax(axis=1) < stuck]:
        vehicles[:, tables.movement_exit[tables.movement_exit_start[m]]] = 1000
    shown = set()
    phase, age = np.zeros((copies, intersections), np.int32), np.zeros((copies, intersections), np.int32)
    for second in range(1, 400):
        age += 1
        left = np.zeros_like(queue)
        for m in own:
            lanes = tables.movement_lane[slice(*tables.movement_lane_start[m : m + 2])]
            is_free = int(tables.served[m].argmax()) >= stuck
            left[:, lanes] += (is_free & tables.served[m, phase[:, tables.movement_intersection[m]]])[:, None]
        drive.readings = replace(
            empty, time=second, queue=queue, vehicles=vehicles, discharged=left, phase=phase, age=age
        )
        drive.masks()
        asked = drive.actions.phases(np.zeros_like(phase), phase)  # always the first phase, which is stuck
        age = np.where(asked == phase, age, 0)
        phase = asked
        shown |= {(int(p), second // 200) for p in phase[0]}
    assert {p for p, half in shown if half == 1} == set(range(int(tables.phase_count[0])))


def test_a_green_whose_vehicles_cannot_leave_gaps_out():
    scene = Scene(served_by_shown=True)
    scene.second()
    assert scene.drive.actions._calls.empty[0, 0] == 0
    scene.second(full_exits=len(scene.exits))
    assert scene.drive.actions._calls.empty[0, 0] == 1


def test_an_action_without_a_choice_changes_nothing():
    drive = Drive()
    masks = drive.masks()
    none = ~masks[:, :, 1:].any(axis=2)
    assert none.any()
    asked = drive.actions.phases(np.ones_like(drive.readings.phase), drive.readings.phase)
    assert (asked[none] == drive.readings.phase[none]).all()


def drawn_at_random(longest_wait, seconds=1200):
    """The longest wait of any call [s] if every choice is random, while all roads have room."""
    drive, generator = Drive(longest_wait=longest_wait, max_red_s=None), np.random.default_rng(0)
    longest = 0
    for _ in range(seconds):
        masks = drive.masks()
        longest = max(longest, int(drive.waited[~drive.had_full_road()].max(initial=0)))
        drive.advance((masks * generator.random(masks.shape)).argmax(2).astype(np.int32))
    return longest


def test_a_random_policy_keeps_the_bound_too():
    assert 60 < drawn_at_random(90) <= 91


def between_two_phases(action, planned, longest_wait=100):
    """The longest wait of any call [s] if an agent goes between two of four phases as often as it may."""
    signals = {"min_green_s": 0, "max_green_s": None, "max_red_s": None}
    drive = Drive("grid_4x4_rush_hour", longest_wait, action=action, **signals)
    longest = 0
    for _ in range(900):
        masks = drive.masks(planned=planned)
        longest = max(longest, int(drive.waited[~drive.had_full_road()].max(initial=0)))
        phases = np.arange(masks.shape[2])
        wanted = 4.0 * (phases < 2) - 2.0 * (phases == drive.readings.phase[:, :, None])
        drive.advance(np.where(masks, wanted, -9.0).argmax(2).astype(np.int32))
    return longest


@pytest.mark.parametrize(("action", "planned"), [("gap_out", False), ("plan", True)])
def test_changes_of_every_second_do_not_starve_the_other_phases(action, planned):
    assert 60 < between_two_phases(action, planned) <= 101


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
    with pytest.raises(UsageError, match="longest_green"):
        Drive(longest_green=0)


def test_a_plan_brings_a_choice_among_the_phases_that_have_a_call():
    """It does so at no second at which the signal cannot change, and leaves all other moments as they are."""
    plain, planning = Drive(longest_wait=180), Drive(longest_wait=180, action="plan")
    controller = parse("actuated").start(plain.conditions)
    more = 0
    for _ in range(600):
        masks, planned = plain.masks(planned=True), planning.masks(planned=True)
        readings = plain.readings
        chose = masks.sum(2) > 1
        assert np.array_equal(planned[chose], masks[chose])
        settled = (readings.interval == GREEN) & (readings.age >= plain.timing.min_green)
        assert not (planned.sum(2) > 1)[~settled].any()
        assert (own_of(planned, readings) | chose).all()
        more += int(((planned.sum(2) > 1) & ~chose).sum())
        phases = controller.decide(readings)
        for drive in (plain, planning):
            drive.advance(phases)
    assert more > 100
