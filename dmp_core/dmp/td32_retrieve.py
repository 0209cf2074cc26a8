"""TD3.2, reading documents: IHE ITI-43 RetrieveDocumentSet by uniqueId (never by entryUUID), answered in MTOM."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Final

from lxml import etree

from dmp_core import xml
from dmp_core.dmp import answers, mtom
from dmp_core.dmp.answers import ResponseStatus
from dmp_core.dmp.soap import Answer, Message
from dmp_core.errors import AnswerForeign, AnswerUnreadable, DmpRefusal, XmlRefused
from dmp_core.model import limits
from dmp_core.model.oids import DMP_REPOSITORY
from dmp_core.xml import Element

TRANSACTION: Final = "TD3.2"
ACTION: Final = "urn:ihe:iti:2007:RetrieveDocumentSet"
_XDS: Final = "urn:ihe:iti:xds-b:2007"


@dataclass(frozen=True, slots=True)
class Retrieved:
    """One document as the DMP returned it; whether it is the one deposited, its hash in the metadata tells."""

    repository_id: str
    unique_id: str
    mime_type: str
    content: bytes = field(repr=False)
    home_community_id: str | None = None


@dataclass(frozen=True, slots=True)
class Retrieval:
    """The documents that came, and why others did not (PartialSuccess)."""

    documents: tuple[Retrieved, ...]
    refusals: tuple[DmpRefusal, ...] = ()


def build(
    unique_ids: Sequence[str], *, repository_id: str = DMP_REPOSITORY, home_community_id: str | None = None
) -> Message:
    """The question for documents of one repository, which the caller's configuration names, never an answer."""
    body = etree.Element(f"{{{_XDS}}}RetrieveDocumentSetRequest", None, {"xdsb": _XDS})
    for unique_id in unique_ids:
        wanted = etree.SubElement(body, f"{{{_XDS}}}DocumentRequest")
        if home_community_id:
            etree.SubElement(wanted, f"{{{_XDS}}}HomeCommunityId").text = home_community_id
        etree.SubElement(wanted, f"{{{_XDS}}}RepositoryUniqueId").text = repository_id
        etree.SubElement(wanted, f"{{{_XDS}}}DocumentUniqueId").text = unique_id
    return Message(TRANSACTION, "repository", ACTION, f"{ACTION}Response", body)


def read(answer: Answer, *, asked: Collection[str] | None = None) -> Retrieval:
    """The documents of an answer; `asked`: the uniqueIds that it may hold.

    Raises the DmpRefusal of a failure, AnswerForeign (a document not asked for), AnswerUnreadable (also beyond
    `limits.RECEIVED_DOCUMENT`).
    """
    refusals = _refusals(answer.body)
    attached = mtom.attach(answer.body, answer.parts)
    documents = tuple(_document(each, attached) for each in xml.children(answer.body, f"{{{_XDS}}}DocumentResponse"))
    came = [document.unique_id for document in documents]
    if asked is not None and not set(came) <= set(asked):
        raise AnswerForeign("a document that was not asked for")
    if asked is not None and len(set(came)) < len(came):
        raise AnswerUnreadable("a document stands twice")
    if not documents:
        raise answers.gravest(refusals) if refusals else AnswerUnreadable("a success without any document")
    return Retrieval(documents, refusals)


def _refusals(body: Element) -> tuple[DmpRefusal, ...]:
    """Why some documents are missing. Raises where the whole retrieval failed, or is no retrieval."""
    if body.tag != f"{{{_XDS}}}RetrieveDocumentSetResponse":
        answers.registry_response(body)  # some repositories refuse with a bare RegistryResponse
        raise AnswerForeign("no answer to a retrieval")
    response = body.find(f"{{{answers.RS}}}RegistryResponse")
    if response is None:
        raise AnswerUnreadable("a retrieval without RegistryResponse")
    outcome = answers.outcome(response)
    if outcome.status is not ResponseStatus.PARTIAL:
        answers.registry_response(response)
    return outcome.refusals


def _document(response: Element, attached: dict[Element, bytes]) -> Retrieved:
    element = response.find(f"{{{_XDS}}}Document")
    if element is None:
        raise AnswerUnreadable("a DocumentResponse without Document")
    content = mtom.content(element, attached)
    if len(content) > limits.RECEIVED_DOCUMENT:
        raise AnswerUnreadable(f"a document of {len(content)} bytes, at most {limits.RECEIVED_DOCUMENT}")
    return Retrieved(
        repository_id=_text(response, "RepositoryUniqueId"),
        unique_id=_text(response, "DocumentUniqueId"),
        mime_type=_text(response, "mimeType", required=False),
        content=content,
        home_community_id=_text(response, "HomeCommunityId", required=False) or None,
    )


def _text(response: Element, name: str, *, required: bool = True) -> str:
    try:
        text = xml.text_of(response.find(f"{{{_XDS}}}{name}"))
    except XmlRefused as error:
        raise AnswerUnreadable(error.detail) from None
    if (required and not text) or len(text) > limits.UNIQUE_ID:
        raise AnswerUnreadable(f"{name} is missing or longer than {limits.UNIQUE_ID} characters")
    return text
