"""What a contextual call says: a patient or a document, in flat fields, the same in a form and in a file."""

import json
from datetime import date
from typing import Annotated, Any, Final, Self
from urllib.parse import parse_qsl

from pydantic import Field, StringConstraints, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails
from way_in.counter import Refusal, for_vendor

from dmp_core.api import HealthModel, IdentityStatus, Ins, InsOid, Patient, Sex, Traits

LIMIT: Final = 16_384  # bytes of a form or a file
_FIELDS: Final = 40
_TRAITS: Final = frozenset(Traits.model_fields)
_EXPECTED: Final = {
    "birth_date": "comme 1979-03-28",
    "sex": "F, M ou UN",
    "ins": "15 caractères, clé juste",
    "ins_oid": "1.2.250.1.213.1.4.8 à 1.2.250.1.213.1.4.11",
    "status": "provisoire, validee, recuperee ou qualifiee",
}
_UNKNOWN: Final = "un champ qui n’est pas prévu"

Word = Annotated[str, StringConstraints(min_length=1, max_length=150, strip_whitespace=True)]


class Wish(HealthModel):
    """Either a patient (`host_id` and the traits; `ins`, `ins_oid` and `status` where they are known) or `document`.

    `document` is the host's own reference of a record that it saved, as `record` of `document/saved`.
    """

    document: Word | None = Field(default=None, repr=False)
    host_id: Annotated[str, StringConstraints(min_length=1, max_length=100)] | None = Field(default=None, repr=False)
    birth_name: Word | None = Field(default=None, repr=False)
    birth_given_names: Word | None = Field(default=None, repr=False)
    first_birth_given_name: Word | None = Field(default=None, repr=False)
    used_name: Word | None = Field(default=None, repr=False)
    used_given_name: Word | None = Field(default=None, repr=False)
    sex: Sex | None = Field(default=None, repr=False)
    birth_date: date | None = Field(default=None, repr=False)
    birth_place_code: Word | None = Field(default=None, repr=False)
    birth_place_name: Word | None = Field(default=None, repr=False)
    ins: Word | None = Field(default=None, repr=False, description="15 characters")
    ins_oid: InsOid | None = None
    status: IdentityStatus = IdentityStatus.PROVISOIRE

    @field_validator("birth_date", mode="before")
    @classmethod
    def _is_a_whole_date(cls, value: object) -> object:
        if value is not None and not (isinstance(value, str) and len(value) == 10):
            raise ValueError("yyyy-MM-dd")
        return value

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.document is None) is (self.host_id is None):
            raise ValueError("host_id ou document, l’un des deux")
        if self.document is not None and self.model_fields_set != {"document"}:
            raise ValueError("document, seul")
        if (self.ins is None) is not (self.ins_oid is None):
            raise ValueError("ins et ins_oid, ensemble")
        return self

    def patient(self) -> Patient:
        """The patient. Raises ValidationError."""
        told = self.model_dump(exclude_none=True)
        return Patient(
            host_id=told["host_id"],
            traits=Traits.model_validate({name: value for name, value in told.items() if name in _TRAITS}),
            ins=Ins(value=self.ins, oid=self.ins_oid) if self.ins and self.ins_oid else None,
            status=self.status,
        )


def read_form(body: bytes) -> tuple[Wish, str | None]:
    """The wish of an HTML form, and the field `token` of a page that can set no header. Raises Refusal.

    A field that was left empty is one that was not sent.
    """
    try:
        pairs = parse_qsl(
            body.decode("ascii"), keep_blank_values=True, strict_parsing=True, errors="strict", max_num_fields=_FIELDS
        )
    except ValueError:
        raise _unreadable("formulaire") from None
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise _unreadable("formulaire")
    token = fields.pop("token", None)
    return _wish({name: value for name, value in fields.items() if value}), token


def read_left(data: bytes) -> Wish:
    """The wish of a file that the host left. Raises Refusal."""
    try:
        told = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise _unreadable("fichier") from None
    if not isinstance(told, dict):
        raise _unreadable("fichier")
    return _wish(told)


def _wish(told: dict[str, Any]) -> Wish:
    try:
        wish = Wish.model_validate(told)
        if wish.host_id is not None:
            wish.patient()
    except ValidationError as error:
        wrong = sorted({_place(error.title, each) for each in error.errors(include_input=False, include_url=False)})
        raise Refusal(
            "CONTEXTE",
            f"L’appel du logiciel est incomplet ou incorrect : {', '.join(wrong)}.",
            "Vérifiez la fiche du patient, ou transmettez ce message à l’éditeur du LGO.",
        ) from None
    return wish


def _place(model: str, error: ErrorDetails) -> str:
    """The field of one error and what it should hold; never a value, nor a name that is not ours."""
    if model == Ins.__name__:
        field = "ins"
    elif not error["loc"]:
        return str(error["ctx"]["error"]) if model == Wish.__name__ else "l’identité du patient"
    else:
        field = str(error["loc"][0])
    if field not in Wish.model_fields:
        return _UNKNOWN
    if error["type"] == "missing":
        return f"{field} (manque)"
    return f"{field} ({_EXPECTED[field]})" if field in _EXPECTED else field


def _unreadable(what: str) -> Refusal:
    sentence = f"Le {what} du logiciel ne peut pas être lu."
    return for_vendor("CONTEXTE", sentence, 400)
