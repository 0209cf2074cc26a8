"""A pharmacy, its pharmacist, a test patient, and the documents that they make."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from dmp_core.api import Act, CdaBody, Code, DocumentType, PdfBody, cda
from dmp_core.documents.facts import Facts
from dmp_core.documents.files import Carried
from dmp_core.documents.frame import level_1
from dmp_core.documents.images import PDF
from dmp_core.model.codes import value_set
from dmp_core.model.identity import IdentityStatus, Ins, Patient, Sex, Traits
from dmp_core.model.oids import LOINC, InsOid
from dmp_core.model.practitioner import Operator, Practitioner, Structure, Who

XMP = (
    b'<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
    b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""'
    b' xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" pdfaid:part="1" pdfaid:conformance="B"/>'
    b'</rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
)


@pytest.fixture
def small_pdf() -> bytes:
    """The smallest PDF/A-1b: a catalogue, an empty page, metadata."""
    body = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"
    objects = (
        b"<</Type/Catalog/Pages 2 0 R/Metadata 4 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<<>>>>",
        b"<</Type/Metadata/Subtype/XML/Length %d>>\nstream\n%s\nendstream" % (len(XMP), XMP),
    )
    offsets = []
    for number, content in enumerate(objects, 1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"xref\n0 5\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    trailer = b"trailer\n<</Size 5/Root 1 0 R/ID[<01><01>]>>\nstartxref\n%d\n%%%%EOF\n"
    return body + table + trailer % len(body)


@pytest.fixture
def pharmacist() -> Practitioner:
    return Practitioner(
        national_id="810000000001",
        family="EXEMPLE",
        given="Claude",
        profession="21",
        section="A",
        civility="MME",
        title="PR",
    )


@pytest.fixture
def assistant() -> Practitioner:
    return Practitioner(national_id="810000000002", family="SECOND", given="Dominique", profession="21", section="D")


@pytest.fixture
def pharmacy() -> Structure:
    return Structure(national_id="1750000001", name="Pharmacie Exemple", telephone="01 02 03 04 05")


@pytest.fixture
def who(pharmacist: Practitioner, pharmacy: Structure) -> Who:
    return Who(structure=pharmacy, operator=Operator(id="seat-1"), author=pharmacist)


@pytest.fixture
def patient() -> Patient:
    return Patient(
        host_id="P1",
        traits=Traits(
            birth_name="PAT-TROIS",
            birth_given_names="DOMINIQUE MARIE-LOUISE",
            first_birth_given_name="DOMINIQUE",
            used_name="D’EXEMPLE",
            sex=Sex.FEMALE,
            birth_date=date(1979, 3, 28),
            birth_place_code="51215",
            birth_place_name="DOMPREMY",
        ),
        ins=Ins(value="279035121518989", oid=InsOid.NIR_TEST),
        status=IdentityStatus.QUALIFIEE,
    )


@pytest.fixture
def interview_type() -> DocumentType:
    return DocumentType(
        id="entretien-pharmaceutique",
        label="Compte rendu d’entretien pharmaceutique",
        type_code=value_set("J07").code("78601-2"),
        class_code=value_set("J57").code("10"),
        format_code=value_set("J60").code("urn:ihe:iti:xds-sd:pdf:2008"),
    )


@pytest.fixture
def note_type() -> DocumentType:
    return DocumentType(
        id="note-de-test",
        label="Note de vaccination",
        type_code=value_set("J07").code("87273-9"),
        class_code=value_set("J57").code("52"),
        format_code=value_set("J60").code("urn:asip:ci-sis:vac-note:2021"),
        templates=(("1.3.6.1.4.1.19376.1.5.3.1.1.18.1.2", None), ("1.2.250.1.213.1.1.1.46", "2023.01")),
    )


@pytest.fixture
def facts(interview_type: DocumentType, patient: Patient, who: Who) -> Facts:
    return Facts(
        document_type=interview_type,
        patient=patient,
        who=who,
        unique_id="2.25.1001",
        set_id="2.25.1000",
        version=1,
        effective_time=datetime(2026, 1, 15, 9, 30, tzinfo=UTC),
    )


@pytest.fixture
def interview(facts: Facts, small_pdf: bytes) -> bytes:
    """A level 1 document without a finding."""
    body = PdfBody(act=Act(start=date(2026, 1, 15)), pdf=small_pdf)
    return level_1(facts, body, Carried(PDF, small_pdf))


@pytest.fixture
def structured_body() -> Callable[..., CdaBody]:
    """A level 3 body with one section, one comment and what is asked for beside."""

    def make(**fields: object) -> CdaBody:
        comment = cda.part(
            "act",
            cda.template("1.3.6.1.4.1.19376.1.5.3.1.4.2"),
            cda.template("1.2.250.1.213.1.1.3.32"),
            cda.coded("code", Code(code="48767-8", system=LOINC, label="Commentaire")),
            cda.text("remarque"),
            cda.status("completed"),
            classCode="ACT",
            moodCode="EVN",
        )
        section = cda.section(
            Code(code="48767-8", system=LOINC, label="Commentaire"),
            title="Remarque",
            identifier=cda.item_id("item-1", "section"),
            narrative=[cda.paragraph(cda.marked("remarque", "À jeun & < 1 h"))],
            entries=[comment],
            templates=[cda.template("1.2.250.1.213.1.1.2.73")],
        )
        return CdaBody(act=Act(start=date(2026, 1, 15)), structured_body=cda.structured_body([section])).model_copy(
            update=fields
        )

    return make
