"""What the neighbours of an intersection know of it: the last message that came, true or false."""

import numpy as np
import pytest

from tests.helpers.handmade_signals import arterial, joined, readings
from traffic_marl.kernels.tables import NONE
from traffic_marl.messages import Channel, MessageFaults
from traffic_marl.messages.faults import senders

NETWORK = arterial(3)
OWNER = NETWORK.tables.lane_intersection
LANE = int(np.flatnonzero(OWNER == 1)[0])  # leads to the intersection in the middle
RIM = int(np.flatnonzero(OWNER == NONE)[0])  # leads out of the network


def moment(time, queue, phase=0):
    """Readings with so many vehicles on one lane of the middle, and one more than that on a lane to the rim."""
    return readings(NETWORK, time, queue={LANE: queue, RIM: queue + 1}, phase=phase)


def told(faults, moments, seeds=(0,)):
    """[veh] on the lane of the middle at each of the moments, as the neighbours know it in the first copy."""
    channel = Channel(NETWORK, faults, seeds)
    return [int(channel(each).neighbours.queue[0, LANE]) for each in moments]


def test_readings_are_their_own_neighbours_where_no_message_fails():
    one = moment(0, 3)
    assert one.neighbours is one


def test_late_messages_tell_of_former_decisions_and_at_first_of_nobody():
    moments = [moment(5 * k, k + 1) for k in range(5)]
    assert told(MessageFaults(delay=10), moments) == [0, 0, 1, 2, 3]
    assert told(MessageFaults(delay=7), moments) == [0, 0, 1, 2, 3]  # the next decision is the first to know
    assert told(MessageFaults(delay=0), moments) == [1, 2, 3, 4, 5]


def test_after_a_lost_message_the_last_one_that_came_holds():
    moments = [moment(5 * k, k + 1) for k in range(40)]
    known = told(MessageFaults(lost=0.5), moments)
    arrived = [k + 1 for k, queue in enumerate(known) if queue == k + 1]
    assert 10 < len(arrived) < 30
    expected, last = [], 0
    for k in range(40):
        last = k + 1 if k + 1 in arrived else last
        expected.append(last)
    assert known == expected


def test_of_silent_intersections_nobody_is_ever_known():
    assert told(MessageFaults(silent=1.0), [moment(5 * k, 4, phase=1) for k in range(3)]) == [0, 0, 0]
    channel = Channel(NETWORK, MessageFaults(silent=1.0), (0,))
    assert not channel(moment(0, 4, phase=1)).neighbours.phase.any()


def test_false_messages_tell_full_lanes_for_empty_ones_and_the_next_phase():
    channel = Channel(NETWORK, MessageFaults(false=1.0), (0,))
    true = moment(0, 2, phase=1)
    false = channel(true).neighbours
    room = int(NETWORK.tables.length[LANE] // 7.5)
    empty = int(np.flatnonzero(OWNER == 0)[0])
    assert false.queue[0, LANE] == room - 2
    assert false.queue[0, empty] == int(NETWORK.tables.length[empty] // 7.5)
    assert (false.phase == 0).all()  # the next of two
    assert (channel(moment(5, 0, phase=0)).neighbours.phase == 1).all()


def test_an_intersection_knows_itself_and_the_roads_that_lead_out():
    channel = Channel(NETWORK, MessageFaults(silent=1.0), (0,))
    seen = channel(moment(0, 4, phase=1))
    assert seen.queue[0, LANE] == 4
    assert seen.phase.tolist() == [[1, 1, 1]]
    assert seen.neighbours.queue[0, RIM] == 5


def test_asking_twice_at_a_decision_sends_nothing_twice():
    channel, once = Channel(NETWORK, MessageFaults(delay=5), (0,)), Channel(NETWORK, MessageFaults(delay=5), (0,))
    for k in range(4):
        channel(moment(5 * k, k + 1))
        twice = channel(moment(5 * k, k + 1)).neighbours.queue
        assert np.array_equal(twice, once(moment(5 * k, k + 1)).neighbours.queue)


def test_a_seed_loses_the_same_messages_alone_and_among_others():
    faults = MessageFaults(lost=0.5)
    moments = [moment(5 * k, k + 1) for k in range(20)]
    alone = told(faults, moments, (7,))
    both = Channel(NETWORK, faults, (3, 7))
    assert [int(both(joined([each, each])).neighbours.queue[1, LANE]) for each in moments] == alone
    assert told(faults, moments, (3,)) != alone


@pytest.mark.parametrize("seed", range(5))
def test_larger_shares_take_the_intersections_of_smaller_ones(seed):
    few, many = (senders(MessageFaults(silent=share, false=share), [seed], 40) for share in (0.1, 0.4))
    assert (few.silent <= many.silent).all()
    assert (few.false <= many.false).all()
    assert not (many.silent & many.false).any()
    assert few.silent.sum() == few.false.sum() == 4
    assert many.silent.sum() == many.false.sum() == 16


def test_the_share_of_lost_messages_is_kept():
    every = senders(MessageFaults(lost=0.3), [0], 50)
    arrived = np.mean([every.arriving(time).mean() for time in range(200)])
    assert arrived == pytest.approx(0.7, abs=0.02)
