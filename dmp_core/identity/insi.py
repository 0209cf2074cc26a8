"""The INSi web service on the wire: a search by traits (WS_INS2) or a verification (WS_INS3) becomes an HTTP request.

Sources: official example message (`dmp_protocol.md` 8.2); the envelope that a third party reports as accepted, which is
SOAP 1.2 with ContexteBAM, ContexteLPS, Action, MessageID (no other header of WS-Addressing) and wsse:Security.
"""

from datetime import UTC, datetime
from html import escape
from typing import Final
from uuid import UUID

from lxml import etree

from dmp_core.dmp.soap import SOAP, WSA, WSSE, Message
from dmp_core.dmp.vihf import Caller
from dmp_core.errors import InsInvalid, MessageInvalid
from dmp_core.identity.insi_query import InsiQuery, first_query, given_names
from dmp_core.identity.insi_settings import SEARCH_ACTION, InsiSettings
from dmp_core.model.access import Mode
from dmp_core.model.identity import Patient
from dmp_core.ports import HttpRequest
from dmp_core.xml import Element

TRANSACTION: Final = "INSi"
SEARCH: Final = "http://www.cnamts.fr/INSiRecSans"
BAM: Final = "urn:siram:bam:ctxbam"
LPS: Final = "urn:siram:lps:ctxlps"


def search(query: InsiQuery, settings: InsiSettings) -> Message:
    """The question who has the traits of `query` (`RECSANSVITALE`)."""
    body = _element(SEARCH, "RECSANSVITALE")
    _add_traits(body, query)
    return Message(TRANSACTION, settings.service, SEARCH_ACTION, f"{SEARCH_ACTION}Response", body)


def verification(patient: Patient, settings: InsiSettings) -> Message:
    """The question whether the patient's INS goes with all their strict traits.

    Raises InsInvalid where there is none, IdentityMarked, TraitRefused.
    """
    query = first_query(patient)
    if patient.ins is None:
        raise InsInvalid("verification: no INS")
    names = settings.verification
    body = _element(names.request_namespace, names.request_root)
    person = _add(body, "IndividuVerifie")
    given = _add(person, "INSFourni")
    number = _add(given, "IdIndividu")
    _add(number, "NumIdentifiant", patient.ins.value[:13])
    _add(number, "Cle", patient.ins.value[13:])
    _add(given, "OID", patient.ins.oid)
    place = patient.traits.birth_place_code
    whole = query.model_copy(update={"given_names": given_names(patient.traits), "birth_place_code": place})
    _add_traits(_add(person, "TraitsIdentiteIndividu"), whole)
    return Message(TRANSACTION, settings.service, names.action, f"{names.action}Response", body)


def request(
    message: Message,
    caller: Caller,
    settings: InsiSettings,
    *,
    message_id: UUID,
    at: datetime,
    security: Element | None,
) -> HttpRequest:
    """The HTTP request that asks `message`; `security` is the assertion, None where there is none.

    Written as bytes around the serialised assertion: moving a signed element into another tree may rename its prefixes.
    Raises MessageInvalid for a control character in the names of the caller.
    """
    try:
        contexts = _text(_bam(caller, message_id, at)) + _text(_lps(caller, settings, message_id, at))
    except ValueError:
        raise MessageInvalid("a control character in the names of the caller") from None
    envelope = "".join(
        (
            f'<?xml version="1.0" encoding="UTF-8"?>\n<soap:Envelope xmlns:soap="{SOAP}"><soap:Header>',
            contexts,
            f'<wsa:Action xmlns:wsa="{WSA}">{escape(message.action)}</wsa:Action>',
            f'<wsa:MessageID xmlns:wsa="{WSA}">{escape(settings.message_id_prefix)}{message_id}</wsa:MessageID>',
            "" if security is None else f'<wsse:Security xmlns:wsse="{WSSE}">{_text(security)}</wsse:Security>',
            f"</soap:Header><soap:Body>{_text(message.body)}</soap:Body></soap:Envelope>",
        )
    ).encode()
    content_type = f'application/soap+xml; charset=UTF-8; action="{message.action}"'
    return HttpRequest(message.service, content_type, envelope, transaction=message.transaction)


def _add_traits(parent: Element, query: InsiQuery) -> None:
    _add(parent, "NomNaissance", query.birth_name)
    for name in query.given_names:
        _add(parent, "Prenom", name)
    _add(parent, "Sexe", query.sex)
    _add(parent, "DateNaissance", query.birth_date.isoformat())
    if query.birth_place_code:
        _add(parent, "LieuNaissance", query.birth_place_code)


def _bam(caller: Caller, identifier: UUID, at: datetime) -> Element:
    context = _element(BAM, "ContexteBAM", Version="01_02")
    _add_origin(context, caller, identifier, at)
    _add(context, "COUVERTURE")
    return context


def _lps(caller: Caller, settings: InsiSettings, identifier: UUID, at: datetime) -> Element:
    context = _element(LPS, "ContexteLPS", Nature="CTXLPS", Version="01_00")
    _add_origin(context, caller, identifier, at)
    software, described = caller.software, _add(context, "LPS")
    _add(described, "IDAM", settings.idam).set("R", "4")
    _add(described, "Version", software.version)
    if software.installation:
        _add(described, "Instance", software.installation)
    named = settings.software_name.replace("{name}", software.name).replace("{version}", software.version)
    _add(described, "Nom", named)
    return context


def _add_origin(context: Element, caller: Caller, identifier: UUID, at: datetime) -> None:
    """Id, Temps and Emetteur: the professional, or the structure whose certificate asks alone."""
    sender = caller.structure if caller.mode is Mode.INDIRECT else caller.author
    _add(context, "Id", str(identifier))
    _add(context, "Temps", at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"))
    _add(context, "Emetteur", sender.national_id)


def _element(namespace: str, tag: str, **attributes: str) -> Element:
    names = {None: namespace}
    return etree.Element(f"{{{namespace}}}{tag}", attributes, nsmap=names)  # type: ignore[arg-type]  # lxml-stubs: no None


def _add(parent: Element, tag: str, text: str | None = None) -> Element:
    child = etree.SubElement(parent, f"{{{etree.QName(parent).namespace}}}{tag}")
    child.text = text
    return child


def _text(element: Element) -> str:
    return etree.tostring(element, encoding="unicode", with_tail=False)
