"""The header, and a whole document."""

from base64 import b64decode
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from dmp_core.api import Act, Body, CdaBody, Code, DocumentType, PdfBody, Practitioner
from dmp_core.documents.facts import Facts
from dmp_core.documents.files import Carried
from dmp_core.documents.frame import compose, level_1
from dmp_core.documents.images import PDF
from dmp_core.documents.tree import attribute, every, first, open_document, text
from dmp_core.errors import DocumentInvalid, InsNotQualified, PdfRefused, XmlRefused
from dmp_core.model.identity import IdentityMark, IdentityStatus, Sex
from dmp_core.model.oids import CI_SIS, HL7_FRANCE, XDS_SD
from dmp_core.xml import Element

PARIS_SUMMER = timezone(timedelta(hours=2))


def framed(facts: Facts, body: PdfBody) -> bytes:
    """The document around a PDF that is as it must be."""
    return level_1(facts, body, Carried(PDF, body.pdf))


def templates(document: Element) -> list[tuple[str | None, str | None]]:
    return [(one.get("root"), one.get("extension")) for one in every(document, "templateId")]


def test_a_pdf_becomes_a_level_1_document_with_its_three_models(interview: bytes, small_pdf: bytes) -> None:
    document = open_document(interview)

    assert templates(document) == [(HL7_FRANCE, None), (CI_SIS, None), (XDS_SD, None)]
    assert b64decode(text(document, "component/nonXMLBody/text")) == small_pdf
    assert attribute(document, "component/nonXMLBody/text", "mediaType") == "application/pdf"


def test_a_structured_body_gets_the_models_of_its_type(
    facts: Facts, note_type: DocumentType, structured_body: Callable[..., CdaBody]
) -> None:
    document = open_document(compose(replace(facts, document_type=note_type), structured_body()))

    assert templates(document) == [(HL7_FRANCE, None), (CI_SIS, None), *note_type.templates]
    assert first(document, "component/structuredBody/component/section") is not None


def test_the_same_facts_give_the_same_bytes(facts: Facts, small_pdf: bytes) -> None:
    body = PdfBody(act=Act(start=date(2026, 1, 15)), pdf=small_pdf)

    assert compose(facts, body) == compose(facts, body)


def test_names_of_birth_and_in_use_are_told_apart(interview: bytes) -> None:
    name = "recordTarget/patientRole/patient/name"
    document = open_document(interview)

    families = [(one.get("qualifier"), one.text) for one in every(document, f"{name}/family")]
    given = [(one.get("qualifier"), one.text) for one in every(document, f"{name}/given")]
    assert families == [("BR", "PAT-TROIS"), ("CL", "D’EXEMPLE")]
    assert given == [(None, "DOMINIQUE MARIE-LOUISE"), ("BR", "DOMINIQUE")]


@pytest.mark.parametrize(
    "update",
    [
        {"status": IdentityStatus.RECUPEREE},
        {"status": IdentityStatus.VALIDEE},
        {"ins": None},
        {"marks": frozenset({IdentityMark.DOUTEUX})},
    ],
)
def test_only_a_qualified_ins_goes_into_a_document(facts: Facts, small_pdf: bytes, update: dict[str, object]) -> None:
    facts = replace(facts, patient=facts.patient.model_copy(update=update))

    with pytest.raises(InsNotQualified):
        compose(facts, PdfBody(act=Act(start=date(2026, 1, 15)), pdf=small_pdf))


@pytest.mark.parametrize(("trait", "value"), [("birth_place_code", None), ("sex", Sex.UNKNOWN)])
def test_a_missing_trait_is_named(facts: Facts, small_pdf: bytes, trait: str, value: object) -> None:
    traits = facts.patient.traits.model_copy(update={trait: value})
    facts = replace(facts, patient=facts.patient.model_copy(update={"traits": traits}))

    with pytest.raises(DocumentInvalid) as refusal:
        compose(facts, PdfBody(act=Act(start=date(2026, 1, 15)), pdf=small_pdf))

    assert refusal.value.findings[0].path == f"patient.traits.{trait}"


def test_times_are_written_in_the_zone_of_the_pharmacy(facts: Facts, small_pdf: bytes) -> None:
    act = Act(start=datetime(2026, 7, 1, 8, 0, tzinfo=UTC), stop=datetime(2026, 7, 1, 10, 30))  # noqa: DTZ001 - local
    body = PdfBody(act=act, pdf=small_pdf)

    document = open_document(framed(replace(facts, time_zone="America/Martinique"), body))

    assert attribute(document, "effectiveTime", "value") == "20260115053000-0400"
    assert attribute(document, "documentationOf/serviceEvent/effectiveTime/low", "value") == "20260701040000-0400"
    assert attribute(document, "documentationOf/serviceEvent/effectiveTime/high", "value") == "20260701103000-0400"


def test_the_performer_and_the_other_authors_are_authors_once(
    facts: Facts, small_pdf: bytes, assistant: Practitioner
) -> None:
    act = Act(start=date(2026, 1, 15), performer=assistant)
    body = PdfBody(act=act, pdf=small_pdf, other_authors=(assistant, facts.who.author))

    document = open_document(framed(facts, body))

    authors = [one.get("extension") for one in every(document, "author/assignedAuthor/id")]
    assert authors == ["810000000001", "810000000002"]
    assert (
        attribute(document, "documentationOf/serviceEvent/performer/assignedEntity/id", "extension") == "810000000002"
    )
    assert attribute(document, "legalAuthenticator/assignedEntity/id", "extension") == "810000000001"


def test_a_replacement_names_the_version_before(facts: Facts, small_pdf: bytes) -> None:
    facts = replace(facts, unique_id="2.25.1002", version=2, replaces="2.25.1001")

    document = open_document(framed(facts, PdfBody(act=Act(start=date(2026, 1, 15)), pdf=small_pdf)))

    assert attribute(document, "relatedDocument", "typeCode") == "RPLC"
    assert attribute(document, "relatedDocument/parentDocument/id", "root") == "2.25.1001"
    assert attribute(document, "versionNumber", "value") == "2"


def test_the_prescription_fulfilled_is_named(
    facts: Facts, note_type: DocumentType, structured_body: Callable[..., CdaBody]
) -> None:
    body = structured_body(orders=(Code(code="42", system="1.2.3"), Code(code="", system="2.25.7")))

    document = open_document(compose(replace(facts, document_type=note_type), body))

    orders = [(one.get("root"), one.get("extension")) for one in every(document, "inFulfillmentOf/order/id")]
    assert orders == [("1.2.3", "42"), ("2.25.7", None)]


@pytest.mark.exigence("SC.DMP/CONF.04")
def test_the_title_of_the_body_wins_over_the_rule_of_the_type(facts: Facts, small_pdf: bytes, interview: bytes) -> None:
    own = framed(facts, PdfBody(act=Act(start=date(2026, 1, 15)), pdf=small_pdf, title="Entretien du 15 janvier"))

    assert text(open_document(own), "title") == "Entretien du 15 janvier"
    assert text(open_document(interview), "title") == "Compte rendu d’entretien pharmaceutique du 15/01/2026"


def test_what_is_no_structured_body_is_refused(
    facts: Facts, note_type: DocumentType, structured_body: Callable[..., CdaBody]
) -> None:
    note = replace(facts, document_type=note_type)

    with pytest.raises(XmlRefused):
        compose(note, structured_body(structured_body=b"<structuredBody"))
    with pytest.raises(DocumentInvalid):
        compose(note, structured_body(structured_body=b"<structuredBody/>"))
    with pytest.raises(DocumentInvalid):
        compose(facts, structured_body())


def test_a_broken_pdf_and_a_bare_body_are_refused(facts: Facts) -> None:
    act = Act(start=date(2026, 1, 15))

    with pytest.raises(PdfRefused):
        compose(facts, PdfBody(act=act, pdf=b"%PDF-1.4 cut"))
    with pytest.raises(DocumentInvalid):
        compose(facts, Body(act=act))
