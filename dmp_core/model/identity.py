"""Who the patient is: INS with its key and register, the five strict traits, the status of the identity.

Source: « Guide d’implémentation de l’identité INS » v3.0; only a *qualified* identity may feed or read the DMP.
"""

import re
from datetime import date
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AwareDatetime, Field, StringConstraints, field_validator, model_validator

from dmp_core.errors import InsInvalid
from dmp_core.model.health import HealthModel
from dmp_core.model.oids import InsOid

_INS_BODY = re.compile(r"[0-9]{5}(?:[0-9]{2}|2[AB])[0-9]{6}")


def ins_key(number: str) -> int:
    """Control key of a 13-character NIR or NIA: 97 - (number mod 97), Corsica 2A -> 19, 2B -> 18.

    Raises InsInvalid where the 13 characters are no such number.

    >>> ins_key("2790351215189")
    89
    """
    if not _INS_BODY.fullmatch(number):
        raise InsInvalid("13 digits, with 2A or 2B as department of Corsica")
    return 97 - int(number.replace("2A", "19").replace("2B", "18")) % 97


class Ins(HealthModel):
    """A matricule INS: 13 characters and 2 digits of key, in the register that `oid` names."""

    value: str = Field(repr=False, description="15 characters: the number and its key")
    oid: InsOid

    @field_validator("value")
    @classmethod
    def _key_is_right(cls, value: str) -> str:
        if len(value) != 15 or not value[13:].isdigit():
            raise ValueError("an INS has 13 characters and 2 digits of key, without spaces")
        try:
            expected = ins_key(value[:13])
        except InsInvalid as error:
            raise ValueError(error.detail) from error
        if int(value[13:]) != expected:
            raise ValueError("the key of the INS is wrong")
        return value

    @property
    def cx(self) -> str:
        """HL7 v2 CX, as in the VIHF and in XDS metadata: `<15>^^^&<OID>&ISO^NH`."""
        return f"{self.value}^^^&{self.oid}&ISO^NH"


class Sex(StrEnum):
    """HL7 administrative gender, as the French rules allow it."""

    FEMALE = "F"
    MALE = "M"
    UNKNOWN = "UN"


class IdentityStatus(StrEnum):
    """Confidence in an identity: INSi gives *récupérée*, an identity document *validée*, both *qualifiée*."""

    PROVISOIRE = "provisoire"
    RECUPEREE = "recuperee"
    VALIDEE = "validee"
    QUALIFIEE = "qualifiee"


class IdentityMark(StrEnum):
    """Attributes that INS rules add to an identity; *douteux* and *fictif* forbid the INS."""

    HOMONYME = "homonyme"
    DOUTEUX = "douteux"
    FICTIF = "fictif"


Name = Annotated[str, StringConstraints(min_length=1, max_length=100, strip_whitespace=True)]


class Traits(HealthModel):
    """The strict traits of birth, and the name in use; names as in the civil register, or as INSi gave them."""

    birth_name: Name = Field(repr=False)
    birth_given_names: Name = Field(repr=False, description="all of them, separated by spaces")
    first_birth_given_name: Name = Field(repr=False)
    used_name: Name | None = Field(default=None, repr=False)
    used_given_name: Name | None = Field(default=None, repr=False)
    sex: Sex = Field(repr=False)
    birth_date: date = Field(repr=False)
    birth_place_code: Annotated[str, StringConstraints(pattern=r"^[0-9][0-9AB][0-9]{3}$")] | None = Field(
        default=None, repr=False, description="COG code of INSEE, 5 characters (99xxx abroad)"
    )
    birth_place_name: Name | None = Field(default=None, repr=False)

    @model_validator(mode="after")
    def _first_is_in_list(self) -> Self:
        if not self.birth_given_names.upper().startswith(self.first_birth_given_name.upper()):
            raise ValueError("the first given name is not the beginning of the list of given names")
        return self

    @property
    def usual_name(self) -> str:
        """The name that the counter uses: `PAT-TROIS DOMINIQUE`."""
        return f"{self.used_name or self.birth_name} {self.used_given_name or self.first_birth_given_name}"


class IdentityDocumentKind(StrEnum):
    """What an identity was checked against. Codes: « Mode de validation de l’identité » (Interop’Santé)."""

    CARTE_IDENTITE = "CN"
    PASSEPORT = "PA"
    TITRE_SEJOUR = "CS"
    IDENTIFICATION_ELECTRONIQUE = "IE"  # eIDAS, France Identité
    APPLI_CARTE_VITALE = "AV"
    ACTE_NAISSANCE = "AN"
    LIVRET_FAMILLE = "LE"
    CIRCULATION_MINEUR = "DC"
    ACTE_ET_CARTE_VITALE = "AC"
    PERMIS_CONDUIRE = "PC"
    CARTE_EUROPEENNE = "CE"
    CARNET_CIRCULATION = "CC"
    CARTE_MILITAIRE = "CM"
    TIERS_CONFIANCE = "TC"


class IdentityDocument(HealthModel):
    """That somebody saw an identity document: which kind, who (the host's reference of the operator), when."""

    kind: IdentityDocumentKind
    seen_by: str = Field(min_length=1, max_length=100)
    seen_at: AwareDatetime


class PastIns(HealthModel):
    """An INS that named the patient before, kept as INSi gave it (Guide INS, EXI REC 08: INSHISTO)."""

    ins: Ins = Field(repr=False)
    since: date | None = Field(default=None, description="DateDeb")
    until: date | None = Field(default=None, description="DateFin")


class CertifiedIdentity(HealthModel):
    """Whom INSi knows: the INS in force, those before it, and the strict traits of the register (TIQ)."""

    ins: Ins = Field(repr=False)
    history: tuple[PastIns, ...] = Field(default=(), repr=False)
    birth_name: Name = Field(repr=False)
    birth_given_names: Name = Field(repr=False)
    first_birth_given_name: Name | None = Field(default=None, repr=False, description="INSi often leaves it out")
    sex: Sex = Field(repr=False)
    birth_date: date = Field(repr=False, description="where day or month are unknown, completed as EXI ID 12 says")
    birth_date_text: str = Field(repr=False, description="as INSi wrote it, yyyy-MM-dd, zeros for what is unknown")
    birth_place_code: str | None = Field(default=None, repr=False)


class Patient(HealthModel):
    """A patient as the host knows them. `host_id` is the host's own reference and means nothing outside it."""

    host_id: str = Field(min_length=1, max_length=100, repr=False)
    traits: Traits = Field(repr=False)
    ins: Ins | None = Field(default=None, repr=False)
    status: IdentityStatus = IdentityStatus.PROVISOIRE
    marks: frozenset[IdentityMark] = frozenset()
    ins_history: tuple[PastIns, ...] = Field(default=(), repr=False)
    document: IdentityDocument | None = Field(default=None, description="the last identity document that counted")

    @property
    def qualified_ins(self) -> Ins | None:
        """The INS if it may be used with the DMP: qualified, and neither doubtful nor fictitious."""
        if self.status is IdentityStatus.QUALIFIEE and not self.marks & {IdentityMark.DOUTEUX, IdentityMark.FICTIF}:
            return self.ins
        return None
