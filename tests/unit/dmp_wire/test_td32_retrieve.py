import base64

import pytest

from dmp_core import xml
from dmp_core.dmp import answers, soap, td32_retrieve
from dmp_core.errors import (
    AnswerForeign,
    AnswerUnreadable,
    DmpBusy,
    DmpDocumentUnknown,
)
from dmp_core.model import limits

STATUS = "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:"
ERROR = "<r:RegistryError errorCode='XDSDocumentUniqueIdError' codeContext='inconnu'/>"
BUSY = "<r:RegistryError errorCode='XDSRepositoryBusy' codeContext=''/>"


def document(unique_id: str, content: str) -> str:
    return (
        f"<DocumentResponse><RepositoryUniqueId>1.2</RepositoryUniqueId><DocumentUniqueId>{unique_id}</DocumentUniqueId>"
        f"<mimeType>text/xml</mimeType><Document>{content}</Document></DocumentResponse>"
    )


def include(content_id: str) -> str:
    return f"<x:Include xmlns:x='http://www.w3.org/2004/08/xop/include' href='cid:{content_id}'/>"


def answer(status: str, errors: str, documents: str, parts: dict[str, bytes] | None = None) -> soap.Answer:
    wrapped = f"<r:RegistryErrorList>{errors}</r:RegistryErrorList>" if errors else ""
    return soap.Answer(
        xml.parse(
            f"<RetrieveDocumentSetResponse xmlns='urn:ihe:iti:xds-b:2007' xmlns:r='{answers.RS}'>"
            f"<r:RegistryResponse status='{STATUS}{status}'>{wrapped}</r:RegistryResponse>{documents}"
            "</RetrieveDocumentSetResponse>".encode()
        ),
        parts or {},
    )


@pytest.mark.oracle
def test_the_question_obeys_the_schema_of_ihe(assert_valid) -> None:
    message = td32_retrieve.build(["1.2.3", "1.2.4"], home_community_id="urn:oid:1.2")

    assert_valid("ihe/XDS.b_DocumentRepository.xsd", message.body)
    assert (message.transaction, message.service) == ("TD3.2", "repository")


def test_the_question_goes_to_the_repository_of_the_dmp() -> None:
    message = td32_retrieve.build(["1.2.3"])

    assert [element.text for element in message.body[0]] == ["1.2.250.1.213.4.1.1.1.2", "1.2.3"]


def test_documents_come_from_parts_and_from_inline_base64() -> None:
    inline = base64.encodebytes(b"<b/>" * 30).decode()
    both = document("1", include("doc%401")) + document("2", inline)

    retrieval = td32_retrieve.read(answer("Success", "", both, {"doc@1": b"\x00<a/>\r\n"}), asked=("1", "2"))

    assert [(each.unique_id, each.content) for each in retrieval.documents] == [
        ("1", b"\x00<a/>\r\n"),
        ("2", b"<b/>" * 30),
    ]
    assert retrieval.documents[0].mime_type == "text/xml"
    assert retrieval.refusals == ()


def test_a_partial_success_gives_what_came_and_why_the_rest_did_not() -> None:
    retrieval = td32_retrieve.read(answer("PartialSuccess", ERROR, document("1", "YQ==")))

    assert [each.content for each in retrieval.documents] == [b"a"]
    assert [(each.origin, each.dmp_text) for each in retrieval.refusals] == [("XDSDocumentUniqueIdError", "inconnu")]


@pytest.mark.parametrize(("status", "documents"), [("Failure", ""), ("Success", "x"), ("PartialSuccess", "")])
def test_a_failure_is_raised_whatever_came_along(status: str, documents: str) -> None:
    with pytest.raises(DmpBusy):
        td32_retrieve.read(answer(status, BUSY, document("1", "YQ==") if documents else ""))


def test_a_bare_registry_response_is_read_as_the_refusal_that_it_is() -> None:
    bare = answer("Failure", ERROR, "").body[0]

    with pytest.raises(DmpDocumentUnknown) as caught:
        td32_retrieve.read(soap.Answer(bare))

    assert caught.value.origin == "XDSDocumentUniqueIdError"


def test_a_document_that_was_not_asked_for_is_foreign() -> None:
    with pytest.raises(AnswerForeign):
        td32_retrieve.read(answer("Success", "", document("1", "YQ==")), asked=("2",))


@pytest.mark.parametrize(
    "documents",
    [
        "",
        document("", "YQ=="),
        document("1" * 129, "YQ=="),
        document("1<!-- -->2", "YQ=="),
        document("1", include("nowhere")),
        document("1", "YQ==").replace("Document>", "Other>"),
    ],
)
def test_an_answer_without_usable_document_is_unreadable(documents: str) -> None:
    with pytest.raises(AnswerUnreadable):
        td32_retrieve.read(answer("Success", "", documents))


def test_a_document_beyond_the_limit_is_refused_with_the_number() -> None:
    parts = {"1": bytes(limits.RECEIVED_DOCUMENT + 1)}

    with pytest.raises(AnswerUnreadable, match="20000001 bytes, at most 20000000"):
        td32_retrieve.read(answer("Success", "", document("1", include("1")), parts))
