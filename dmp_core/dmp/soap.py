"""SOAP 1.2 with WS-Addressing: a message of ours becomes an HTTP request, an HTTP answer its body or an error.

Sources: SOAP 1.2 part 1, WS-Addressing 1.0 - SOAP binding, and the DMP's official examples for the order of headers.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Final
from uuid import UUID

from lxml import etree

from dmp_core import xml
from dmp_core.dmp import answers, http_answers, mtom
from dmp_core.dmp.mtom import Attachment as Attachment
from dmp_core.errors import AnswerForeign, AnswerUnreadable, NotTheDmp, PortalAsks, XmlRefused
from dmp_core.ports import HttpAnswer, HttpRequest
from dmp_core.xml import Element

SOAP: Final = "http://www.w3.org/2003/05/soap-envelope"
SOAP_11: Final = "http://schemas.xmlsoap.org/soap/envelope/"
WSA: Final = "http://www.w3.org/2005/08/addressing"
WSSE: Final = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
_SOAP_TYPES: Final = frozenset({"application/soap+xml", "application/xop+xml", "application/xml", "text/xml"})
_ENVELOPES: Final = (f"{{{SOAP}}}Envelope", f"{{{SOAP_11}}}Envelope")  # 1.1 for a fault (SOAP 1.2 part 1, appendix A)
_UNDERSTOOD: Final = frozenset({WSA, WSSE})  # the DMP's TLS certificate vouches for what its wsse:Security would sign
_NOBODY: Final = f"{SOAP}/role/none"


@dataclass(frozen=True, slots=True)
class Message:
    """A question to the DMP, before anybody signs or sends it."""

    transaction: str  # "TD2.1", for logs and the audit
    service: str  # last segment of the path: "repository"
    action: str  # wsa:Action of the request
    reply_action: str  # wsa:Action of the answer
    body: Element = field(repr=False)
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """The payload of an answer: the first element of the SOAP body, and the parts beside it by Content-ID."""

    body: Element = field(repr=False)
    parts: Mapping[str, bytes] = field(default_factory=dict, repr=False)


def request(message: Message, *, message_id: UUID, security: Element | None) -> HttpRequest:
    """The HTTP request that asks `message`, with `security` (a VIHF) as it stands inside wsse:Security.

    Written as bytes around the serialised assertion: moving a signed element into another tree may rename its prefixes.
    """
    envelope = "".join(
        (
            f'<?xml version="1.0" encoding="UTF-8"?>\n<soap:Envelope xmlns:soap="{SOAP}"><soap:Header>',
            f'<wsa:MessageID xmlns:wsa="{WSA}">{message_id.urn}</wsa:MessageID><wsa:To xmlns:wsa="{WSA}"/>',
            f'<wsa:ReplyTo xmlns:wsa="{WSA}" soap:mustUnderstand="true">',
            f"<wsa:Address>{WSA}/anonymous</wsa:Address></wsa:ReplyTo>",
            f'<wsa:Action xmlns:wsa="{WSA}" soap:mustUnderstand="true">{escape(message.action)}</wsa:Action>',
            "" if security is None else f'<wsse:Security xmlns:wsse="{WSSE}">{_text(security)}</wsse:Security>',
            f"</soap:Header><soap:Body>{_text(message.body)}</soap:Body></soap:Envelope>",
        )
    ).encode()
    content_type = f'application/soap+xml; charset=UTF-8; action="{message.action}"'
    if message.attachments:
        content_type, envelope = mtom.write(
            envelope, message.attachments, action=message.action, boundary=f"uuid:{message_id}"
        )
    return HttpRequest(message.service, content_type, envelope, transaction=message.transaction)


def _text(element: Element) -> str:
    return etree.tostring(element, encoding="unicode", with_tail=False)


def answer(http: HttpAnswer, message: Message, *, message_id: UUID, require_relates_to: bool = True) -> Answer:
    """What the DMP answered to `message`.

    `require_relates_to=False` is for answers whose question is unknown: RelatesTo is not compared, Action may lack.
    Raises HttpRefused, NotTheDmp or ProxyAsks (no SOAP), AnswerUnreadable, AnswerForeign, or the
    DmpRefusal that a fault means.
    """
    root, parts = _envelope(http)
    return Answer(payload(root, message, message_id=message_id, require_relates_to=require_relates_to), parts)


def is_plain(content_type: str) -> bool:
    """True where an answer of that type is one XML document, without parts beside it."""
    return mtom.media_type(content_type) in _SOAP_TYPES


def payload(root: Element, message: Message, *, message_id: UUID, require_relates_to: bool = True) -> Element:
    """The first element of the Body of an envelope that answers `message`. Raises as `answer` does."""
    if root.tag not in _ENVELOPES:
        raise NotTheDmp("XML, but no SOAP envelope", after_send=True)
    header, found = _header_and_payload(root, of=xml.namespace(root))
    is_fault = found.tag == f"{{{xml.namespace(root)}}}Fault"
    if root.tag != _ENVELOPES[0] and not is_fault:
        raise AnswerUnreadable("an envelope of another SOAP version")
    related = _addressing(header, "RelatesTo")
    if require_relates_to and related is None and not is_fault:
        raise AnswerForeign("RelatesTo is missing")
    if require_relates_to and related is not None and _uuid_text(related) != str(message_id):
        raise AnswerForeign("RelatesTo names another question")
    if is_fault:
        raise answers.fault(found)
    action = _addressing(header, "Action")
    if action != message.reply_action and (action is not None or require_relates_to):
        raise AnswerForeign("Action is that of another answer")
    return found


def _uuid_text(identifier: str) -> str:
    """CXF echoes `urn:uuid:…`, others leave the prefix out."""
    return identifier.lower().removeprefix("urn:").removeprefix("uuid:")


def _envelope(http: HttpAnswer) -> tuple[Element, Mapping[str, bytes]]:
    """The root of the SOAP envelope and the parts beside it."""
    if 300 <= http.status < 400:
        raise http_answers.refused(http, "a redirection, never followed")
    try:
        return _soap_of(http)
    except (NotTheDmp, AnswerUnreadable) as error:
        if 200 <= http.status < 300:
            raise
        raise http_answers.refused(http, error.detail) from None


def _soap_of(http: HttpAnswer) -> tuple[Element, Mapping[str, bytes]]:
    if http_answers.is_page(http):
        raise PortalAsks("a page in HTML", after_send=True)
    data: bytes = http.body
    parts: Mapping[str, bytes] = {}
    if mtom.is_multipart(http.content_type):
        data, parts = mtom.read(http.content_type, http.body)
    elif mtom.media_type(http.content_type) not in _SOAP_TYPES or not data.strip():
        raise NotTheDmp("no SOAP by its Content-Type, or empty", after_send=True)
    try:
        root = xml.parse(data)
    except XmlRefused as error:
        raise AnswerUnreadable(error.detail) from None
    if root.tag not in _ENVELOPES:
        raise NotTheDmp("XML, but no SOAP envelope", after_send=True)
    return root, parts


def _header_and_payload(root: Element, *, of: str) -> tuple[Element | None, Element]:
    """The Header, if any, and the one element of the one Body; `of`: their namespace.

    Raises AnswerUnreadable for any other shape.
    """
    children = list(xml.children(root))
    header = children[0] if children and children[0].tag == f"{{{of}}}Header" else None
    bodies = children if header is None else children[1:]
    if len(bodies) != 1 or bodies[0].tag != f"{{{of}}}Body":
        raise AnswerUnreadable("an envelope holds a Header, then one Body")
    for block in xml.children(header) if header is not None else ():
        must = block.get(f"{{{of}}}mustUnderstand", "").strip() in ("1", "true")
        if must and xml.namespace(block) not in _UNDERSTOOD and block.get(f"{{{SOAP}}}role") != _NOBODY:
            raise AnswerUnreadable("a header that must be understood is unknown")
    payloads = list(xml.children(bodies[0]))
    if len(payloads) != 1:
        raise AnswerUnreadable(f"{len(payloads)} elements in the Body, 1 expected")
    return header, payloads[0]


def _addressing(header: Element | None, name: str) -> str | None:
    """The text of one WS-Addressing header; None where it is missing. Raises AnswerUnreadable where it stands twice."""
    found = [] if header is None else list(xml.children(header, f"{{{WSA}}}{name}"))
    if len(found) > 1:
        raise AnswerUnreadable(f"{name} stands twice")
    try:
        return xml.text_of(found[0]) if found else None
    except XmlRefused as error:
        raise AnswerUnreadable(error.detail) from None
