"""CDA headers of anybody: read as they come, described for the registry, refused with a reason, never with a crash."""

import hashlib

import pytest

from dmp_core.simulator.cda import CdaUnreadable, entry_metadata, read_header, utc
from dmp_core.simulator.submission import Coded


def test_a_header_is_read(cda: bytes) -> None:
    header = read_header(cda)

    assert (header.unique_id, header.set_id, header.version) == ("1.2.3.4.5.6.1.1", "1.2.3.4.5.6.1", "1")
    assert header.type_code == Coded("78601-2", "2.16.840.1.113883.6.1", "CR d'entretien pharmaceutique")
    assert header.patient_ids == (("1.2.250.1.213.1.4.10", "279035121518989"), ("1.2.3.4", "42"))
    assert (header.birth_name, header.birth_given, header.used_name) == ("PAT-TROIS", "DOMINIQUE", "AUTRE")
    assert (header.sex, header.birth_date) == ("F", "19790328")
    assert [(author.id, author.institution_id, author.role) for author in header.authors] == [
        ("810000000001", "1750000001", "Auteur")
    ]
    assert header.legal_authenticator is not None
    assert header.facility == Coded("SA33", "1.2.250.1.71.4.2.4", "Pharmacie d'officine")
    assert header.practice == Coded("AMBULATOIRE", "1.2.250.1.213.1.1.4.9", "Ambulatoire")
    assert (header.service_start, header.service_stop, header.body) == ("20260115100000+0100", "", "application/pdf")
    assert header.replaces == ()


def test_a_document_is_described_as_ans_maps_it(cda: bytes) -> None:
    described = entry_metadata(read_header(cda), cda)

    assert described.class_code == Coded("10", "1.2.250.1.213.1.1.4.1", "Compte rendu")
    assert (described.format_code.code, described.format_code.scheme) == (
        "urn:ihe:iti:xds-sd:pdf:2008",
        "1.3.6.1.4.1.19376.1.2.3",
    )
    assert (described.creation_time, described.service_start, described.service_stop) == (
        "20260115093000",
        "20260115090000",
        "",
    )
    assert described.patient_id == "279035121518989^^^&1.2.250.1.213.1.4.10&ISO^NH"
    assert described.source_patient_id == "42^^^&1.2.3.4&ISO^PI"
    assert described.source_patient_info == ("PID-5|PAT-TROIS^DOMINIQUE^^^^^L", "PID-7|19790328", "PID-8|F")
    assert described.legal_authenticator == "810000000001^EXEMPLE^Claude^^^^^^&1.2.250.1.71.4.2.1&ISO^D^^^IDNPS"
    assert described.authors[0].institutions == ("Pharmacie Exemple^^^^^&1.2.250.1.71.4.2.2&ISO^IDNST^^^1750000001",)
    assert (described.size, described.sha1) == (len(cda), hashlib.sha1(cda).hexdigest())
    assert described.confidentiality == (Coded("N", "2.16.840.1.113883.5.25", "Normal"),)


def test_a_document_inside_the_stylesheet_that_shows_it_is_found(cda: bytes) -> None:
    inside = cda.partition(b"?>")[2]
    sheet = b'<xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform" version="1.0"><xsl:template match="/"/>'

    header = read_header(sheet + inside + b"</xsl:stylesheet>")

    assert header == read_header(cda)


def test_a_structured_body_takes_the_format_of_its_model(cda: bytes) -> None:
    body = cda[cda.index(b"<nonXMLBody>") : cda.index(b"</nonXMLBody>") + len(b"</nonXMLBody>")]
    structured = cda.replace(body, b"<structuredBody/>").replace(
        b'root="1.3.6.1.4.1.19376.1.2.20"', b'root="1.2.250.1.213.1.1.1.46" extension="2023.01"'
    )

    format_code = entry_metadata(read_header(structured), structured).format_code

    assert (format_code.code, format_code.scheme) == ("urn:asip:ci-sis:vac-note:2021", "1.2.250.1.213.1.1.4.2.282")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("20240106113623+0100", "20240106103623"),
        ("20240106113623+100", "20240106103623"),
        ("20240106113623+1", "20240106103623"),
        ("20240106013000-0330", "20240106050000"),
        ("20240101003000+0100", "20231231233000"),
        ("20240106113623.123+0100", "20240106103623"),
        ("202401061136+0100", "20240106103600"),
        ("2024010611", "20240106110000"),
        ("20240106", "20240106"),
        ("20240106+0100", "20240106"),
        ("202401", "202401"),
        ("2024", "2024"),
        ("20241301", ""),
        ("20240106256000", ""),
        ("20240106113623+9900", ""),
        ("hier", ""),
        ("", ""),
    ],
)
def test_times_become_utc_whatever_their_offset_looks_like(written: str, read: str) -> None:
    assert utc(written) == read


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"plain",
        b"<a/>",
        b"<!DOCTYPE a><a/>",
        b"%PDF-1.4",
        b"<ClinicalDocument xmlns='urn:hl7-org:v3'/>",
        b"\xff\xfe\x00",
    ],
)
def test_what_is_no_document_is_unreadable_with_a_reason(data: bytes) -> None:
    with pytest.raises(CdaUnreadable, match=r".+"):
        read_header(data)


@pytest.mark.parametrize(
    ("old", "new"), [(b"1.2.250.1.213.1.4.10", b"1.2.3.5"), (b'<effectiveTime value="20260115103000+0100"/>', b"")]
)
def test_without_ins_or_date_a_document_cannot_be_described(cda: bytes, old: bytes, new: bytes) -> None:
    assert old in cda
    changed = cda.replace(old, new, 1)

    with pytest.raises(CdaUnreadable):
        entry_metadata(read_header(changed), changed)


def test_a_document_cut_by_any_element_never_crashes(cda: bytes) -> None:
    for name in (b"code", b"title", b"languageCode", b"patient", b"author", b"legalAuthenticator", b"componentOf",
                 b"documentationOf", b"component", b"confidentialityCode", b"assignedPerson", b"id"):  # fmt: skip
        changed = cda.replace(b"<" + name + b" ", b"<x ").replace(b"<" + name + b">", b"<x>")
        changed = changed.replace(b"</" + name + b">", b"</x>")
        try:
            entry_metadata(read_header(changed), changed)
        except CdaUnreadable as error:
            assert str(error)
