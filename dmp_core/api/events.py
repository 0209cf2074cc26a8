"""What happened in the host, or what the core needs to know. A field that a plugin's rights do not grant is None."""

from typing import Any, Literal

from pydantic import Field

from dmp_core.model.document import RecordEntry
from dmp_core.model.health import HealthModel
from dmp_core.model.identity import Patient
from dmp_core.model.practitioner import Who


class Event(HealthModel):
    """Root of the events."""


class PatientOpened(Event):
    """The host shows a patient's file."""

    patient: Patient | None = Field(default=None, repr=False)


class PatientUpdated(Event):
    """The host changed the patient's file, the identity perhaps."""

    patient: Patient | None = Field(default=None, repr=False)


class PatientClosed(Event):
    """The host left the patient's file. `host_id` is the host's own reference."""

    host_id: str = Field(repr=False)


class DocumentSaved(Event):
    """The host saved a document; it is durable already. `item` names it in every action and log."""

    item: str
    type_id: str
    patient: Patient | None = Field(default=None, repr=False)
    content: bytes | None = Field(default=None, repr=False)


class RecordListed(Event):
    """The rows of a patient's record, once the DMP's answer is whole."""

    host_id: str = Field(repr=False)
    entries: tuple[RecordEntry, ...] | None = Field(default=None, repr=False)


class DocumentRead(Event):
    """A document of the record was read: its row, and its bytes as they were deposited."""

    host_id: str = Field(repr=False)
    entry: RecordEntry | None = Field(default=None, repr=False)
    document: bytes | None = Field(default=None, repr=False)


class CardPerson(HealthModel):
    """One person on a card, as the card says; what it does not say is None. `birth_date`: as written, `yyyyMMdd`."""

    family: str = Field(repr=False, max_length=100)
    given: str = Field(repr=False, max_length=100)
    birth_date: str | None = Field(default=None, repr=False, max_length=8)
    nir: str | None = Field(default=None, repr=False, max_length=15, description="13 characters and the key")


class CardChanged(Event):
    """A card came or went. `people`: the beneficiaries of a Vitale that came; nobody else."""

    card: Literal["cps", "vitale"]
    present: bool
    people: tuple[CardPerson, ...] | None = Field(default=None, repr=False, max_length=31)


class FeedFinished(Event):
    """A document reached its end: `sent`, `refused` or `cancelled`."""

    item: str
    type_id: str
    state: str


class DocumentWanted(Event):
    """A saved record must become a document of the plugin's type. `content` is what the host handed over."""

    item: str
    type_id: str
    content: bytes = Field(repr=False)
    patient: Patient = Field(repr=False)
    who: Who = Field(repr=False)


class HostEvent(Event):
    """A raw message of the LGO, in the LGO's own words: `name` and its `payload`."""

    name: str = Field(min_length=1, max_length=100)
    payload: dict[str, Any] = Field(repr=False)


class SavedDocument(Event):
    """What an adapter reads out of a HostEvent that saves a document: the same as the bridge's `document/saved`."""

    key: str
    record: str
    type_id: str
    patient: Patient = Field(repr=False)
    content: dict[str, Any] = Field(repr=False)


class TypesWanted(Event):
    """The core asks for the types of document that the plugin brings."""


class UiWanted(Event):
    """The core asks for the host's menus and words."""
