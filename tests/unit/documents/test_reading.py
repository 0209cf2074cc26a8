"""A header for people."""

import pytest

from dmp_core.documents.facts import Facts
from dmp_core.documents.reading import read_header
from dmp_core.errors import DocumentInvalid, XmlRefused
from dmp_core.model.identity import Ins
from dmp_core.model.oids import InsOid


def test_a_header_says_type_title_date_authors_and_patient(interview: bytes, facts: Facts) -> None:
    header = read_header(interview)

    assert (header.type_code.code, header.title) == ("78601-2", "Compte rendu d’entretien pharmaceutique du 15/01/2026")
    assert (header.effective_time, header.act_time) == ("20260115103000+0100", "20260115")
    assert header.authors == ("Claude EXEMPLE",)
    assert header.patient_ids == (("1.2.250.1.213.1.4.10", "279035121518989"),)
    assert (header.unique_id, header.set_id, header.version) == ("2.25.1001", "2.25.1000", 1)
    assert (header.body, header.self_presenting) == ("application/pdf", False)


def test_a_header_knows_whose_it_is(interview: bytes) -> None:
    header = read_header(interview)

    assert header.is_of(Ins(value="279035121518989", oid=InsOid.NIR_TEST))
    assert not header.is_of(Ins(value="279035121518989", oid=InsOid.NIR))


def test_a_bare_document_reads_as_empty() -> None:
    header = read_header(b'<ClinicalDocument xmlns="urn:hl7-org:v3"/>')

    assert (header.unique_id, header.title, header.authors, header.version) == ("", "", (), 1)


def test_what_is_no_document_is_refused() -> None:
    with pytest.raises(DocumentInvalid):
        read_header(b"<a/>")
    with pytest.raises(XmlRefused):
        read_header(b"no xml")


def test_nothing_of_a_patient_shows_in_a_repr(interview: bytes) -> None:
    told = repr(read_header(interview))

    assert not [value for value in ("279035", "PAT-TROIS", "19790328", "EXEMPLE") if value in told]
