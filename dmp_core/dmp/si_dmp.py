"""Messages of the DMP's own services `habilitations` and `patientsSpecific`: plain elements of text, times in UTC.

Source: official message examples and WSDL (`dmp_protocol.md` sections 2.2, 4.3, 4.4).
"""

from datetime import UTC, datetime
from typing import Final

from lxml import etree

from dmp_core import xml
from dmp_core.dmp.soap import Message
from dmp_core.errors import AnswerUnreadable, MessageInvalid, XmlRefused
from dmp_core.xml import Element

HABILITATIONS: Final = "urn:si-dmp-habilitations"
PATIENTS: Final = "urn:si-dmp-patients"
_ACTIONS: Final = {
    HABILITATIONS: ("habilitations", f"{HABILITATIONS}:HabilitationsEndPoint"),
    PATIENTS: ("patientsSpecific", f"{PATIENTS}:PatientSpecificEndPoint"),
}


def message(transaction: str, namespace: str, operation: str, fields: dict[str, str | None]) -> Message:
    """The question `operation`, with those `fields` that are there, in their order.

    Raises MessageInvalid where a value does not fit into XML.
    """
    service, action = _ACTIONS[namespace]
    body = etree.Element(f"{{{namespace}}}{operation}", nsmap={"si": namespace})
    try:
        for name, value in fields.items():
            if value is not None:
                etree.SubElement(body, f"{{{namespace}}}{name}").text = value
    except ValueError:
        raise MessageInvalid("a control character in a question to the DMP") from None
    return Message(transaction, service, f"{action}:{operation}", f"{action}:{operation}Response", body)


def answer_tag(namespace: str, operation: str) -> str:
    """The element that answers `operation`."""
    return f"{{{namespace}}}{operation}Response"


def texts(element: Element, name: str) -> tuple[str, ...]:
    """The texts of the children `name`, empty ones left out. Raises AnswerUnreadable where markup splits one."""
    try:
        found = (xml.text_of(child) for child in xml.children(element, f"{{*}}{name}"))
        return tuple(filter(None, found))
    except XmlRefused as error:
        raise AnswerUnreadable(error.detail) from None


def text(element: Element, name: str) -> str | None:
    """The first of `texts`, None where there is none."""
    return next(iter(texts(element, name)), None)


def moment(at: datetime) -> str:
    """`yyyyMMddHHmmss` in UTC. Raises ValueError for a time without zone: a mistake of ours."""
    if at.tzinfo is None:
        raise ValueError("a time without zone")
    return at.astimezone(UTC).strftime("%Y%m%d%H%M%S")


def time(element: Element, name: str) -> datetime | None:
    """The time that the child `name` holds, in UTC; None where it holds none that can be read."""
    written = text(element, name) or ""
    if len(written) not in (8, 12, 14) or not (written.isascii() and written.isdigit()):
        return None
    try:
        return datetime.strptime(written.ljust(14, "0"), "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None
