"""TD2.1, the feeding of a record: ITI-41 Provide and Register Document Set-b, with the signature of the submission.

One set holds the documents, one as a rule, and their signature as the last one. Source: official message examples of
the DMP (`dmp_protocol.md` sections 5.1, 5.2, 5.9); IHE ITI TF-2 3.41.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from lxml import etree
from pydantic import Field

from dmp_core.dmp import answers, ebxml, soap, submission_sets, xades
from dmp_core.dmp.submission_sets import SET_ID, NewSet
from dmp_core.errors import MessageInvalid, PatientMismatch
from dmp_core.model.document import Code, DocumentMetadata, Oid, Submission, Visibility
from dmp_core.model.health import HealthModel
from dmp_core.model.hl7v2 import xds_author
from dmp_core.model.oids import SIGNATURE_CLASS, Xds
from dmp_core.model.practitioner import Who
from dmp_core.ports import Hash, Signer
from dmp_core.xml import Element

XDSB: Final = "urn:ihe:iti:xds-b:2007"
_XOP: Final = "http://www.w3.org/2004/08/xop/include"
_ACTION: Final = "urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-b"
_SIGNATURE: Final = "Signature01"

# The signature as a document (section 5.9): nobody but the DMP has to see it.
_SIGNATURE_CLASS: Final = Code(code=SIGNATURE_CLASS, system="URN", label="Digital Signature")
_SIGNATURE_TYPE: Final = Code(code="E1762", system="ASTM", label="Full Document")
_SIGNATURE_FORMAT: Final = Code(
    code="http://www.w3.org/2000/09/xmldsig#", system="URN", label="Default Signature Style"
)
_SIGNATURE_EVENT: Final = Code(code=xades.PURPOSE_SOURCE, system="1.2.840.10065.1.12", label="Source")
_SIGNATURE_VISIBILITY: Final = Visibility(masked_to_professionals=True, hidden_from_patient=True)


class FeedSettings(HealthModel):
    """What the public texts leave open about a submission."""

    send_hash_and_size: bool = Field(default=False, description="the DMP computes both; the examples leave them out")
    signature_hash: Hash = Field(default=Hash.SHA256, description="the examples of 2019 use sha1")


def pharmacy_submission(
    document: DocumentMetadata, content: bytes, *, submission_set_id: Oid, source_id: Oid, who: Who
) -> Submission:
    """The submission of one document by a pharmacy.

    contentTypeCode is the sector of the pharmacy (JDV_J59 allows SA33): what the DMP expects of one is not public.
    """
    return Submission(
        submission_set_id=submission_set_id,
        source_id=source_id,
        content_type=document.healthcare_facility,
        author=xds_author(who.acting, who.structure),
        title=document.title,
        document=document,
        content=content,
    )


def sign(submission: Submission, signer: Signer, *, at: datetime, settings: FeedSettings) -> bytes:
    """The signature document of `submission`, made anew at each try. Raises CardError, XmlRefused."""
    return xades.manifest_signature(
        submission.submission_set_id,
        [(each.metadata.unique_id, each.content) for each in submission.documents],
        signer=signer,
        at=at,
        signature_hash=settings.signature_hash,
    )


def build(
    submission: Submission,
    *,
    signature: bytes,
    signature_id: Oid,
    submitted_at: datetime,
    document_part: UUID,
    signature_part: UUID,
    settings: FeedSettings,
) -> soap.Message:
    """The message that feeds `submission`. `signature_id` is the uniqueId of the signature document.

    The two UUIDs name the parts that carry the bytes; a further document adds its rank to `document_part`.
    Raises MessageInvalid where a value does not fit into XML, PatientMismatch where documents are of several patients.
    """
    if len({each.metadata.patient_id for each in submission.documents}) > 1:
        raise PatientMismatch("the documents of one submission are of one patient")
    body = etree.Element(_xdsb("ProvideAndRegisterDocumentSetRequest"), nsmap={"xdsb": XDSB, "xop": _XOP})
    try:
        _add_objects(body, submission, signature_id, submitted_at, settings)
    except ValueError:
        raise MessageInvalid("a control character in the metadata") from None
    ranked = enumerate(submission.documents, 1)
    parts = [_add_document(body, _entry_id(rank), _part(document_part, rank), each.content) for rank, each in ranked]
    parts.append(_add_document(body, _SIGNATURE, str(signature_part), signature))
    return soap.Message("TD2.1", "repository", _ACTION, f"{_ACTION}Response", body, tuple(parts))


def read(answer: soap.Answer) -> tuple[answers.Warned, ...]:
    """The DMP's warnings about a submission that it took. Raises the DmpRefusal that its answer calls for."""
    return answers.registry_response(answer.body)


def _add_objects(
    body: Element, submission: Submission, signature_id: Oid, submitted_at: datetime, settings: FeedSettings
) -> None:
    documents = {_entry_id(rank): each.metadata for rank, each in enumerate(submission.documents, 1)}
    _, objects = ebxml.submit_objects_request(body)
    submission_sets.add(objects, _new_set(submission), submitted_at)
    for entry_id, document in documents.items():
        _add_document_entry(objects, entry_id, document, settings)
    _add_signature_entry(objects, submission, signature_id, submission_sets.utc(submitted_at))
    for entry_id in (*documents, _SIGNATURE):
        ebxml.member(objects, SET_ID, entry_id)
    ebxml.association(objects, ebxml.SIGNS, _SIGNATURE, SET_ID)
    for entry_id, document in documents.items():
        if document.replaces is not None:
            ebxml.association(objects, ebxml.REPLACES, entry_id, document.replaces)


def _entry_id(rank: int) -> str:
    return f"Document{rank:02}"


def _part(first: UUID, rank: int) -> str:
    return str(first) if rank == 1 else f"{first}.{rank}"


def _new_set(submission: Submission) -> NewSet:
    return NewSet(
        unique_id=submission.submission_set_id,
        source_id=submission.source_id,
        content_type=submission.content_type,
        author=submission.author,
        patient_id=submission.document.patient_id,
        title=submission.title,
    )


def _add_document_entry(objects: Element, entry_id: str, document: DocumentMetadata, settings: FeedSettings) -> None:
    entry = ebxml.extrinsic_object(objects, entry_id, document.mime_type)
    ebxml.slot(entry, "creationTime", document.creation_time)
    ebxml.slot(entry, "languageCode", document.language)
    ebxml.slot(entry, "legalAuthenticator", document.legal_authenticator)
    ebxml.slot(entry, "serviceStartTime", document.service_start_time)
    ebxml.slot(entry, "serviceStopTime", document.service_stop_time)
    ebxml.slot(entry, "sourcePatientId", document.source_patient_id)
    ebxml.slot(entry, "sourcePatientInfo", *document.source_patient_info)
    if settings.send_hash_and_size:
        ebxml.slot(entry, "hash", document.hash)
        ebxml.slot(entry, "size", str(document.size))
    ebxml.name(entry, document.title)
    for author in document.authors:
        ebxml.author(entry, Xds.AUTHOR, author)
    ebxml.classification(entry, Xds.CLASS_CODE, document.class_code)
    for code in document.confidentiality:
        ebxml.classification(entry, Xds.CONFIDENTIALITY_CODE, code)
    for code in document.event_codes:
        ebxml.classification(entry, Xds.EVENT_CODE, code)
    ebxml.classification(entry, Xds.FORMAT_CODE, document.format_code)
    ebxml.classification(entry, Xds.HEALTHCARE_FACILITY, document.healthcare_facility)
    ebxml.classification(entry, Xds.PRACTICE_SETTING, document.practice_setting)
    ebxml.classification(entry, Xds.TYPE_CODE, document.type_code)
    _add_identifiers(entry, document.patient_id, document.unique_id)


def _add_signature_entry(objects: Element, submission: Submission, signature_id: Oid, submitted_at: str) -> None:
    document = submission.document
    entry = ebxml.extrinsic_object(objects, _SIGNATURE, "text/xml")
    ebxml.slot(entry, "creationTime", submitted_at)
    ebxml.slot(entry, "languageCode", "art")
    ebxml.slot(entry, "legalAuthenticator", submission.author.person)
    ebxml.slot(entry, "serviceStartTime", submitted_at)
    ebxml.slot(entry, "serviceStopTime", submitted_at)
    ebxml.slot(entry, "sourcePatientId", document.patient_id)
    ebxml.name(entry, "Source")
    ebxml.author(entry, Xds.AUTHOR, submission.author)
    ebxml.classification(entry, Xds.CLASS_CODE, _SIGNATURE_CLASS)
    for code in _SIGNATURE_VISIBILITY.codes:
        ebxml.classification(entry, Xds.CONFIDENTIALITY_CODE, code)
    ebxml.classification(entry, Xds.EVENT_CODE, _SIGNATURE_EVENT)
    ebxml.classification(entry, Xds.FORMAT_CODE, _SIGNATURE_FORMAT)
    ebxml.classification(entry, Xds.HEALTHCARE_FACILITY, document.healthcare_facility)
    ebxml.classification(entry, Xds.PRACTICE_SETTING, document.practice_setting)
    ebxml.classification(entry, Xds.TYPE_CODE, _SIGNATURE_TYPE)
    _add_identifiers(entry, document.patient_id, signature_id)


def _add_identifiers(entry: Element, patient_id: str, unique_id: str) -> None:
    ebxml.external_identifier(entry, Xds.PATIENT_ID, "XDSDocumentEntry.patientId", patient_id)
    ebxml.external_identifier(entry, Xds.UNIQUE_ID, "XDSDocumentEntry.uniqueId", unique_id)


def _add_document(body: Element, entry_id: str, part: str, data: bytes) -> soap.Attachment:
    """The bytes of an entry: a reference in the message, and the part that it points at."""
    content_id = f"{part}@dmp"
    holder = etree.SubElement(body, _xdsb("Document"), {"id": entry_id})
    etree.SubElement(holder, f"{{{_XOP}}}Include", {"href": f"cid:{content_id}"})
    return soap.Attachment(content_id, "text/xml", data)


def _xdsb(tag: str) -> str:
    return f"{{{XDSB}}}{tag}"
