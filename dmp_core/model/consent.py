"""What a patient said to the pharmacy about their record: informed, opposed to feeding, agreeing to reading."""

from enum import StrEnum
from typing import Self

from pydantic import AwareDatetime, Field

from dmp_core.model.health import HealthModel


class ConsentKind(StrEnum):
    """Three separate things; none follows from another."""

    INFORMED = "informed"  # was told that the pharmacy feeds and reads the DMP, and of the right to oppose
    OPPOSED_TO_FEEDING = "opposed_to_feeding"
    AGREES_TO_READING = "agrees_to_reading"


class ConsentSaid(HealthModel):
    """One thing said, or taken back. `by` is the host's reference of the operator who heard it."""

    kind: ConsentKind
    given: bool = Field(description="False: taken back")
    at: AwareDatetime
    by: str = Field(min_length=1, max_length=100)


class ConsentState(HealthModel):
    """What holds now, None where it was never said or was taken back; and all that was ever said, oldest first."""

    informed: ConsentSaid | None = None
    opposed_to_feeding: ConsentSaid | None = None
    agrees_to_reading: ConsentSaid | None = None
    history: tuple[ConsentSaid, ...] = ()

    def after(self, said: ConsentSaid) -> Self:
        """The state once this was said too."""
        return self.model_copy(update={str(said.kind): said if said.given else None, "history": (*self.history, said)})
