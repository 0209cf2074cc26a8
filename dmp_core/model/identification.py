"""A professional identified by Pro Santé Connect: what is shown meanwhile, and who it turned out to be."""

from datetime import datetime
from enum import StrEnum

from pydantic import Field

from dmp_core.model.health import HealthModel
from dmp_core.model.practitioner import Practitioner


class Channel(StrEnum):
    """How the professional proves who they are: a page in the browser, or CIBA with the CPS or the e-CPS."""

    BROWSER = "browser"
    CARD = "card"
    MOBILE = "mobile"


class Prompt(HealthModel):
    """What the professional must see: `url` for the browser, or `digits` to compare with those on the phone."""

    channel: Channel
    url: str | None = Field(default=None, repr=False)
    digits: str | None = Field(default=None, pattern=r"^[0-9]{2}$", repr=False)
    expires_at: datetime


class Workplace(HealthModel):
    """A place of exercise. `ids`: Struct_IdNat, the one of the directory first (`1` + FINESS, `3` + SIRET...)."""

    ids: tuple[str, ...] = ()
    name: str = Field(default="", max_length=250)
    sector: str | None = Field(default=None, pattern=r"^SA[0-9]{2}$", description="TRE_R02")


class Exercise(HealthModel):
    """One exercise of a professional: their profession, section and names there, and where."""

    practitioner: Practitioner
    workplace: Workplace = Workplace()


class Identified(HealthModel):
    """Who was identified, with every exercise of theirs. `expires_at`: to be renewed before."""

    national_id: str
    exercises: tuple[Exercise, ...] = Field(min_length=1, repr=False)
    expires_at: datetime

    def at(self, structure: str) -> tuple[Exercise, ...]:
        """The exercises in the structure of that Struct_IdNat."""
        return tuple(one for one in self.exercises if structure in one.workplace.ids)


class PscState(StrEnum):
    """Where an identification stands."""

    NONE = "none"
    ASKED = "asked"
    CHOOSING = "choosing"
    IDENTIFIED = "identified"


class PscView(HealthModel):
    """The identification of one seat, without any token."""

    state: PscState = PscState.NONE
    prompt: Prompt | None = Field(default=None, description="asked: what the professional must see")
    choices: tuple[Exercise, ...] = Field(default=(), repr=False, description="choosing: `psc/choose` takes a rank")
    exercise: Exercise | None = Field(default=None, repr=False, description="identified: as what, and where")
    at_this_structure: bool = Field(
        default=True,
        description="False: the directory does not link the exercise to this pharmacy; the DMP will decide",
    )
    expires_at: datetime | None = Field(default=None, description="identified: the end, unless it is renewed before")
    ended: str | None = Field(
        default=None, description="none: why; closed, operator-changed, expired, idle, too-long, or an error's code"
    )
