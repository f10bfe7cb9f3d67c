"""Course: which run of a sweep comes next, and what becomes of those that end."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from traffic_marl.errors import TrafficError, UsageError
from traffic_marl.learning.resuming import resume
from traffic_marl.learning.runs.folder import RunFolder
from traffic_marl.learning.sweeps.folder import Member, Point, SweepFolder
from traffic_marl.learning.sweeps.plan import OPTUNA
from traffic_marl.learning.sweeps.points import asked
from traffic_marl.learning.sweeps.results import last_delay
from traffic_marl.learning.train import begin

Tell = Callable[[str], None]
Watch = Callable[[str, float, float], None]  # a run in words, the share (0 to 1) of the sweep, its last delay [s/veh]
WatchRun = Callable[[Member, float, float], None]  # the same of a run and the share of its own budget


@dataclass
class Course:
    """A sweep in progress.

    Args:
        folder: of the sweep, locked by this process.
        trust: whether code in its folder, and in those of its runs, may be executed.
        tell: called with a line about each run that ends.
    """

    folder: SweepFolder
    trust: bool
    tell: Tell
    running: set[Member] = field(default_factory=set)
    lost: set[Member] = field(default_factory=set)  # runs whose processes have died. They go on another time.
    begun: set[Member] = field(default_factory=set)  # runs that this process has begun
    over: set[Member] = field(default_factory=set)  # runs that are known to have used their budget
    is_exhausted: bool = False  # the search knows no further combination
    is_stopping: bool = False  # no further run begins

    def next(self) -> Member | None:
        """The run that comes next, begun or to be resumed. None if there is none now."""
        while not self.is_stopping:
            member = self._waiting() or self._asked()
            if member is None or self._is_ready(member):
                return member
        return None

    def is_done(self) -> bool:
        """Whether no run is left, apart from those that are running."""
        return self.is_stopping or not (self._left() or self._may_ask())

    def run(self, member: Member) -> RunFolder:
        """The folder of a run that has begun."""
        found = self.folder.run(member)
        assert found is not None, "it has begun"
        return found

    def is_trusted(self, member: Member) -> bool:
        """Whether code in the folder of a run may be executed: that of a run that was begun now is the user's own."""
        return self.trust or member in self.begun

    def end(self, member: Member, failed: str | None = None) -> None:
        """Notes the end of a run. One that has not used its budget was stopped, because the others are better.

        Args:
            member: the run.
            failed: why it cannot be trained, if it cannot.
        """
        self.running.discard(member)
        name = self._name(member)
        if failed is not None:
            self._change(member, replace(self._point(member), failed=failed))
            self.tell(f"{name} has failed: {failed}")
            return
        state = self.run(member).state
        at = f"{last_delay(self.run(member)):.1f} s/veh at {state.agent_steps:,} agent-steps"
        if self.folder.is_over(member):
            self.over.add(member)
            self.tell(f"{name} is done: {at}")
        elif not self.is_stopping:
            stopped = self._point(member).stopped
            least = state.agent_steps if stopped is None else min(stopped, state.agent_steps)
            self._change(member, replace(self._point(member), stopped=least))
            self.tell(f"{name} is stopped, because others are better: {at}")

    def lose(self, member: Member, why: str) -> None:
        """Notes that the processes of a run have died again and again. It is left until the sweep is resumed."""
        self.running.discard(member)
        self.lost.add(member)
        self.tell(f"{self._name(member)} is left for now: {why}")

    def watched(self, watch: Watch) -> WatchRun:
        """A watcher of single runs that tells `watch` the share of the whole sweep."""
        shares: dict[Member, float] = {}

        def tell(member: Member, share: float, delay: float) -> None:
            shares[member] = share
            closed = sum(self.folder.plan.seeds for each in self.folder.points if not each.is_open)
            done = sum(shares.get(each, 0.0) for each in self.running) + len(self.over) + closed
            points = max(len(self.folder.points), self.folder.plan.trials or 0)
            watch(self._name(member), min(1.0, done / (points * self.folder.plan.seeds)), delay)

        return tell

    def is_judged(self, member: Member) -> bool:
        """Whether a run may be stopped because others are better: only the first one of each combination."""
        return self.folder.plan.stops_early and member.seed == self.folder.plan.first_seed

    def _waiting(self) -> Member | None:
        """A run that may begin or go on now. All points have one run before they have a second one.

        Where hopeless runs are stopped, further runs of a point begin after its first one has used its budget.
        """
        in_turn = self._left()
        if self.folder.plan.search != OPTUNA:
            in_turn.sort(key=lambda member: (member.seed, member.point))
        stops_early = self.folder.plan.stops_early
        return next((each for each in in_turn if not stops_early or self._follows(each)), None)

    def _follows(self, member: Member) -> bool:
        """Whether a run is the first one of its point, or that one has used its budget."""
        first = self.folder.members(member.point)[0]
        return member == first or first in self.over

    def _left(self) -> list[Member]:
        """The runs that are neither over nor running, now or later."""
        points = [place for place, each in enumerate(self.folder.points) if each.is_open]
        in_turn = [member for point in points for member in self.folder.members(point) if not self._is_away(member)]
        if not self.folder.plan.stops_early:
            return in_turn
        return [each for each in in_turn if self.folder.members(each.point)[0] not in self.lost]

    def _is_away(self, member: Member) -> bool:
        """Whether a run is at work or lost, or has used its budget."""
        if member not in self.over and self.folder.is_over(member):
            self.over.add(member)
        return member in self.running | self.lost | self.over

    def _may_ask(self) -> bool:
        """Whether the search draws another point."""
        plan = self.folder.plan
        is_short = len(self.folder.points) < (plan.trials or 0)
        return plan.search == OPTUNA and is_short and not self.is_exhausted

    def _asked(self) -> Member | None:
        """The first run of a new point."""
        if not self._may_ask():
            return None
        source = self.folder.plan.source()
        judged = [(each.values, self._delays(place)) for place, each in enumerate(self.folder.points)]
        values = asked(source, judged)
        if values is None:
            self.is_exhausted = True
            return None
        self.folder.add([source.reduced(values)])
        return self.folder.members(len(self.folder.points) - 1)[0]

    def _delays(self, point: int) -> Sequence[float] | None:
        """The last delays [s/veh] of the runs of a point. None while one of them runs or waits, or where one fails."""
        state, members = self.folder.points[point], self.folder.members(point)
        if state.failed is not None or any(member in self.running for member in members):
            return None
        runs = [each for each in map(self.folder.run, members) if each is not None]
        if not runs or (state.is_open and len(runs) < len(members)):
            return None
        return [last_delay(each) for each in runs]

    def _is_ready(self, member: Member) -> bool:
        """Begins a run, or prepares it to go on. False if it cannot be trained, which is noted."""
        try:
            self._prepare(member)
        except TrafficError as error:
            if isinstance(error, UsageError) and "--trust" in error.remedy:
                raise  # a matter of the whole sweep
            self.end(member, str(error))
            return False
        self.running.add(member)
        return True

    def _prepare(self, member: Member) -> None:
        """Makes the folder of a new run, or checks that of one that goes on."""
        found = self.folder.run(member)
        if found is not None:
            resume(found, trust=self.trust)
            return
        settings = self.folder.plan.run_settings(self._point(member).values, member.seed, trust=self.trust)
        folder = begin(self.folder.scenario, settings, self.folder.place(member), trust=self.trust)
        self.begun.add(member)
        if self.folder.classical:
            folder.write_state(replace(folder.state, classical=self.folder.classical))

    def _point(self, member: Member) -> Point:
        return self.folder.points[member.point]

    def _change(self, member: Member, point: Point) -> None:
        self.folder.points[member.point] = point
        self.folder.write()

    def _name(self, member: Member) -> str:
        return f"{self._point(member).label} seed={member.seed}"
