"""A training under strikes: its processes are hit at their moments, and it is resumed until its budget is used."""

import subprocess
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from traffic_marl.chaos.child import last_line, training
from traffic_marl.chaos.course import Course, Hit
from traffic_marl.chaos.machines import NODE, THIS_MACHINE, Machines
from traffic_marl.chaos.processes import strike, targets
from traffic_marl.chaos.schedule import STREAM, Strike
from traffic_marl.learning.runs.folder import RunFolder
from traffic_marl.learning.runs.new_folder import PROGRESS
from traffic_marl.learning.runs.table import from_csv

POLL = 0.1  # [s] between two looks at a training
LONGEST_PAUSE = 10.0  # [s] from the moment of a strike to the strike itself
Tell = Callable[[float], None]  # the used share of the budget


@dataclass(frozen=True)
class Moment:
    """The progress of a training, as its table tells."""

    iteration: int = 0
    agent_steps: int = 0
    seconds: float = 0.0  # [s] of training
    written: float = 0.0  # [s] by the clock, when the table was written last


class Endurance:
    """Lets a training meet its strikes.

    Each strike hits a process that is drawn by the seed, at a moment within an iteration that is drawn too. A training
    that has ended after a strike is resumed. One that ends for another reason, or does not come to a new iteration
    after it was resumed, has failed.

    Args:
        path: folder of the run.
        file: of its course.
        strikes: in the order of time.
        seed: of the draws.
        machines: on which it runs.
    """

    def __init__(
        self, path: Path, file: Path, strikes: Sequence[Strike], seed: int, machines: Machines = THIS_MACHINE
    ) -> None:
        self.path, self.file, self.log = path, file, file.with_suffix(".log")
        self.course = Course.read(file)
        self._machines = machines
        hit = [each.strike for each in self.course.hits]
        self._pending = deque(_without(strikes, hit))
        self._generator = np.random.default_rng((seed, STREAM, len(hit)))
        self._base = 0  # iteration after which the training has recovered from the last hit
        self._since = 0.0  # [s] by the clock, from when on a line of the table tells of it
        self._struck = 0.0  # [s] by the clock, when the last strike hit
        self._waits = False  # for the training to recover
        self._seen = 0  # iteration of the last look

    def run(self, tell: Tell) -> Course:
        """Trains until the budget is used or the training fails. Gives its course, which is kept in the file.

        Args:
            tell: called with the used share of the budget.

        Raises:
            TrafficError: a file cannot be read or written.
        """
        begun = time.monotonic() - self.course.seconds
        while not self._is_done() and self.course.failure is None:
            former = self.course
            with training(RunFolder.open_run(self.path), self.log, self._machines.flags) as child:
                try:
                    self._accompany(child, tell)
                finally:
                    self._keep(seconds=time.monotonic() - begun)
            if child.returncode and not self._is_done():
                self._resume(former)
        self._keep(missed=tuple(map(str, self._pending)))
        return self.course

    def _accompany(self, child: "subprocess.Popen[bytes]", tell: Tell) -> None:
        """Strikes at the moments of the strikes, until the process ends."""
        budget = RunFolder.open_run(self.path).settings.budget
        while child.poll() is None:
            moment = self._moment()
            share = budget.share(moment)
            tell(share)
            self._note_recovery(moment)
            if self._pending and not self._waits and share >= self._pending[0].share:
                self._strike(child, moment)
            time.sleep(POLL)
        self._note_recovery(self._moment())

    def _strike(self, child: "subprocess.Popen[bytes]", moment: Moment) -> None:
        """Hits a process, if there is one to hit yet."""
        due = self._pending[0]
        pace = moment.seconds / moment.iteration if moment.iteration else 1.0
        time.sleep(float(self._generator.uniform(0.0, min(pace, LONGEST_PAUSE))))
        found = targets(child.pid, self._machines.root(child.pid), due.target)
        if child.poll() is not None or not found:
            return
        self._pending.popleft()
        moment, draw = self._moment(), float(self._generator.random())
        self._struck = time.time()
        self._base, self._since, self._waits = moment.iteration, self._struck, True
        self.course = self.course.with_hit(Hit(str(due), moment.iteration, moment.agent_steps))
        self._keep()
        if due.target == NODE:
            self._machines.lose_node(draw)
        else:
            strike(found[int(draw * len(found))], due.target)

    def _note_recovery(self, moment: Moment) -> None:
        """Notes how long a training took to finish an iteration after it was hit."""
        if self.course.hits and 0 < moment.iteration < self._seen:
            self._go_back()
        self._seen = moment.iteration or self._seen
        if not self._waits or moment.iteration <= self._base or moment.written < self._since:
            return
        self._waits = False
        took = moment.written - self._struck
        self.course = self.course.with_last(recovery_s=round(took, 2))
        self._keep()

    def _go_back(self) -> None:
        """Notes what is sampled again, because the training itself has gone back to its last checkpoint."""
        state = RunFolder.open_run(self.path).state
        lost = max(0, self.course.hits[-1].agent_steps - state.agent_steps)
        self.course = self.course.with_last(lost_agent_steps=lost)
        self._base, self._waits = state.iteration, True
        self._keep()

    def _resume(self, former: Course) -> None:
        """Prepares to go on from the last checkpoint after the training has ended too early."""
        is_struck = len(self.course.hits) > len(former.hits)
        if not is_struck:
            self._keep(failure=last_line(self.log))
            return
        state = RunFolder.open_run(self.path).state
        last = self.course.hits[-1]
        lost = max(0, last.agent_steps - state.agent_steps)
        self.course = self.course.with_last(resumed=True, lost_agent_steps=lost)
        self._base, self._since, self._waits = state.iteration, time.time(), True
        self._seen = state.iteration
        self._keep()

    def _keep(self, **news: object) -> None:
        """Writes the course with news."""
        self.course = replace(self.course, **news)  # type: ignore[arg-type]
        self.course.write(self.file)

    def _is_done(self) -> bool:
        """Whether the budget is used."""
        folder = RunFolder.open_run(self.path)
        return folder.settings.budget.is_spent(folder.state)

    def _moment(self) -> Moment:
        """The progress now. It is none before the first line of the table."""
        path = self.path / PROGRESS
        try:
            written = path.stat().st_mtime
            last = from_csv(path.read_text())[-1]
        except (OSError, ValueError, IndexError):
            return Moment()
        return Moment(int(last["iteration"]), int(last["agent_steps"]), float(last.get("seconds") or 0.0), written)


def _without(strikes: Sequence[Strike], hit: Sequence[str]) -> list[Strike]:
    """The strikes that have not hit yet."""
    left, rest = list(hit), []
    for each in strikes:
        if str(each) in left:
            left.remove(str(each))
        else:
            rest.append(each)
    return rest
