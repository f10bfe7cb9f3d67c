"""Messages between the intersections of a scenario that fail, the same ones for every strategy."""

from typing import Annotated, ClassVar

from pydantic import Field, ValidationInfo, field_validator

from traffic_marl.messages import MessageFaults
from traffic_marl.scenario.disturbances.sensors import Part, within_rest
from traffic_marl.scenario.validation import ScenarioPart, WholeNumber


class Messages(ScenarioPart):
    """Messages between intersections that fail. By default none does.

    At each decision every intersection tells its neighbours what its detectors report and which phase it shows. They go
    on with the last message that came, and know of no vehicle before the first one. What an intersection knows of its
    own lanes does not change. The seed of a run alone decides which messages fail, so every strategy meets the same at
    equal decision intervals. Rewards and measures count the vehicles that are there.
    """

    part: ClassVar[str] = "messages"

    lost_share: Part = 0.0
    """Share of the messages that do not arrive. Each is drawn on its own."""
    silent_share: Part = 0.0
    """Share of the intersections none of whose messages arrives."""
    false_share: Part = 0.0
    """Share of the intersections whose messages are false: full lanes are told to be empty and empty ones full, and the
    next phase to be shown."""
    delay_s: Annotated[WholeNumber, Field(ge=0, le=3600)] = 0
    """Time from sending to arrival. It is rounded up to decisions."""

    @field_validator("false_share")
    @classmethod
    def _apart_from_silent(cls, false: float, others: ValidationInfo) -> float:
        return within_rest(false, "silent_share", others)

    def faults(self) -> MessageFaults:
        """The same for the channel."""
        return MessageFaults(self.lost_share, self.silent_share, self.false_share, self.delay_s)
