"""A recorded exchange without what it says of anybody: the shape of its messages, and the codes that the DMP answers.

Everything is left out but what is listed here.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from dmp_core.dmp import mtom
from dmp_core.errors import AnswerUnreadable, XmlRefused
from dmp_core.services.wire.recorder import Exchanged
from dmp_core.xml import Element, is_element, local_name, namespace, parse

_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,60}")
_STANDARDS: Final = (
    "http://www.w3.org/", "http://docs.oasis-open.org/", "http://schemas.xmlsoap.org/", "http://www.cnamts.fr/",
    "urn:oasis:", "urn:hl7-org", "urn:ihe:", "urn:si-dmp", "urn:siram:", "asip:",
)  # fmt: skip
"""Namespaces whose elements have the names of a standard, and so nobody's."""
_CODE: Final = re.compile(r"[A-Za-z][A-Za-z0-9:._-]{0,120}")
_KEPT: Final = frozenset(
    {
        ("RegistryResponse", "status"), ("AdhocQueryResponse", "status"), ("RegistryErrorList", "highestSeverity"),
        ("RegistryError", "errorCode"), ("RegistryError", "severity"), ("queryResponseCode", "code"),
        ("statusCode", "code"), ("typeCode", "code"), ("ResponseOption", "returnType"),
    }
)  # fmt: skip
"""Attributes whose value is a code of the protocol: (element, attribute)."""
_TEXTS: Final = frozenset({"Action"})  # elements whose text is a code of the protocol
_FAULT_CODES: Final = re.compile(r"([A-Za-z0-9]{1,20}:)?[A-Za-z][A-Za-z0-9]{2,60}")
_HIDDEN: Final = "…"
_MOST: Final = 20_000  # elements of one message that are shown


def redacted(exchanged: Exchanged) -> dict[str, Any]:
    """One exchange for whoever helps."""
    return {
        "at": exchanged.at.isoformat(),
        "transaction": exchanged.transaction,
        "service": exchanged.service,
        "result": exchanged.result,
        "status": exchanged.status,
        "request": _message(exchanged.request_type, exchanged.request),
        "answer": _message(exchanged.answer_type, exchanged.answer),
    }


def _message(content_type: str, body: bytes) -> dict[str, Any]:
    kind = mtom.media_type(content_type)
    told: dict[str, Any] = {"type": kind if re.fullmatch(r"[a-z0-9.+/-]{1,60}", kind) else "", "bytes": len(body)}
    try:
        root, parts = mtom.read(content_type, body) if mtom.is_multipart(content_type) else (body, {})
        told["parts"] = [len(part) for part in parts.values()]
        told["message"] = "\n".join(_lines(parse(root), 0, [_MOST]))
    except (AnswerUnreadable, XmlRefused) as error:
        told["unreadable"] = error.code
    return told


def _lines(element: Element, depth: int, left: list[int]) -> list[str]:
    """The element and what is in it, one line each: its name, the attributes and the text that are codes."""
    left[0] -= 1
    if left[0] < 0:
        return []
    name = local_name(element)
    known = _NAME.fullmatch(name) and namespace(element).startswith(_STANDARDS)
    shown = name if known else _HIDDEN
    attributes = "".join(f" {key}={value}" for key, value in _attributes(name, dict(element.attrib)))
    lines = [f"{' ' * depth}{shown}{attributes}{_text(element, name)}"]
    for child in element:
        if is_element(child):
            lines += _lines(child, depth + 1, left)
    return lines


def _attributes(name: str, attributes: Mapping[Any, Any]) -> list[tuple[str, str]]:
    found = []
    for key, value in attributes.items():
        plain = str(key).rpartition("}")[2]
        if (name, plain) in _KEPT and _CODE.fullmatch(str(value)):
            found.append((plain, str(value)))
    return found


def _text(element: Element, name: str) -> str:
    text = (element.text or "").strip()
    if not text:
        return ""
    parent = element.getparent()
    is_fault_code = name == "Value" and parent is not None and local_name(parent) in ("Code", "Subcode")
    if (name in _TEXTS and _CODE.fullmatch(text)) or (is_fault_code and _FAULT_CODES.fullmatch(text)):
        return f": {text}"
    return f": {_HIDDEN}"
