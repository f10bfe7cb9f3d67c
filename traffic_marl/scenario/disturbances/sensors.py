"""Detectors of a scenario that fail, the same ones for every strategy."""

from typing import Annotated, ClassVar

from pydantic import Field, ValidationInfo, field_validator

from traffic_marl.scenario.validation import Number, ScenarioPart, WholeNumber, refuse
from traffic_marl.simulation.detectors import Faults

Part = Annotated[Number, Field(ge=0, le=1)]  # of a whole


class Sensors(ScenarioPart):
    """Detectors that fail. By default none does.

    The seed of a run alone decides which detectors fail and which vehicles they miss. So every strategy meets the same
    faults, at any decision interval. Rewards and measures count the vehicles that are there.
    """

    part: ClassVar[str] = "sensors"

    missed_share: Part = 0.0
    """Share of the vehicles that the detectors of a lane miss. A vehicle is missed for as long as it is on the lane."""
    twice_share: Part = 0.0
    """Share of the vehicles that the detectors of a lane count twice, for as long as they are on the lane."""
    blind_share: Part = 0.0
    """Share of the lanes whose detectors see nobody."""
    stuck_share: Part = 0.0
    """Share of the lanes whose detectors always report one vehicle that stands, whoever is there."""
    delay_s: Annotated[WholeNumber, Field(ge=0, le=3600)] = 0
    """Age of the readings of all lanes."""
    known: bool = False
    """Whether the controller is told which lanes are blind or stuck. If not, it can only find out."""

    @field_validator("twice_share")
    @classmethod
    def _apart_from_missed(cls, twice: float, others: ValidationInfo) -> float:
        return within_rest(twice, "missed_share", others)

    @field_validator("stuck_share")
    @classmethod
    def _apart_from_blind(cls, stuck: float, others: ValidationInfo) -> float:
        return within_rest(stuck, "blind_share", others)

    def faults(self) -> Faults:
        """The same for the simulation."""
        return Faults(
            missed=self.missed_share,
            twice=self.twice_share,
            blind=self.blind_share,
            stuck=self.stuck_share,
            delay=self.delay_s,
            known=self.known,
        )


def within_rest(share: float, other: str, others: ValidationInfo) -> float:
    """The share, if another one leaves room for it.

    Raises:
        PydanticCustomError: both are more than 1. A validator raises it further.
    """
    taken = others.data.get(other, 0.0)
    if share + taken > 1.0:
        raise refuse(f"{share:g} and {other} {taken:g} are more than 1", f"give at most {1.0 - taken:g}")
    return share
