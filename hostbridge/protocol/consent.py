"""Messages about what the patient said: informed, opposed to feeding, agreeing to reading."""

from pydantic import Field

from dmp_core.model.consent import ConsentKind, ConsentState
from hostbridge.protocol.messages import Message, PatientReference


class RecordConsent(PatientReference):
    """`consent/record`: the patient said it now; `given` false: took it back."""

    kind: ConsentKind
    given: bool = True


class ConsentShown(Message):
    """Result of `consent/show`: what holds, each with its date and who heard it, and the whole history."""

    consent: ConsentState


class ConsentRecorded(ConsentShown):
    """Result of `consent/record`; `cancelled`: the feeds that an opposition cancelled just now."""

    cancelled: tuple[str, ...] = Field(default=(), description="items of the outbox")
