"""What stands above a document: whose it is, whether it is whole, what became of it."""

import pytest
from unit.viewer.hostile_cda import document, holding, narrative, pdf

from dmp_core.documents.viewer import Level, Notice, ViewContext, page, render
from dmp_core.documents.viewer.words import NOTICES
from dmp_core.errors import DocumentInvalid, XmlRefused
from dmp_core.model.document import Code
from dmp_core.model.identity import Ins
from dmp_core.model.oids import DMP_CONFIDENTIALITY, InsOid, Status

OTHER_INS = "184067511622297"
TEXT = narrative("dose : 1 g")


@pytest.mark.parametrize(
    ("facts", "notices"),
    [
        pytest.param({}, (), id="the same patient"),
        pytest.param({"ins": OTHER_INS, "family": "AUTRE"}, (Notice.OTHER_PATIENT,), id="row-057 another patient"),
        pytest.param({"ins": OTHER_INS}, (Notice.UNKNOWN_INS,), id="row-057 another INS, the same traits"),
        pytest.param({"ins": "", "birth": "19790329"}, (Notice.OTHER_PATIENT,), id="row-057 another date of birth"),
        pytest.param(
            {"ins": OTHER_INS, "family": "PAT TROIS"}, (Notice.UNKNOWN_INS,), id="the same name without hyphen"
        ),
    ],
)
def test_the_patient_of_a_document_is_compared(facts, notices, patient):
    source = narrative("dose : 1 g", **facts)

    view = render(source, context=ViewContext(patient=patient))

    assert view.notices == notices
    assert view.blocked == (Notice.OTHER_PATIENT in notices)
    assert "dose : 1 g" in view.fragment


@pytest.mark.parametrize("second", [pytest.param(OTHER_INS, id="row-057 a second patient")])
def test_a_second_patient_in_a_document_is_another_patient(second, patient):
    role = f'<patientRole><id root="1.2.250.1.213.1.4.10" extension="{second}"/></patientRole>'
    source = narrative("x").replace(b"<author>", f"<recordTarget>{role}</recordTarget><author>".encode())

    assert render(source, context=ViewContext(patient=patient)).notices == (Notice.OTHER_PATIENT,)


@pytest.mark.parametrize("family", [pytest.param("PAT<!-- -->-TROIS", id="row-043 comment in a name")])
def test_a_name_that_a_comment_splits_is_shown_with_a_mark_and_never_compared(family, patient):
    source = narrative("x", ins="", family=family)

    view = render(source, context=ViewContext(patient=patient))

    assert Notice.OTHER_PATIENT in view.notices
    assert 'PAT<span class="removed">[contenu retiré : balise dans un nom]</span>-TROIS' in view.fragment


def test_an_ins_that_was_the_patients_before_is_theirs(patient):
    context = ViewContext(patient=patient, ins_history=(Ins(value=OTHER_INS, oid=InsOid.NIR_TEST),))

    assert render(narrative("x", ins=OTHER_INS, family="AUTRE"), context=context).notices == ()


def test_without_a_patient_the_row_of_the_record_tells_whom_to_expect(row):
    mine, other = (f"{ins}^^^&1.2.250.1.213.1.4.10&ISO^NH" for ins in ("279035121518989", OTHER_INS))

    assert render(TEXT, context=ViewContext(row=row(TEXT, patient_id=mine))).notices == ()
    assert render(TEXT, context=ViewContext(row=row(TEXT, patient_id=other))).notices == (Notice.OTHER_PATIENT,)


@pytest.mark.parametrize(
    ("fields", "notice"),
    [
        ({"status": str(Status.DEPRECATED)}, Notice.REPLACED),
        ({"status": str(Status.ARCHIVED)}, Notice.ARCHIVED),
        ({"status": str(Status.DELETED)}, Notice.DELETED),
        ({"hash": "0" * 40}, Notice.ALTERED),
        ({"size": 1}, Notice.ALTERED),
        ({"confidentiality": (Code(code="MASQUE_PS", system=DMP_CONFIDENTIALITY),)}, Notice.MASKED),
        (
            {"confidentiality": (Code(code="INVISIBLE_PATIENT", system=DMP_CONFIDENTIALITY),)},
            Notice.HIDDEN_FROM_PATIENT,
        ),
        ({"class_code": Code(code="90", system="")}, Notice.BY_PATIENT),
    ],
)
def test_what_the_record_says_of_a_document_stands_above_it(fields, notice, row):
    view = render(TEXT, context=ViewContext(row=row(TEXT, **fields)))

    assert view.notices == (notice,)
    assert NOTICES[notice][1] in page(view).decode()


def test_an_honest_row_adds_nothing(row, patient):
    assert render(TEXT, context=ViewContext(patient=patient, row=row(TEXT), latest_version=2)).notices == ()


def test_an_older_version_says_so():
    assert render(TEXT, context=ViewContext(latest_version=3)).notices == (Notice.SUPERSEDED,)


def test_a_type_of_patients_documents_says_who_wrote_it():
    source = narrative("x", type_code="DOCPAT01", type_system="1.2.250.1.213.1.1.4.12")

    assert render(source).notices == (Notice.BY_PATIENT,)


def test_a_blocked_document_is_folded_with_its_files(patient):
    source = holding(pdf(), "application/pdf", ins=OTHER_INS, family="AUTRE")
    view = render(source, context=ViewContext(patient=patient))

    shown = page(view).decode()

    assert NOTICES[Notice.OTHER_PATIENT][0] is Level.BLOCKING
    assert '<div class="notice blocking" role="alert">' in shown
    assert "<details><summary>Afficher quand même ce document</summary><article" in shown
    assert shown.index("<details>") < shown.index('download="document-1.pdf"') < shown.index("</details>")


@pytest.mark.parametrize("wrap", [pytest.param("xsl:stylesheet", id="row-043 self-presenting")])
def test_a_document_that_presents_itself_is_shown_by_us(wrap):
    inner = narrative("dose : 2 g").decode()
    script = '<xsl:template match="/"><script>window.alert(1)</script></xsl:template>'
    source = f'<{wrap} xmlns:xsl="http://www.w3.org/1999/XSL/Transform" version="1.0">{script}{inner}</{wrap}>'

    view = render(source.encode())

    assert view.notices == (Notice.SELF_PRESENTING,)
    assert "dose : 2 g" in view.fragment
    assert "alert" not in view.fragment


@pytest.mark.exigence("EX_3.1-1070")
def test_times_are_local_and_a_bad_one_is_shown_as_it_is():
    source = narrative("x")
    bad = source.replace(b"20260715083000+0000", b"20240106113623+100")

    assert "15 juillet 2026 à 10:30" in render(source).fragment
    assert "20240106113623+100 (date illisible)" in render(bad).fragment


def test_what_is_no_document_is_refused():
    with pytest.raises(DocumentInvalid):
        render(b"<a/>")
    with pytest.raises(XmlRefused):
        render(b"<!DOCTYPE a><a/>")
    with pytest.raises(XmlRefused):
        render(document("<structuredBody/>", title="&#0;"))


def test_a_document_without_anything_is_still_a_page():
    view = render(b'<ClinicalDocument xmlns="urn:hl7-org:v3"/>')

    assert "Document sans titre" in page(view).decode()
