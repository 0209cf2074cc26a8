"""TD0.2, does this patient have a DMP and may we read it: HL7 v3 PRPA_IN201307UV02, answered by PRPA_IN201308UV02."""

from datetime import datetime
from typing import Final
from uuid import UUID

from pydantic import Field

from dmp_core.dmp import hl7v3
from dmp_core.dmp.hl7v3 import ACTION as ACTION
from dmp_core.dmp.hl7v3 import REPLY_ACTION as REPLY_ACTION
from dmp_core.dmp.hl7v3 import DmpTraits as DmpTraits
from dmp_core.dmp.soap import Answer, Message
from dmp_core.errors import AnswerUnreadable, XmlRefused
from dmp_core.model.document import RecordStatus
from dmp_core.model.health import HealthModel
from dmp_core.model.identity import Ins
from dmp_core.model.software import Software
from dmp_core.xml import Element

TRANSACTION: Final = "TD0.2"

# VALIDE is in the official example; the spelling of the others on the wire is uncertain [U], as a connector's
# documentation has it. Any other code is NOT_AUTHORISED, and stays readable in `Existence.authorisation`.
AUTHORISATIONS: Final[dict[str, RecordStatus]] = {
    "VALIDE": RecordStatus.AUTHORISED,
    "EXPIRE": RecordStatus.EXPIRED,
    "INTERDIT": RecordStatus.BLOCKED,
    "NON_EXISTE": RecordStatus.NOT_AUTHORISED,
}


class Existence(HealthModel):
    """What TD0.2 says. Where the DMP is absent, only `status` is set."""

    status: RecordStatus
    authorisation: str | None = Field(default=None, description="the DMP's own code")
    medecin_traitant: bool | None = None
    ins: tuple[str, ...] = Field(default=(), repr=False, description="CX of each identifier, history included")
    traits: DmpTraits | None = Field(default=None, repr=False)
    ens_attached: bool | None = Field(default=None, description="Mon espace santé is open")


def build(ins: Ins, software: Software, *, message_id: UUID, query_id: UUID, at: datetime) -> Message:
    """The question about `ins`; `at` is written in its own time zone."""
    body = hl7v3.question(
        "TEST_EXST", "Test d'existence de dossier", ins, software, message_id=message_id, query_id=query_id, at=at
    )
    return Message(TRANSACTION, "patients", ACTION, REPLY_ACTION, body)


def read(answer: Answer, *, ins: Ins, query_id: UUID, message_id: UUID | None = None) -> Existence:
    """What the DMP says of `ins`; `message_id`: as `hl7v3.patient`.

    Raises the DmpRefusal of a negative acknowledgement, AnswerForeign (other query or patient), AnswerUnreadable.
    """
    patient = hl7v3.patient(answer.body, ins=ins, query_id=query_id, message_id=message_id)
    if patient is None:
        return Existence(status=RecordStatus.ABSENT)
    try:
        return _existence(answer.body, patient)
    except XmlRefused as error:
        raise AnswerUnreadable(error.detail) from None


def _existence(body: Element, patient: Element) -> Existence:
    authorisation = _line(body, "AUTORISATION", "code")
    known = AUTHORISATIONS.get(authorisation or "", RecordStatus.NOT_AUTHORISED)
    return Existence(
        status=known if hl7v3.is_open(patient) else RecordStatus.CLOSED,
        authorisation=authorisation,
        medecin_traitant=hl7v3.boolean(_line(body, "STATUT_MT", "value")),
        ins=hl7v3.cx_identifiers(patient),
        traits=hl7v3.traits(patient),
        ens_attached=hl7v3.flags(patient).get("RATTACHEMENT_ENS"),
    )


def _line(body: Element, keyword: str, attribute: str) -> str | None:
    """The value of the attentionLine whose keyword is `keyword`. Raises AnswerUnreadable where two contradict."""
    lines = hl7v3.children(body, "attentionLine")
    said = {
        hl7v3.attribute(line, "value", attribute)
        for line in lines
        if hl7v3.attribute(line, "keyWordText", "code") == keyword
    }
    if len(said) > 1:
        raise AnswerUnreadable(f"{keyword} has two values")
    return next(iter(said), None) or None
