"""What plugins want shown: a badge beside a document of the record, a patient found on a card."""

from typing import Literal

from pydantic import Field

from dmp_core.api.events import CardPerson
from dmp_core.model.item import Fault
from hostbridge.protocol.messages import Message


class BadgeShow(Message):
    """`dmp/badge`: a short text beside one listed document."""

    plugin: str
    host_id: str
    unique_id: str
    text: str = Field(repr=False)
    level: Literal["info", "warning"]


class PatientSuggestion(Message):
    """`patient/suggested`: a person on a card. The host looks for them in its files; nothing is opened by itself.

    `plugin` None: the core read the carte Vitale, `people` are all of it, `fault`: the open patient is none
    of them. A NIR is no INS.
    """

    plugin: str | None
    person: CardPerson = Field(repr=False)
    people: tuple[CardPerson, ...] = Field(default=(), repr=False)
    fault: Fault | None = None
