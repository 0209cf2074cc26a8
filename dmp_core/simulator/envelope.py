"""SOAP 1.2 with WS-Addressing as the simulator reads it: what is asked, by which assertion, with which parts."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from dmp_core import xml
from dmp_core.errors import XmlRefused
from dmp_core.simulator import mtom
from dmp_core.xml import Element

SOAP12: Final = "http://www.w3.org/2003/05/soap-envelope"
SOAP11: Final = "http://schemas.xmlsoap.org/soap/envelope/"
WSA: Final = "http://www.w3.org/2005/08/addressing"
WSSE: Final = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
WSU: Final = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"

# Subcodes. The first two are themselves values of soap:Code (SOAP 1.2 part 1, section 5.4.6).
VERSION_MISMATCH: Final = "soap:VersionMismatch"
MUST_UNDERSTAND: Final = "soap:MustUnderstand"
INVALID_MESSAGE: Final = "soap:InvalidMessage"
MEDIA_TYPE: Final = "soap:UnsupportedMediaType"
ADDRESSING_MISSING: Final = "wsa:MessageAddressingHeaderRequired"
ADDRESSING_INVALID: Final = "wsa:InvalidAddressingHeader"

_ADDRESSING_TEXT: Final = "A required header representing a Message Addressing Property is not present"
_IDENTIFIERS: Final = ("ID", "Id", f"{{{WSU}}}Id", "{http://www.w3.org/XML/1998/namespace}id")
_CHARSETS: Final = frozenset({"", "utf-8", "utf8", "us-ascii", "utf-16"})
_OURS: Final = frozenset({"", f"{SOAP12}/role/next", f"{SOAP12}/role/ultimateReceiver"})


class EnvelopeRefused(Exception):
    """A message that is no request of the DMP's: `subcode` and French or official `text` of the SOAP fault."""

    def __init__(self, subcode: str, text: str) -> None:
        super().__init__(f"{subcode}: {text}")
        self.subcode = subcode
        self.text = text


@dataclass(frozen=True, slots=True)
class Request:
    """One request. `security` is the `wsse:Security` header, whose assertion stands untouched in its tree."""

    service: str
    action: str
    message_id: str
    to: str  # '' where it is empty or absent, as in the DMP's examples
    security: Element | None = field(repr=False)
    body: Element = field(repr=False)  # the one element inside soap:Body
    parts: Mapping[str, bytes] = field(repr=False)  # by Content-ID, the root left out
    packaged: bool = False  # came as MTOM


def read_request(content_type: str, data: bytes, service: str, *, accept_soap11: bool = False) -> Request:
    """The request in an HTTP body. Raises EnvelopeRefused.

    `accept_soap11` also takes the SOAP 1.1 namespace under the SOAP 1.2 media type, as one official example has it.
    """
    text, parts = _unpacked(content_type, data)
    try:
        root = xml.parse(text)
        header, body = _sections(root, accept_soap11=accept_soap11)
        _refuse_twin_identifiers(root)
        _understand(header)
        action, message_id, to = _addressing(header)
    except XmlRefused as error:
        raise EnvelopeRefused(INVALID_MESSAGE, f"XML refusé : {error.detail}") from None
    security = [element for element in header if element.tag == f"{{{WSSE}}}Security"]
    if len(security) > 1:
        raise EnvelopeRefused(INVALID_MESSAGE, "un seul en-tête wsse:Security")
    header_of_security = security[0] if security else None
    packaged = mtom.is_multipart(content_type)
    return Request(service, action, message_id, to, header_of_security, body, parts, packaged)


def _unpacked(content_type: str, data: bytes) -> tuple[bytes, Mapping[str, bytes]]:
    kind, parameters = mtom.parse_content_type(content_type)
    if mtom.is_multipart(content_type):
        try:
            return mtom.read(content_type, data)
        except mtom.MultipartRefused as error:
            raise EnvelopeRefused(INVALID_MESSAGE, f"MIME refusé : {error}") from None
    if kind != mtom.SOAP or parameters.get("charset", "").lower() not in _CHARSETS:
        raise EnvelopeRefused(MEDIA_TYPE, f"Content-Type : {mtom.SOAP} en UTF-8, ou multipart/related, attendu")
    return data, {}


def _sections(root: Element, *, accept_soap11: bool) -> tuple[list[Element], Element]:
    """The header blocks and the one element of the body. SOAP 1.2 part 1, section 5."""
    space = xml.namespace(root)
    if xml.local_name(root) != "Envelope" or space not in (SOAP12, SOAP11):
        raise EnvelopeRefused(INVALID_MESSAGE, "soap:Envelope attendu")
    if space == SOAP11 and not accept_soap11:
        raise EnvelopeRefused(VERSION_MISMATCH, "SOAP 1.2 attendu, SOAP 1.1 reçu")
    sections = list(xml.children(root))
    names = [section.tag for section in sections]
    if names not in ([f"{{{space}}}Header", f"{{{space}}}Body"], [f"{{{space}}}Body"]):
        raise EnvelopeRefused(INVALID_MESSAGE, "soap:Header puis soap:Body attendus, un de chaque et rien d’autre")
    bodies = list(xml.children(sections[-1]))
    if len(bodies) != 1:
        raise EnvelopeRefused(INVALID_MESSAGE, "un seul élément dans soap:Body")
    return (list(xml.children(sections[0])) if len(sections) > 1 else []), bodies[0]


def _refuse_twin_identifiers(root: Element) -> None:
    """Two elements of one identifier let a signature cover one and the reader take the other."""
    found = Counter(value for element in root.iter() for name in _IDENTIFIERS if (value := element.get(name)))
    if any(count > 1 for count in found.values()):
        raise EnvelopeRefused(INVALID_MESSAGE, "deux éléments portent le même identifiant")


def _understand(header: list[Element]) -> None:
    for block in header:
        must = next((block.get(f"{{{space}}}mustUnderstand", "") for space in _envelope_spaces(block)), "")
        known = xml.namespace(block) == WSA or block.tag == f"{{{WSSE}}}Security"
        if must in ("1", "true") and block.get(f"{{{SOAP12}}}role", "") in _OURS and not known:
            raise EnvelopeRefused(MUST_UNDERSTAND, f"en-tête obligatoire inconnu : {xml.local_name(block)}")


def _envelope_spaces(block: Element) -> list[str]:
    return [space for space in (SOAP12, SOAP11) if f"{{{space}}}mustUnderstand" in block.attrib]


def _addressing(header: list[Element]) -> tuple[str, str, str]:
    """Action, MessageID and To. Action and MessageID are required; To and ReplyTo stand for *anonymous* when absent."""
    blocks = [block for block in header if xml.namespace(block) == WSA]
    if any(count > 1 for count in Counter(block.tag for block in blocks).values()):
        raise EnvelopeRefused(ADDRESSING_INVALID, "en-tête WS-Addressing en double")
    named = {xml.local_name(block): block for block in blocks}
    action, message_id = (xml.text_of(named.get(name)) for name in ("Action", "MessageID"))
    if not action or not message_id:
        raise EnvelopeRefused(ADDRESSING_MISSING, _ADDRESSING_TEXT)
    reply = named.get("ReplyTo")
    if reply is not None and xml.text_of(reply.find(f"{{{WSA}}}Address")) != f"{WSA}/anonymous":
        raise EnvelopeRefused(ADDRESSING_INVALID, "wsa:ReplyTo : seule l’adresse anonyme est prise en charge")
    return action, message_id, xml.text_of(named.get("To"))
