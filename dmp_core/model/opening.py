"""How a record is opened: the named setting, what the counter answers, and what it must be asked next."""

from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import Field

from dmp_core.model.access import Purpose
from dmp_core.model.document import RecordStatus
from dmp_core.model.health import HealthModel
from dmp_core.model.sections import words


class Reading(StrEnum):
    """On what TD0.3 asks for an authorisation. The sources conflict: EX_0.3-1010 and SC.DMP/UX.50."""

    EXPLICIT_CONSENT = "explicit_consent"  # the patient agrees, and the pharmacist says so
    PRESUMED_CONSENT = "presumed_consent"  # care team (CSP R.1111-46): informed and not opposed


class AccessSettings(HealthModel):
    """How records are opened: `[access]`. How long an emergency lasts has no public source."""

    authorisation: Reading = Reading.EXPLICIT_CONSENT
    emergency_lasts: timedelta = Field(
        default=timedelta(hours=1), gt=timedelta(0), le=timedelta(hours=12), description="of a bris de glace"
    )


class Question(StrEnum):
    """What the counter must answer before the record opens."""

    CONSENT = "consent"
    RENEWAL = "renewal"
    INFORMATION = "information"
    SECRET_CONNECTION = "secret_connection"  # noqa: S105 - a question, no secret
    JUSTIFICATION = "justification"

    @property
    def text(self) -> str:
        """In French."""
        return words("questions")[self]


class OpenWish(HealthModel):
    """What the counter knows when it opens a record. None: not asked yet."""

    consent: bool | None = Field(default=None, description="the patient agrees to be read")
    informed: bool | None = Field(default=None, description="the patient was informed, and may oppose")
    secret_connection: bool | None = Field(default=None, description="of a minor: as they answered")
    emergency: bool = Field(default=False, description="bris de glace: immediate risk, the patient cannot answer")
    justification: str | None = Field(default=None, repr=False, max_length=500)


class Opening(HealthModel):
    """What became of it. `ask`: the question that stands between; then nothing was opened."""

    status: RecordStatus
    open: bool
    ask: Question | None = None
    purpose: Purpose = Purpose.NORMAL
    secret_connection: bool = False
    open_until: datetime | None = Field(default=None, description="of an emergency")


class Change(StrEnum):
    """What `authorise` does."""

    ADD = "add"
    RENEW = "renew"
    WITHDRAW = "withdraw"
