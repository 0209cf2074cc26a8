"""What INSi answers: one identity, none, several; a verification; or a fault of the SIRAM frame.

Sources: `dmp_protocol.md` 8.2; answers of the test platform as a third party published them: no header at all, `TIQ`
often without `Prenom`, `INSHISTO` with dates. Codes siram_40 and siram_100 were seen there; others are shown as such.
"""

import re
from contextlib import suppress
from datetime import date
from typing import Final
from uuid import UUID

from pydantic import Field, ValidationError

from dmp_core import xml
from dmp_core.dmp import soap
from dmp_core.dmp.soap import Message
from dmp_core.errors import (
    AnswerForeign,
    AnswerUnreadable,
    DmpRefusal,
    InsiBusy,
    InsInvalid,
    InsiOtherRefusal,
    InsiRefusal,
    InsiSoftwareRefused,
    XmlRefused,
)
from dmp_core.identity.insi_query import InsiCode
from dmp_core.identity.insi_settings import InsiSettings
from dmp_core.model.health import HealthModel
from dmp_core.model.identity import CertifiedIdentity, Ins, PastIns, Sex, ins_key
from dmp_core.model.oids import InsOid
from dmp_core.ports import HttpAnswer
from dmp_core.xml import Element

RESULT: Final = "http://www.cnamts.fr/INSiResultat"
MEANINGS: Final[dict[str, type[InsiRefusal]]] = {"siram_40": InsiBusy, "siram_100": InsiSoftwareRefused}
_ERREUR: Final = "{urn:siram}Erreur"
_DATE: Final = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_PLACE: Final = re.compile(r"[0-9][0-9AB][0-9]{3}")
_TEXT: Final = 2000  # characters of INSi's words that are kept


class InsiAnswer(HealthModel):
    """What a search found; `identity` with FOUND alone."""

    code: InsiCode
    identity: CertifiedIdentity | None = Field(default=None, repr=False)


def read_search(http: HttpAnswer, message: Message, *, message_id: UUID) -> InsiAnswer:
    """What INSi found.

    Raises InsiRefusal (a fault, another CodeCR), HttpRefused, NotTheDmp, AnswerUnreadable, AnswerForeign.
    """
    body = _body(http, message, f"{{{RESULT}}}RESULTAT", message_id)
    try:
        code = _code(body)
        person = _child(body, "INDIVIDU")
        if (person is not None) != (code is InsiCode.FOUND):
            raise AnswerUnreadable("CodeCR and INDIVIDU contradict each other")
        return InsiAnswer(code=code, identity=None if person is None else _identity(person))
    except XmlRefused as error:
        raise AnswerUnreadable(error.detail) from None


def read_verification(http: HttpAnswer, message: Message, settings: InsiSettings, *, message_id: UUID) -> bool:
    """Whether the INS goes with the traits: 00 yes, 01 no [I]. Raises as `read_search`; 02 is an InsiRefusal."""
    names = settings.verification
    body = _body(http, message, f"{{{names.answer_namespace}}}{names.answer_root}", message_id)
    try:
        code = _code(body)
    except XmlRefused as error:
        raise AnswerUnreadable(error.detail) from None
    if code is InsiCode.SEVERAL:
        raise InsiOtherRefusal("a verification that found several persons", origin=code)
    return code is InsiCode.FOUND


def _body(http: HttpAnswer, message: Message, tag: str, message_id: UUID) -> Element:
    try:
        answer = soap.answer(http, message, message_id=message_id, require_relates_to=False)
    except DmpRefusal as refusal:
        raise _refusal(refusal, http.body) from None
    if answer.body.tag != tag:
        raise AnswerForeign("no answer to this question of INSi")
    return answer.body


def _refusal(fault: DmpRefusal, envelope: bytes) -> InsiRefusal:
    """The InsiRefusal of a SOAP fault. `origin`: `siram_100/desir_550`, the frame's code and the application's."""
    codes, words = [fault.origin or ""], [fault.dmp_text]
    with suppress(XmlRefused):
        for error in xml.parse(envelope).iter(_ERREUR):
            codes.append(error.get("code", ""))
            words.append("".join(map(str, error.itertext("{*}*"))).strip())
    meaning = MEANINGS.get(codes[0], InsiOtherRefusal)
    text = "\n".join(dict.fromkeys(filter(None, words)))[:_TEXT]
    return meaning(origin="/".join(filter(None, codes))[:80] or None, insi_text=text)


def _code(body: Element) -> InsiCode:
    report = _required(body, "CR")
    code = _text(report, "CodeCR")
    try:
        return InsiCode(code)
    except ValueError:
        raise InsiOtherRefusal(origin=code[:20] or None, insi_text=_text(report, "LibelleCR")[:_TEXT]) from None


def _identity(person: Element) -> CertifiedIdentity:
    traits = _required(person, "TIQ")
    names = _text(traits, "ListePrenom") or _text(traits, "Prenom")
    written = _text(traits, "DateNaissance")
    past = list(xml.children(person, f"{{{RESULT}}}INSHISTO"))
    try:
        return CertifiedIdentity(
            ins=_ins(_required(person, "INSACTIF")),
            history=tuple(
                PastIns(ins=_ins(one), since=_day(one, "DateDeb"), until=_day(one, "DateFin")) for one in past
            ),
            birth_name=_text(traits, "NomNaissance"),
            birth_given_names=" ".join(names.split()),
            first_birth_given_name=_text(traits, "Prenom") or None,
            sex=_sex(traits),
            birth_date=birth_day(written),
            birth_date_text=written,
            birth_place_code=_place(traits),
        )
    except ValidationError as error:
        fields = {str(place) for each in error.errors() for place in each["loc"]}
        raise AnswerUnreadable(f"INDIVIDU: {', '.join(sorted(fields))}") from None


def birth_day(written: str) -> date:
    """The date of birth of `yyyy-MM-dd`, where a day or month that no calendar has stands for an unknown one.

    Completed as EXI ID 12: day unknown, the 1st; month unknown, January; both, 31 December. Raises AnswerUnreadable.
    """
    found = _DATE.fullmatch(written)
    if found is None:
        raise AnswerUnreadable("DateNaissance: yyyy-MM-dd")
    year, month, day = (int(part) for part in found.groups())
    known_month, known_day = 1 <= month <= 12, 1 <= day <= 31
    if not known_month and not known_day:
        month, day = 12, 31
    elif not known_month:
        month = 1
    elif not known_day:
        day = 1
    for candidate in (day, 1):  # 30 February and 31 April: the day is not known
        with suppress(ValueError):
            return date(year, month, candidate)
    raise AnswerUnreadable("DateNaissance: no year")


def _ins(holder: Element) -> Ins:
    number = _required(holder, "IdIndividu")
    value, key = _text(number, "NumIdentifiant"), _text(number, "Cle")
    try:
        return Ins(value=f"{value}{key or format(ins_key(value), '02d')}", oid=InsOid(_text(holder, "OID")))
    except (ValidationError, ValueError, InsInvalid):
        raise AnswerUnreadable(f"{xml.local_name(holder)}: no INS") from None


def _sex(traits: Element) -> Sex:
    """INSi knows F and M only (EF_INS25_04)."""
    text = _text(traits, "Sexe")
    if text not in (Sex.FEMALE, Sex.MALE):
        raise AnswerUnreadable("Sexe: F or M")
    return Sex(text)


def _place(traits: Element) -> str | None:
    code = _text(traits, "LieuNaissance").upper()
    if code and not _PLACE.fullmatch(code):
        raise AnswerUnreadable("LieuNaissance: no code of INSEE")
    return code or None


def _day(holder: Element, name: str) -> date | None:
    text = _text(holder, name)
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise AnswerUnreadable(f"{name}: no date") from None


def _required(parent: Element, name: str) -> Element:
    found = _child(parent, name)
    if found is None:
        raise AnswerUnreadable(f"{name} is missing")
    return found


def _child(parent: Element, name: str) -> Element | None:
    """The one child of that name in the parent's own namespace. Raises AnswerUnreadable where it stands twice."""
    found = list(xml.children(parent, f"{{{xml.namespace(parent)}}}{name}"))
    if len(found) > 1:
        raise AnswerUnreadable(f"{name} stands twice")
    return found[0] if found else None


def _text(parent: Element, name: str) -> str:
    return xml.text_of(_child(parent, name))
