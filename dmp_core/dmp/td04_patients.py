"""TD0.4, the patients whose record the professional may read: `patientList` of the service `patientsSpecific`.

The VIHF names no patient. Source: official example and WSDL (`dmp_protocol.md` section 4.4).
"""

from datetime import datetime
from enum import StrEnum
from typing import Final

from pydantic import Field, ValidationError

from dmp_core.dmp import answers, hl7v3, si_dmp
from dmp_core.dmp.soap import Answer, Message
from dmp_core.errors import AnswerUnreadable
from dmp_core.model.health import HealthModel
from dmp_core.model.identity import Ins
from dmp_core.model.oids import InsOid
from dmp_core.xml import Element

TRANSACTION: Final = "TD0.4"
_OPERATION: Final = "patientList"
_REGISTERS: Final = frozenset(map(str, InsOid))


class DateType(StrEnum):
    """What must have happened since the date: a document came, or the authorisation was given (sic)."""

    LAST_DOCUMENT = "LASTDOC"
    LAST_AUTHORISATION = "LASTAUTORIZATION"


class PatientIdentifier(HealthModel):
    """A number and the OID of its register."""

    value: str = Field(repr=False)
    oid: str


class AuthorisedPatient(HealthModel):
    """One patient of the list. What the DMP left out, and a time that cannot be read, is None."""

    identifiers: tuple[PatientIdentifier, ...] = Field(repr=False)
    last_name: str | None = Field(default=None, repr=False, description="in use")
    birth_name: str | None = Field(default=None, repr=False)
    first_name: str | None = Field(default=None, repr=False)
    civility: str | None = Field(default=None, repr=False)
    birth_date: str | None = Field(default=None, repr=False, description="raw, yyyyMMdd")
    medecin_traitant: bool | None = None
    message: bool | None = Field(default=None, description="the patient left one")
    last_access: datetime | None = None
    last_update: datetime | None = None
    last_addition: datetime | None = None

    @property
    def ins(self) -> Ins | None:
        """The first identifier that is an INS with a right key; the INS-C of old is none."""
        for each in self.identifiers:
            if each.oid in _REGISTERS:
                try:
                    return Ins(value=each.value, oid=InsOid(each.oid))
                except ValidationError:
                    continue
        return None


def build(since: datetime, date_type: DateType, *, ps_owner_id: str | None = None) -> Message:
    """The question for the patients since a time. `ps_owner_id`: whose list, where the VIHF names no professional [I].

    Raises MessageInvalid.
    """
    fields = {"startDate": si_dmp.moment(since), "dateType": date_type, "psOwnerId": ps_owner_id}
    return si_dmp.message(TRANSACTION, si_dmp.PATIENTS, _OPERATION, fields)


def read(answer: Answer) -> tuple[AuthorisedPatient, ...]:
    """The patients, in the order of the DMP.

    Raises the DmpRefusal that the status means, AnswerForeign; AnswerUnreadable, with the rank of the patient.
    """
    output = answers.service_output(answer.body, si_dmp.answer_tag(si_dmp.PATIENTS, _OPERATION))
    return tuple(_patient(each, rank) for rank, each in enumerate(output.iterchildren("{*}patientlistData"), 1))


def _patient(element: Element, rank: int) -> AuthorisedPatient:
    try:
        identifiers = tuple(_identifiers(element))
        if not identifiers:
            raise AnswerUnreadable("patientIdentifier is missing")
        return AuthorisedPatient(
            identifiers=identifiers,
            last_name=si_dmp.text(element, "lastName"),
            birth_name=si_dmp.text(element, "patronymicalName"),
            first_name=si_dmp.text(element, "firstName"),
            civility=si_dmp.text(element, "civility"),
            birth_date=si_dmp.text(element, "dateOfBirth"),
            medecin_traitant=hl7v3.boolean(si_dmp.text(element, "MT")),
            message=hl7v3.boolean(si_dmp.text(element, "message")),
            last_access=si_dmp.time(element, "lastAccessDate"),
            last_update=si_dmp.time(element, "lastUpdateDate"),
            last_addition=si_dmp.time(element, "lastAddDate"),
        )
    except AnswerUnreadable as error:
        raise AnswerUnreadable(f"patient {rank}: {error.detail}") from None


def _identifiers(element: Element) -> list[PatientIdentifier]:
    found = []
    for each in element.iterchildren("{*}patientIdentifier"):
        value = si_dmp.text(each, "nationalId")
        if value:
            found.append(PatientIdentifier(value=value, oid=si_dmp.text(each, "nationalIdType") or ""))
    return found
