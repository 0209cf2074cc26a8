"""A submission of several documents: one set, one signature over all of them."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from lxml import etree

from dmp_core.dmp import soap, td21_feed
from dmp_core.errors import PatientMismatch
from dmp_core.model.document import Code, DocumentMetadata, Submission, SubmittedDocument, Visibility
from dmp_core.model.hl7v2 import xds_author
from dmp_core.model.identity import Ins
from dmp_core.model.practitioner import Who

RIM = "{urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0}"
AT = datetime(2026, 1, 15, 9, 30, tzinfo=UTC)
OLD = "urn:uuid:c0ffee00-0000-4000-8000-000000000000"
CDAS = [f"<ClinicalDocument><title>{rank}</title></ClinicalDocument>".encode() for rank in range(3)]


def described(unique_id: str, ins: Ins, who: Who, content: bytes, **changes: object) -> DocumentMetadata:
    code = Code(code="10", system="1.2")
    author = xds_author(who.author, who.structure)
    document = DocumentMetadata(
        unique_id=unique_id,
        title=f"Document {unique_id}",
        type_code=code,
        class_code=code,
        format_code=code,
        healthcare_facility=code,
        practice_setting=code,
        confidentiality=Visibility().codes,
        creation_time="20260115",
        service_start_time="20260115",
        authors=(author,),
        legal_authenticator=author.person or "",
        patient_id=ins.cx,
        source_patient_id=ins.cx,
        hash="0" * 40,
        size=len(content),
    )
    return document.model_copy(update=changes)


@pytest.fixture
def submission(ins: Ins, who: Who) -> Submission:
    """Three documents, the last of which replaces another."""
    first, second = described("2.25.1", ins, who, CDAS[0]), described("2.25.2", ins, who, CDAS[1])
    third = described("2.25.3", ins, who, CDAS[2], replaces=OLD)
    alone = td21_feed.pharmacy_submission(first, CDAS[0], submission_set_id="2.25.10", source_id="1.2.3", who=who)
    further = (
        SubmittedDocument(metadata=second, content=CDAS[1]),
        SubmittedDocument(metadata=third, content=CDAS[2]),
    )
    return alone.model_copy(update={"further": further})


def build(submission: Submission) -> soap.Message:
    return td21_feed.build(
        submission,
        signature=b"<signature/>",
        signature_id="2.25.12",
        submitted_at=AT,
        document_part=UUID(int=1),
        signature_part=UUID(int=2),
        settings=td21_feed.FeedSettings(),
    )


def test_every_document_and_the_signature_travel_with_their_bytes(submission) -> None:
    message = build(submission)

    holders = list(message.body.iterchildren("{*}Document"))
    assert [holder.get("id") for holder in holders] == ["Document01", "Document02", "Document03", "Signature01"]
    assert [holder[0].get("href") for holder in holders] == [f"cid:{part.content_id}" for part in message.attachments]
    assert [part.data for part in message.attachments] == [*CDAS, b"<signature/>"]
    assert len({part.content_id for part in message.attachments}) == 4


def test_every_document_has_its_entry_and_its_place_in_the_set(submission) -> None:
    message = build(submission)

    entries = [entry.get("id") for entry in message.body.iter(f"{RIM}ExtrinsicObject")]
    associations = [
        (each.get("associationType").rsplit(":")[-1], each.get("sourceObject"), each.get("targetObject"))
        for each in message.body.iter(f"{RIM}Association")
    ]
    ids = [each.get("id") for each in message.body.iter() if each.tag.startswith(RIM) and each.get("id")]
    assert entries == ["Document01", "Document02", "Document03", "Signature01"]
    assert associations == [
        ("HasMember", "SubmissionSet01", "Document01"),
        ("HasMember", "SubmissionSet01", "Document02"),
        ("HasMember", "SubmissionSet01", "Document03"),
        ("HasMember", "SubmissionSet01", "Signature01"),
        ("signs", "Signature01", "SubmissionSet01"),
        ("RPLC", "Document03", OLD),
    ]
    assert len(set(ids)) == len(ids)


def test_the_signature_covers_every_document(submission, signer) -> None:
    signature = td21_feed.sign(submission, signer, at=AT, settings=td21_feed.FeedSettings())

    uris = [each.get("URI") for each in etree.fromstring(signature).iterfind(".//{*}Manifest/{*}Reference")]
    assert uris == ["urn:oid:2.25.10", "urn:oid:2.25.1", "urn:oid:2.25.2", "urn:oid:2.25.3"]


def test_documents_of_two_patients_never_go_together(submission) -> None:
    other = submission.further[0].metadata.model_copy(update={"patient_id": "1^^^&1.2&ISO^NH"})
    further = (SubmittedDocument(metadata=other, content=CDAS[1]),)

    with pytest.raises(PatientMismatch):
        build(submission.model_copy(update={"further": further}))


def test_one_document_is_the_first_of_one(submission) -> None:
    alone = submission.model_copy(update={"further": ()})

    assert [each.metadata for each in alone.documents] == [submission.document]
    assert len(build(alone).attachments) == 2
