"""A given plan: the greens, offsets and cycles of a file, or those of the network's own phase tables."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from traffic_marl.reading import content_digest
from traffic_marl.strategies.classical.timing_plan import PlanController
from traffic_marl.strategies.parameters import path
from traffic_marl.strategies.plans.fitting import fitted
from traffic_marl.strategies.plans.gmns_reader import read_gmns
from traffic_marl.strategies.plans.own_tables import sheet_of_tables
from traffic_marl.strategies.plans.sheet import Sheet, read_sheet
from traffic_marl.strategies.strategy import BaseStrategy, Conditions


@dataclass(frozen=True)
class Plan(BaseStrategy):
    """A given timing plan, such as the one that stands at the street today.

    A file gives a line for each green: intersection, phase, green, yellow, all-red, offset and cycle. The lines of an
    intersection stand in their order within the cycle. The offset is the second of the run at which the first green of
    a cycle begins. A folder with GMNS signal tables does as well. Without a file it is the plan of the phase tables in
    the network's own file: rows and times of a data set, or 30 s for each phase of a generated network.

    Senses:
        Nothing but the time.

    Limits:
        The signals show their own yellow and all-red. Where a plan has others, each green begins as it is written and
        lasts longer or shorter by the difference, and a note says so. A green that is shorter than the min green or
        longer than the max green is refused, and so is a plan whose reds reach the max red.

    Source:
        The user. GMNS is the General Modeling Network Specification, https://github.com/zephyr-data-specs/GMNS.
    """

    name: ClassVar[str] = "plan"
    interval: ClassVar[int | None] = 1  # a plan is kept to the second

    file: str | None = path("CSV file, or folder with GMNS signal tables; by default the network's own phase tables")

    def start(self, conditions: Conditions) -> PlanController:
        """A controller that follows the plan.

        Raises:
            FileError: the file cannot be read as a plan.
            StrategyError: the plan does not fit the network, or the signals would not show it.
        """
        return fitted(self._sheet(conditions), conditions)

    def digest(self) -> bytes:
        """Changes with the file and its content."""
        return repr(self).encode() + (b"" if self.file is None else content_digest(self.file))

    def _sheet(self, conditions: Conditions) -> Sheet:
        if self.file is None:
            return sheet_of_tables(conditions.network)
        given = Path(self.file)
        return read_gmns(given) if _is_folder(given) else read_sheet(given)


def _is_folder(given: Path) -> bool:
    """Whether a path is that of a folder. A path that no file can have is none."""
    try:
        return given.is_dir()
    except (OSError, ValueError):
        return False
