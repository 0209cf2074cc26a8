"""XDS metadata of our own documents."""

from dataclasses import replace
from datetime import date
from hashlib import sha1

import pytest

from dmp_core.api import Act, DocumentType, PdfBody, Practitioner, Visibility
from dmp_core.documents.facts import Facts
from dmp_core.documents.files import Carried
from dmp_core.documents.frame import level_1
from dmp_core.documents.images import PDF
from dmp_core.documents.metadata import derive
from dmp_core.errors import DocumentInvalid
from dmp_core.model import hl7v2


def test_metadata_say_what_the_header_says(interview: bytes, interview_type: DocumentType, facts: Facts) -> None:
    told = derive(interview, interview_type)

    assert told.unique_id == "2.25.1001"
    assert told.title == "Compte rendu d’entretien pharmaceutique du 15/01/2026"
    assert (told.type_code.code, told.type_code.label) == ("78601-2", "CR d'entretien pharmaceutique")
    assert (told.class_code.code, told.format_code.code) == ("10", "urn:ihe:iti:xds-sd:pdf:2008")
    assert (told.healthcare_facility.code, told.practice_setting.code) == ("SA33", "AMBULATOIRE")
    assert (told.creation_time, told.service_start_time, told.service_stop_time) == ("20260115093000", "20260115", None)
    assert told.patient_id == told.source_patient_id == "279035121518989^^^&1.2.250.1.213.1.4.10&ISO^NH"
    assert told.source_patient_info == ("PID-5|PAT-TROIS^DOMINIQUE^^^^^L", "PID-7|19790328", "PID-8|F")
    assert (told.hash, told.size) == (sha1(interview).hexdigest(), len(interview))


def test_authors_are_those_of_the_header_in_the_words_of_xds(
    facts: Facts, small_pdf: bytes, assistant: Practitioner
) -> None:
    act = Act(start=date(2026, 1, 15), performer=assistant)
    document = level_1(facts, PdfBody(act=act, pdf=small_pdf), Carried(PDF, small_pdf))

    told = derive(document)

    structure = facts.who.structure
    assert told.authors == (hl7v2.xds_author(facts.who.author, structure), hl7v2.xds_author(assistant, structure))
    assert told.legal_authenticator == hl7v2.author_person(facts.who.author)


def test_class_and_format_are_found_without_the_type(interview: bytes, interview_type: DocumentType) -> None:
    assert derive(interview) == derive(interview, interview_type)


def test_separators_in_names_are_escaped(facts: Facts, small_pdf: bytes) -> None:
    structure = facts.who.structure.model_copy(update={"name": "Pharmacie A & B^C"})
    facts = replace(facts, who=facts.who.model_copy(update={"structure": structure}))

    body = PdfBody(act=Act(start=date(2026, 1, 15)), pdf=small_pdf)

    told = derive(level_1(facts, body, Carried(PDF, small_pdf)))

    assert told.authors[0].institution[0].startswith("Pharmacie A \\T\\ B\\S\\C^^^^^&1.2.250.1.71.4.2.2&ISO^IDNST")


def test_visibility_adds_its_codes_after_normal(interview: bytes) -> None:
    visibility = Visibility(masked_to_professionals=True, hidden_from_representatives=True)

    told = derive(interview, visibility=visibility)

    assert [code.code for code in told.confidentiality] == ["N", "MASQUE_PS", "INVISIBLE_REPRESENTANTS_LEGAUX"]


def test_the_document_replaced_is_told(interview: bytes) -> None:
    assert derive(interview, replaces="urn:uuid:1").replaces == "urn:uuid:1"


def test_a_document_inside_a_stylesheet_is_described_as_such(interview: bytes) -> None:
    inner = interview.partition(b"?>")[2].strip()
    wrapped = (
        b'<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">'
        + inner
        + b"</xsl:stylesheet>"
    )

    told = derive(wrapped)

    assert told.mime_type == "application/xslt+xml"
    assert told.unique_id == "2.25.1001"
    assert told.size == len(wrapped)


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        (b'root="1.2.250.1.213.1.4.10"', b'root="1.2.3.4"', "ins-missing"),
        (b'code="78601-2"', b'code="00000-0"', "class-code"),
        (b'mediaType="application/pdf"', b'mediaType="text/html"', "media-type"),
        (
            b'<effectiveTime value="20260115103000+0100"/>',
            b'<effectiveTime value="20261315103000+0100"/>',
            "time-format",
        ),
        (b'<effectiveTime value="20260115103000+0100"/>', b"", "header-missing"),
        (b'<id root="2.25.1001"/>', b'<id root="' + b"1." * 80 + b'1"/>', "metadata"),
    ],
)
def test_a_document_that_cannot_be_described_is_refused_with_the_rule(
    interview: bytes, old: bytes, new: bytes, rule: str
) -> None:
    assert old in interview

    with pytest.raises(DocumentInvalid) as refusal:
        derive(interview.replace(old, new))

    assert refusal.value.findings[0].rule == rule
