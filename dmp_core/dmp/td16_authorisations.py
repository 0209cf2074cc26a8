"""TD1.6, who may read a record and who is barred: `listAuthorizationByPatient` of the service `habilitations`.

The patient is that of the VIHF. Source: official example and WSDL (`dmp_protocol.md` section 4.4).
"""

from datetime import datetime
from enum import StrEnum
from itertools import zip_longest
from typing import Final

from pydantic import Field

from dmp_core.dmp import answers, si_dmp
from dmp_core.dmp.soap import Answer, Message
from dmp_core.errors import AnswerUnreadable
from dmp_core.model.document import Code
from dmp_core.model.health import HealthModel
from dmp_core.model.oids import AUTHOR_SPECIALTY
from dmp_core.xml import Element

TRANSACTION: Final = "TD1.6"
_OPERATION: Final = "listAuthorizationByPatient"


class Listed(StrEnum):
    """Which authorisations: those in force, the bars, or both."""

    ACTIVE = "ACTIVE"
    FORBIDDEN = "INTERDITE"
    ALL = "TOUTE"


class AuthorisedProfessional(HealthModel):
    """One line of the list. What the DMP left out, and a time that cannot be read, is None."""

    national_id: str = Field(description="PS_IdNat, or that of a structure, as `id_type` tells")
    id_type: str | None = Field(default=None, description="OID")
    first_name: str | None = Field(default=None, repr=False)
    last_name: str | None = Field(default=None, repr=False)
    specialties: tuple[Code, ...] = Field(default=(), description="JDV_J01 [I]: the message names no system")
    started_at: datetime | None = None
    last_action_at: datetime | None = None
    mode: str | None = Field(default=None, description="the DMP's own word: ACTIVE, INTERDITE")
    specific_rights: tuple[str, ...] = Field(default=(), description="MEDECIN_TRAITANT")

    @property
    def is_barred(self) -> bool:
        """The patient barred this professional."""
        return self.mode == Listed.FORBIDDEN


def build(listed: Listed = Listed.ALL) -> Message:
    """The question who may read, or may not read, the record of the VIHF's patient."""
    return si_dmp.message(TRANSACTION, si_dmp.HABILITATIONS, _OPERATION, {"mode": listed})


def read(answer: Answer) -> tuple[AuthorisedProfessional, ...]:
    """The professionals, in the order of the DMP.

    Raises the DmpRefusal that the status means, AnswerForeign; AnswerUnreadable, with the rank of the professional.
    """
    output = answers.service_output(answer.body, si_dmp.answer_tag(si_dmp.HABILITATIONS, _OPERATION))
    lines = output.iterchildren("{*}listOfAuthorizationByPatient")
    return tuple(_professional(each, rank) for rank, each in enumerate(lines, 1))


def _professional(element: Element, rank: int) -> AuthorisedProfessional:
    try:
        national_id = si_dmp.text(element, "nationalId")
        if national_id is None:
            raise AnswerUnreadable("nationalId is missing")
        codes, labels = si_dmp.texts(element, "codeSpeciality"), si_dmp.texts(element, "libSpeciality")
        return AuthorisedProfessional(
            national_id=national_id,
            id_type=si_dmp.text(element, "nationalIdType"),
            first_name=si_dmp.text(element, "firstName"),
            last_name=si_dmp.text(element, "lastName"),
            specialties=tuple(_specialty(code, label) for code, label in zip_longest(codes, labels, fillvalue="")),
            started_at=si_dmp.time(element, "startOfAuthorization"),
            last_action_at=si_dmp.time(element, "lastActionDate"),
            mode=si_dmp.text(element, "mode"),
            specific_rights=si_dmp.texts(element, "specificRight"),
        )
    except AnswerUnreadable as error:
        raise AnswerUnreadable(f"professional {rank}: {error.detail}") from None


def _specialty(code: str, label: str) -> Code:
    return Code(code=code, system=AUTHOR_SPECIALTY, label=label)
