"""SOAP 1.2 with WS-Addressing: a message of ours becomes an HTTP request, an HTTP answer its body or an error."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dmp_core.xml import Element


@dataclass(frozen=True, slots=True)
class Attachment:
    """One part of a multipart message, pointed at by `xop:Include href="cid:…"`."""

    content_id: str
    content_type: str
    data: bytes = field(repr=False)


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
