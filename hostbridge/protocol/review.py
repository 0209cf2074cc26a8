"""Messages of *Journal des accès*: what was done about one patient, for who administers."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import Field, StringConstraints

from dmp_core.services.review import Done
from hostbridge.protocol.messages import Message, PatientReference, Text

Beginning = Annotated[str, StringConstraints(pattern=r"^[a-zA-Z_./]{1,60}$")]


class ReviewPatient(PatientReference):
    """`audit/ofPatient`: from `since` to before `until`; `action`: the beginning of its name (`record.`)."""

    since: datetime | None = None
    until: datetime | None = None
    operator: Text | None = None
    action: Beginning | None = None
    csv: bool = False


class DoneShown(Message):
    """One thing done, or refused. `operator`: the host's reference; `author`: PS_IdNat.

    `result`: `ok`, a code, or `unanswered` for a question to the DMP of which nobody knows what became of it.
    `transaction`: of an exchange with the DMP (`TD2.1`).
    """

    at: datetime
    action: str
    operator: str | None
    author: str | None
    purpose: str | None
    result: str
    unique_id: str | None
    count: int | None
    detail: str | None
    transaction: str | None

    @classmethod
    def of(cls, done: Done) -> Self:
        return cls(**{name: getattr(done, name) for name in cls.model_fields})


class PatientReviewed(Message):
    """Result of `audit/ofPatient`, newest first; `csv` where it was asked for, with `;` between fields."""

    done: tuple[DoneShown, ...]
    csv: str | None = Field(default=None, repr=False)
