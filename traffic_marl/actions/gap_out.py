"""The action space of a real controller: detectors say when a green may end, the agent says which phase comes next.

Source of gap-out, max-out and calls: Signal Timing Manual, 2nd ed., 2015, NCHRP 812, doi 10.17226/22097.
"""

from operator import attrgetter

import numpy as np

from traffic_marl.actions.kernel import write_choices
from traffic_marl.actions.moment import Moment
from traffic_marl.actions.tables import NO_BOUND, Rules, View, calling_roads, no_calls
from traffic_marl.arrays import Bools, Ints
from traffic_marl.kernels.tables import Timing
from traffic_marl.network.network import Network

GAP = 1  # [s] for which the zones of a green are empty when it gaps out
LONGEST_GREEN = 60  # [s] after which a green ends if there is a call elsewhere, unless another time is given
LEAST_GREEN = 5  # [s] before which no occupied green is left
CLOCK = 5  # [s] between two moments at which an occupied green may be left
SHARE = 12  # [s] green that each of several overdue phases gets before the next one's turn
RETRY = 60  # [s] before its bound, at which a call goes on after a turn in which nobody left; half the bound if less

_seen = attrgetter(*View._fields)  # the readings that the kernel takes, by name


class GapOutActions:
    """The action is the phase to show next: the one shown, to hold it, or one that has a call.

    An intersection has a choice when the zones of its green are empty (gap-out), when the green reaches its longest
    time and must end, every few seconds of an occupied green with a call elsewhere, when a call would wait too long,
    and, in the action space `plan`, when a plan wants another phase. Phases after which a call would wait too long may
    not be asked for: calls are thought to take turns, the longest wait first, each with a share of green. At all other
    moments the phase shown is the only action.

    Args:
        copies: B.
        network: of the intersections.
        timing: of its signals.
        longest_wait: [s] bound of the wait of a call. None sets none.
        longest_green: [s] after which a green ends if there is a call elsewhere.
        follows_plan: whether there is a choice when a plan wants another phase.
    """

    narrows_phases = True

    def __init__(
        self,
        copies: int,
        network: Network,
        timing: Timing,
        longest_wait: int | None,
        longest_green: int,
        *,
        follows_plan: bool = False,
    ) -> None:
        self.count = network.tables.served.shape[1]
        self.rules = Rules(
            gap=GAP,
            longest_green=max(1, min(longest_green, timing.max_green - 1)),  # the limit itself would choose the phase
            min_green=timing.min_green,
            least_green=max(LEAST_GREEN, timing.min_green),
            clock=CLOCK,
            longest_wait=NO_BOUND if longest_wait is None else longest_wait,
            change=timing.yellow + timing.all_red,
            share=max(SHARE, timing.min_green),
            retried=0 if longest_wait is None else max(longest_wait - RETRY, longest_wait // 2),
        )
        self._roads = calling_roads(network)
        self._calls = no_calls(self._roads, copies)
        self._follows_plan = follows_plan
        self._noted = 0  # [s] time of the last readings
        self._masks = np.ones((copies, *network.tables.phase_row.shape), np.bool_)  # (B, N, P) of the last readings

    def reset(self) -> None:
        """Forgets all calls."""
        for memory in self._calls:
            memory[:] = 0
        self._noted = 0

    def masks(self, moment: Moment) -> Bools:
        """The phases that may be asked for now. Notes the calls: it is called once at each decision."""
        readings = moment.readings
        span, self._noted = readings.time - self._noted, readings.time
        out = np.empty(moment.allowed.shape, np.bool_)
        planned = moment.planned if self._follows_plan else np.zeros_like(moment.planned)
        write_choices(self._roads, View._make(_seen(readings)), self._calls, self.rules, span, planned, out)
        self._masks = out
        return out

    def phases(self, actions: Ints, shown: Ints) -> Ints:
        """The actions that the last masks allow. Another one keeps the phase shown or, if that may not stay, leaves it.

        Then the first phase allowed follows, so that nobody waits longer than the bound whatever is asked for.
        """
        wanted, own = (np.take_along_axis(self._masks, each[:, :, None], axis=2)[:, :, 0] for each in (actions, shown))
        return np.where(wanted, actions, np.where(own, shown, self._masks.argmax(axis=2))).astype(np.int32)
