"""Messages of what looks after the exchanges: warnings before something fails, raw exchanges recorded on demand."""

from datetime import datetime
from typing import Literal

from pydantic import Field, model_validator

from hostbridge.protocol.messages import HostId, Message


class RecordSupport(Message):
    """`support/record`: record for an `hour`, record a `patient` (by `host_id`, open now), or `stop`."""

    what: Literal["hour", "patient", "stop"]
    host_id: HostId | None = Field(default=None, repr=False)

    @model_validator(mode="after")
    def _a_patient_is_named(self) -> "RecordSupport":
        if (self.what == "patient") is not (self.host_id is not None):
            raise ValueError("host_id goes with what = patient, and with nothing else")
        return self


class Recording(Message):
    """Result of `support/record`: until when is recorded; None: nothing is, from now on."""

    until: datetime | None


class CareNotice(Message):
    """`care/needed`: nothing failed yet, but somebody should act. `detail` is for whoever can mend it."""

    code: str
    sentence: str
    remedy: str
    mender: str
    detail: str
