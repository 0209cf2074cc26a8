"""Unstructured documents against the rules of ANS: what the core prints, each kind of file that a host hands over."""

import json
from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

import doc_officine
import pytest
from doc_officine import examples
from fpdf import FPDF
from PIL import Image

from dmp_core.api import Context, DocumentWanted, TypesWanted
from dmp_core.documents import checks
from dmp_core.documents.facts import Facts
from dmp_core.documents.frame import compose
from dmp_core.documents.metadata import derive
from dmp_core.model.identity import IdentityStatus, Ins, Patient, Sex, Traits
from dmp_core.model.oids import InsOid
from dmp_core.model.practitioner import Operator, Practitioner, Structure, Who

pytestmark = pytest.mark.oracle
Check = Callable[[bytes], list[Any]]

NOW = datetime(2026, 1, 15, 9, 30, tzinfo=UTC)
CONTEXT = Context(now=NOW)
TYPES = {one.id: one for one in doc_officine.provide_document_types(TypesWanted(), CONTEXT)}
WHO = Who(
    structure=Structure(national_id="1750000001", name="Pharmacie Exemple"),
    operator=Operator(id="seat-1"),
    author=Practitioner(national_id="810000000001", family="EXEMPLE", given="Claude", profession="21", section="A"),
)
PATIENT = Patient(
    host_id="1",
    traits=Traits(
        birth_name="PAT-TROIS",
        birth_given_names="DOMINIQUE MARIE-LOUISE",
        first_birth_given_name="DOMINIQUE",
        sex=Sex.FEMALE,
        birth_date=date(1979, 3, 28),
        birth_place_code="51215",
    ),
    ins=Ins(value="279035121518989", oid=InsOid.NIR_TEST),
    status=IdentityStatus.QUALIFIEE,
)


def image(form: str) -> bytes:
    written = BytesIO()
    Image.new("RGB", (80, 60), "white").save(written, form)
    return written.getvalue()


def ordinary_pdf() -> bytes:
    pdf = FPDF()
    pdf.set_creation_date(NOW)
    pdf.add_page()
    pdf.set_font("Helvetica", size=20)
    pdf.text(20, 30, "Bonjour")
    return bytes(pdf.output())


def document(type_id: str, content: dict[str, Any]) -> bytes:
    """The CDA of a saved record, made as the core makes it."""
    event = DocumentWanted(
        item="item-1", type_id=type_id, content=json.dumps(content).encode(), patient=PATIENT, who=WHO
    )
    body = doc_officine.resolve_document(event, CONTEXT)
    facts = Facts(TYPES[type_id], PATIENT, WHO, "2.25.1001", "2.25.1000", version=1, effective_time=NOW)
    assert body is not None
    return compose(facts, body)


REPORTS = {
    **{f"entretien {nature}": ("entretien-pharmaceutique", content) for nature, content in examples.ENTRETIENS.items()},
    "bilan": ("bilan-medication", examples.BILAN),
}


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_that_the_core_prints_has_no_finding(ans: Check, name: str) -> None:
    made = document(*REPORTS[name])

    assert ans(made) == []
    assert checks.check(made) == ()


FILES: dict[str, tuple[Callable[[], bytes], str]] = {
    "PDF": (ordinary_pdf, "urn:ihe:iti:xds-sd:pdf:2008"),
    "PNG": (lambda: image("PNG"), "urn:ihe:iti:xds-sd:pdf:2008"),
    "JPEG": (lambda: image("JPEG"), "urn:ihe:iti-fr:xds-sd:jpeg:2010"),
    "TIFF": (lambda: image("TIFF"), "urn:ihe:iti-fr:xds-sd:tiff:2010"),
    "RTF": (lambda: b"{\\rtf1 Bonjour}", "urn:ihe:iti-fr:xds-sd:rtf:2010"),
    "text": (lambda: "Élève".encode(), "urn:ihe:iti:xds-sd:text:2008"),
}


@pytest.mark.parametrize("type_id", ["entretien-pharmaceutique", "bilan-medication"])
@pytest.mark.parametrize("kind", FILES)
def test_a_file_that_the_host_hands_over_has_no_finding(ans: Check, type_id: str, kind: str) -> None:
    make, format_code = FILES[kind]

    made = document(type_id, {"date": "2026-01-15", "fichier": {"contenu": b64encode(make()).decode()}})

    assert ans(made) == []
    assert checks.check(made) == ()
    assert derive(made, TYPES[type_id]).format_code.code == format_code
