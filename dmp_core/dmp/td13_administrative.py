"""TD1.3a, the administrative data of a record: PRPA_IN201307UV02 for the reason CNSLT_DATA, as TD0.2.

Source: the official example (`dmp_protocol.md` section 4). It shows people as `personalRelationship`; `contactParty`
and `guardian` stand in the same place of the HL7 model and are read as well [I].
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from pydantic import Field

from dmp_core import xml
from dmp_core.dmp import hl7v3
from dmp_core.dmp.hl7v3 import DmpTraits
from dmp_core.dmp.soap import Answer, Message
from dmp_core.errors import AnswerUnreadable, DmpAbsent, XmlRefused
from dmp_core.model.health import HealthModel
from dmp_core.model.identity import Ins
from dmp_core.model.software import Software
from dmp_core.xml import Element

TRANSACTION: Final = "TD1.3a"
_LINES: Final = ("streetAddressLine", "additionalLocator", "deliveryAddressLine")


class PostalAddress(HealthModel):
    """An address as the DMP holds it."""

    lines: tuple[str, ...] = Field(default=(), repr=False)
    postal_code: str | None = Field(default=None, repr=False)
    city: str | None = Field(default=None, repr=False)
    country: str | None = Field(default=None, repr=False)


class Telecom(HealthModel):
    """A telephone or an electronic address: `tel:…`, `mailto:…`; `use` is HL7's (HP at home, MC mobile)."""

    value: str = Field(repr=False)
    use: str | None = None


class PersonKind(StrEnum):
    """As what somebody stands in the record; the name of their element."""

    RELATION = "personalRelationship"
    CONTACT = "contactParty"
    GUARDIAN = "guardian"


_HOLDERS: Final = {
    PersonKind.RELATION: ("relationshipHolder1",),
    PersonKind.CONTACT: ("contactPerson", "contactOrganization"),
    PersonKind.GUARDIAN: ("guardianPerson", "guardianOrganization"),
}


class RelatedPerson(HealthModel):
    """Somebody to warn, or who represents the patient. `organisation` where it is no person."""

    kind: PersonKind
    relation: str | None = Field(default=None, description="HL7 role code: FTH father, MTH mother…")
    civility: str | None = Field(default=None, repr=False)
    family: str | None = Field(default=None, repr=False)
    given_names: tuple[str, ...] = Field(default=(), repr=False)
    organisation: str | None = Field(default=None, repr=False)
    addresses: tuple[PostalAddress, ...] = Field(default=(), repr=False)
    telecoms: tuple[Telecom, ...] = Field(default=(), repr=False)


class AdministrativeData(HealthModel):
    """What TD1.3a says of a patient. What the DMP left out is None or empty."""

    is_open: bool
    ins: tuple[str, ...] = Field(repr=False, description="CX of each identifier, history included")
    traits: DmpTraits = Field(repr=False)
    civility: str | None = Field(default=None, repr=False)
    birth_place: PostalAddress | None = Field(default=None, repr=False)
    deceased: bool | None = None
    addresses: tuple[PostalAddress, ...] = Field(default=(), repr=False)
    telecoms: tuple[Telecom, ...] = Field(default=(), repr=False)
    people: tuple[RelatedPerson, ...] = Field(default=(), repr=False)
    flags: Mapping[str, bool] = Field(default_factory=dict, description="every yes and no, by the DMP's own code")

    @property
    def ens_attached(self) -> bool | None:
        """Mon espace santé is open."""
        return self.flags.get("RATTACHEMENT_ENS")

    @property
    def internet_account(self) -> bool | None:
        """The patient opened the DMP on the web, before Mon espace santé."""
        return self.flags.get("COMPTE_INTERNET_OUVERT")

    @property
    def opposes_bris_de_glace(self) -> bool | None:
        """The patient forbids access by a professional in an emergency."""
        return self.flags.get("OPPOSITION_BRIS_DE_GLACE")

    @property
    def opposes_emergency_centre(self) -> bool | None:
        """The patient forbids access by a regulation centre (centre 15)."""
        return self.flags.get("OPPOSITION_ACCES_URGENCE")


def build(ins: Ins, software: Software, *, message_id: UUID, query_id: UUID, at: datetime) -> Message:
    """The question about `ins`; `at` is written in its own time zone."""
    label = "Consultation des données de gestion de dossier"
    body = hl7v3.question("CNSLT_DATA", label, ins, software, message_id=message_id, query_id=query_id, at=at)
    return Message(TRANSACTION, "patients", hl7v3.ACTION, hl7v3.REPLY_ACTION, body)


def read(answer: Answer, *, ins: Ins, query_id: UUID, message_id: UUID | None = None) -> AdministrativeData:
    """The administrative data of `ins`; `message_id`: as `hl7v3.patient`.

    Raises DmpAbsent (no record), the DmpRefusal of a negative acknowledgement, AnswerForeign, AnswerUnreadable.
    """
    patient = hl7v3.patient(answer.body, ins=ins, query_id=query_id, message_id=message_id)
    if patient is None:
        raise DmpAbsent(origin="NF")
    try:
        return _data(patient)
    except XmlRefused as error:
        raise AnswerUnreadable(error.detail) from None


def _data(patient: Element) -> AdministrativeData:
    person = hl7v3.person(patient)
    names = hl7v3.children(person, "name")
    places = [place for each in hl7v3.children(person, "birthPlace") for place in _addresses(each)]
    return AdministrativeData(
        is_open=hl7v3.is_open(patient),
        ins=hl7v3.cx_identifiers(patient),
        traits=hl7v3.traits(patient),
        civility=_text(names[0], "prefix") if names else None,
        birth_place=next(iter(places), None),
        deceased=hl7v3.boolean(hl7v3.attribute(person, "deceasedInd", "value")),
        addresses=_addresses(patient, person),
        telecoms=_telecoms(patient, person),
        people=tuple(_person(each, kind) for kind in PersonKind for each in hl7v3.children(person, kind)),
        flags=hl7v3.flags(patient),
    )


def _person(element: Element, kind: PersonKind) -> RelatedPerson:
    holders = [holder for tag in _HOLDERS[kind] for holder in hl7v3.children(element, tag)]
    names = [name for holder in holders for name in hl7v3.children(holder, "name")]
    name = names[0] if names else None
    of_a_person = name is not None and next(xml.children(name), None) is not None
    return RelatedPerson(
        kind=kind,
        relation=hl7v3.attribute(element, "code", "code") or None,
        civility=_text(name, "prefix"),
        family=_text(name, "family"),
        given_names=() if name is None else tuple(xml.text_of(each) for each in hl7v3.children(name, "given")),
        organisation=None if of_a_person else xml.text_of(name) or None,
        addresses=_addresses(element, *holders),
        telecoms=_telecoms(element, *holders),
    )


def _addresses(*owners: Element) -> tuple[PostalAddress, ...]:
    """The addresses of one person, each once, empty ones left out."""
    found = (_address(each) for owner in dict.fromkeys(owners) for each in hl7v3.children(owner, "addr"))
    return tuple(dict.fromkeys(each for each in found if each != PostalAddress()))


def _address(element: Element) -> PostalAddress:
    if next(xml.children(element), None) is None:
        whole = xml.text_of(element)
        return PostalAddress(lines=(whole,) if whole else ())
    lines = [xml.text_of(part) for part in xml.children(element) if xml.local_name(part) in _LINES]
    return PostalAddress(
        lines=tuple(filter(None, lines)),
        postal_code=_text(element, "postalCode"),
        city=_text(element, "city") or _text(element, "county"),
        country=_text(element, "country"),
    )


def _telecoms(*owners: Element) -> tuple[Telecom, ...]:
    """Telephones and electronic addresses of one person, each once."""
    found = (each for owner in dict.fromkeys(owners) for each in hl7v3.children(owner, "telecom"))
    pairs = dict.fromkeys((each.get("value", "").strip(), each.get("use") or None) for each in found)
    return tuple(Telecom(value=value, use=use) for value, use in pairs if value)


def _text(element: Element | None, name: str) -> str | None:
    """The text of the first child `name` that is not empty."""
    parts = [] if element is None else hl7v3.children(element, name)
    return next(filter(None, (xml.text_of(part) for part in parts)), None)
