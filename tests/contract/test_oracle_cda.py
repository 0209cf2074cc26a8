"""Documents against what ANS publishes: its rules, its examples, and what its rules do not see.

Expected values are typed from the examples and from the facts on them, never computed here.
"""

import json
import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import doc_officine
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from dmp_core.api import Address, Context, DocumentType, DocumentWanted, TypesWanted
from dmp_core.documents import checks, reading
from dmp_core.documents.facts import Facts
from dmp_core.documents.frame import compose
from dmp_core.documents.metadata import derive
from dmp_core.documents.patient import patient_of
from dmp_core.model.codes import value_set
from dmp_core.model.identity import IdentityStatus, Ins, Patient, Sex, Traits
from dmp_core.model.oids import InsOid
from dmp_core.model.practitioner import Operator, Practitioner, Structure, Who

pytestmark = pytest.mark.oracle
Check = Callable[[bytes], list[Any]]

NOW = datetime(2026, 1, 15, 9, 30, tzinfo=UTC)
CONTEXT = Context(now=NOW)
TYPES = {one.id: one for one in doc_officine.provide_document_types(TypesWanted(), CONTEXT)}
AUTHOR = Practitioner(
    national_id="810000000001",
    family="EXEMPLE",
    given="Claude",
    profession="21",
    section="A",
    civility="MME",
    title="PR",
)
STRUCTURE = Structure(
    national_id="1750000001",
    name="Pharmacie Exemple",
    address=Address(lines=("25 rue Pasteur",), postal_code="92100", city="EVRY"),
    telephone="01 42 51 51 51",
)
WHO = Who(structure=STRUCTURE, operator=Operator(id="seat-1"), author=AUTHOR)
PATIENT = Patient(
    host_id="1",
    traits=Traits(
        birth_name="PAT-TROIS",
        birth_given_names="DOMINIQUE MARIE-LOUISE",
        first_birth_given_name="DOMINIQUE",
        used_name="PAT-TROIS",
        used_given_name="DOMINIQUE",
        sex=Sex.FEMALE,
        birth_date=date(1979, 3, 28),
        birth_place_code="51215",
        birth_place_name="DOMPREMY",
    ),
    ins=Ins(value="279035121518989", oid=InsOid.NIR_TEST),
    status=IdentityStatus.QUALIFIEE,
)
TETANUS = {  # the facts of VAC-NOTE_2023.01.xml, vaccinated by a pharmacist
    "date": "2009-09-28",
    "vaccin": {
        "cis": "68747507",
        "libelle": "VACCIN TETANIQUE PASTEUR, suspension injectable en seringue préremplie. Vaccin tétanique adsorbé",
        "atc": {"code": "J07AM", "libelle": "vaccins tétaniques"},
        "cip": "3400932857241",
        "lot": "4456672",
    },
    "acte": "INITIMMUNIZ",
    "rang": 2,
    "voie": "20035000",
    "site": "16217701000119102",
    "reaction": {"code": "R50.2", "libelle": "Fièvre due à des médicaments", "date": "2009-09-28"},
    "commentaire": "Prise récente et ponctuelle de solupred (60mg) en une prise pendant 2 jours",
}


def pdf() -> bytes:
    """The smallest PDF/A-1b: a catalogue, an empty page, metadata."""
    xmp = (
        b'<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""'
        b' xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" pdfaid:part="1" pdfaid:conformance="B"/>'
        b'</rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    )
    objects = (
        b"<</Type/Catalog/Pages 2 0 R/Metadata 4 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<<>>>>",
        b"<</Type/Metadata/Subtype/XML/Length %d>>\nstream\n%s\nendstream" % (len(xmp), xmp),
    )
    body, offsets = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"xref\n0 5\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return body + table + b"trailer\n<</Size 5/Root 1 0 R/ID[<01><01>]>>\nstartxref\n%d\n%%%%EOF\n" % len(body)


def document(type_id: str, content: dict[str, Any], **facts: Any) -> bytes:
    """The CDA of a saved record, made as the core makes it."""
    who, patient = facts.pop("who", WHO), facts.pop("patient", PATIENT)
    event = DocumentWanted(
        item="item-1", type_id=type_id, content=json.dumps(content).encode(), patient=patient, who=who
    )
    body = doc_officine.resolve_document(event, CONTEXT)
    kind: DocumentType = TYPES[type_id]
    header = Facts(kind, patient, who, unique_id="2.25.1001", set_id="2.25.1000", version=1, effective_time=NOW)
    assert body is not None
    return compose(replace(header, **facts), body)


@cache
def report(type_id: str, **facts: Any) -> bytes:
    return document(type_id, {"date": "2026-01-15", "pdf": b64encode(pdf()).decode()}, **facts)


def changed(source: bytes, old: str, new: str) -> bytes:
    text, count = re.subn(old, new, source.decode(), count=1, flags=re.DOTALL)
    assert count == 1, old
    return text.encode()


# ---------------------------------------------------------------- our documents satisfy the rules of ANS


def test_a_vaccination_with_the_facts_of_the_example_has_no_finding(ans: Check) -> None:
    note = document("note-vaccination", TETANUS)

    assert ans(note) == []
    assert checks.check(note) == ()


def test_a_vaccination_with_nothing_optional_has_no_finding(ans: Check) -> None:
    bare = {key: TETANUS[key] for key in ("date", "acte")}
    vaccine = {key: value for key, value in TETANUS["vaccin"].items() if key != "cip"}  # type: ignore[attr-defined]

    note = document("note-vaccination", bare | {"vaccin": vaccine})

    assert ans(note) == []
    assert checks.check(note) == ()


def test_a_vaccination_by_another_pharmacist_on_prescription_has_no_finding(ans: Check) -> None:
    vaccinator = {"national_id": "810000000002", "family": "MULLER", "given": "Ève", "profession": "21", "section": "D"}
    content = TETANUS | {"vaccinateur": vaccinator, "prescription": {"racine": "1.2.3", "identifiant": "77"}}

    note = document("note-vaccination", content, version=2, replaces="2.25.999")

    assert ans(note) == []
    assert checks.check(note) == ()
    assert len(derive(note).authors) == 2


@pytest.mark.parametrize("type_id", ["entretien-pharmaceutique", "bilan-medication"])
def test_a_report_as_pdf_has_no_finding(ans: Check, type_id: str) -> None:
    made = report(type_id)

    assert ans(made) == []
    assert checks.check(made) == ()


LETTERS = st.sampled_from("AEIOUBDéèêëàâäçôöùûüÿœæÉÈÇŒ'’- &<>\"")
NAMES = st.text(LETTERS, min_size=1, max_size=60).map(lambda name: ("B" + name).strip())
DAYS = st.dates(date(1900, 1, 1), date(2026, 1, 15))


@st.composite
def notes(draw: st.DrawFn) -> bytes:
    """A vaccination note of any person, with any of its optional parts."""
    first, others = draw(NAMES), draw(NAMES)
    traits = Traits(
        birth_name=draw(NAMES),
        birth_given_names=f"{first} {others}"[:100].strip(),
        first_birth_given_name=first,
        used_name=draw(st.none() | NAMES),
        used_given_name=draw(st.none() | NAMES),
        sex=draw(st.sampled_from([Sex.FEMALE, Sex.MALE])),
        birth_date=draw(DAYS),
        birth_place_code=draw(st.sampled_from(["51215", "2A004", "99134", "97411"])),
        birth_place_name=draw(st.none() | NAMES),
    )
    author = AUTHOR.model_copy(
        update={"family": draw(NAMES), "given": draw(NAMES), "civility": draw(st.none() | st.just("M"))}
    )
    structure = STRUCTURE.model_copy(
        update={
            "name": draw(NAMES),
            "telephone": draw(st.none() | st.just("+33 1.42.51-51")),
            "address": draw(
                st.none() | st.builds(Address, lines=st.lists(NAMES, max_size=7).map(tuple), city=st.none() | NAMES)
            ),
        }
    )
    who = WHO.model_copy(update={"author": author, "structure": structure})
    optional = draw(st.sets(st.sampled_from(["rang", "voie", "site", "reaction", "commentaire"])))
    content = {key: value for key, value in TETANUS.items() if key in optional | {"date", "acte", "vaccin"}}
    content |= {"date": draw(DAYS).isoformat(), "acte": draw(st.sampled_from(["BOOSTER", "IMMUNIZ", "INITIMMUNIZ"]))}
    patient = PATIENT.model_copy(update={"traits": traits})
    return document("note-vaccination", content, patient=patient, who=who)


@settings(max_examples=150, deadline=None)
@given(note=notes())
def test_any_note_fits_the_schema_and_our_checks(schema: etree.XMLSchema, note: bytes) -> None:
    assert schema.validate(etree.fromstring(note)), schema.error_log
    assert checks.check(note) == ()


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(note=notes())
def test_any_note_satisfies_all_rules_of_ans(ans: Check, note: bytes) -> None:
    assert ans(note) == []


# ---------------------------------------------------------------- what the rules of ANS do not see

INS = 'extension="279035121518989"'
BLIND_SPOTS_OF_A_REPORT = [
    ("wrong label of the type", 'displayName="CR d\'entretien pharmaceutique"', 'displayName="Autre"', "code-label"),
    ("another language", "fr-FR", "en-GB", "language"),
    ("setId equals id", '<setId root="2.25.1000"', '<setId root="2.25.1001"', "set-id"),
    ("no INS", f'root="1.2.250.1.213.1.4.10" {INS}', 'root="1.2.3.4" extension="77"', "ins-missing"),
    ("wrong key of the INS", "279035121518989", "279035121518990", "ins-key"),
    ("letters in the INS", "279035121518989", "27903512X518989", "ins-format"),
    ("sex UN with an INS", 'code="F" displayName="Féminin"', 'code="UN" displayName="Inconnu"', "ins-gender"),
    ("author without profession", r'(<assignedAuthor.*?)<code code="G15_21/A"[^>]*/>', r"\1", "author-code"),
    ("RPPS too short", 'extension="810000000001"', 'extension="81000000001"', "professional-id"),
    ("RPPS too long", 'extension="810000000001"', 'extension="8100000000011"', "professional-id"),
    ("FINESS too short", 'extension="1750000001"', 'extension="175000001"', "structure-id"),
    ("media type HTML", 'mediaType="application/pdf"', 'mediaType="text/html"', "media-type"),
    ("no representation", ' representation="B64"', "", "representation"),
    ("no base64", r'(representation="B64">).*?(</text>)', r"\1not base64 !\2", "base64"),
    ("no PDF", r'(representation="B64">).*?(</text>)', r"\1bm90IGEgcGRm\2", "pdf"),
    (
        "a day for a time",
        '<effectiveTime value="20260115103000.0100"/>',
        '<effectiveTime value="20260115"/>',
        "effective-time",
    ),
    (
        "a time without zone",
        '<effectiveTime value="20260115103000.0100"/>',
        '<effectiveTime value="20260115103000"/>',
        "effective-time",
    ),
    ("version 0", '<versionNumber value="1"/>', '<versionNumber value="0"/>', "version-number"),
]
SECTION = r"(<section>.*?)"
BLIND_SPOTS_OF_A_NOTE = [
    ("section without title", SECTION + "<title>.*?</title>", r"\1", "section-title"),
    ("section without text", SECTION + "<text><table.*?</table></text>", r"\1", "section-text"),
    ("section without id", SECTION + '<id root="[^"]*"/>', r"\1", "section-id"),
    ("section without French model", '<templateId root="1.2.250.1.213.1.1.2.147"/>', "", "section-template"),
    (
        "pointer to nothing",
        '<text><reference value="#vaccin"/>',
        '<text><reference value="#nothing"/>',
        "reference-dangling",
    ),
    ("entry without French model", '<templateId root="1.2.250.1.213.1.1.3.45"/>', "", "entry-template"),
    ("product without French model", '<templateId root="1.2.250.1.213.1.1.3.43"/>', "", "entry-template"),
]


@pytest.mark.parametrize(("what", "old", "new", "rule"), BLIND_SPOTS_OF_A_REPORT)
def test_a_blind_spot_of_a_report_is_seen_by_our_checks(ans: Check, what: str, old: str, new: str, rule: str) -> None:
    broken = changed(report("entretien-pharmaceutique"), old, new)

    assert rule in {finding.rule for finding in checks.check(broken)}, what
    assert ans(broken) == [], "the rules of ANS see it now: the table is out of date"


@pytest.mark.parametrize(("what", "old", "new", "rule"), BLIND_SPOTS_OF_A_NOTE)
def test_a_blind_spot_of_a_note_is_seen_by_our_checks(ans: Check, what: str, old: str, new: str, rule: str) -> None:
    broken = changed(document("note-vaccination", TETANUS), old, new)

    assert rule in {finding.rule for finding in checks.check(broken)}, what
    assert ans(broken) == [], "the rules of ANS see it now: the table is out of date"


# ---------------------------------------------------------------- the examples of ANS


@dataclass(frozen=True)
class Example:
    """What one example says, and what our checks add to the silence of its own rules."""

    type_code: str
    class_code: str
    format_code: str
    title: str
    created: str
    act: tuple[str, str | None]
    authors: int
    findings: tuple[str, ...] = ()


TROD = "urn:ans:ci-sis:trod:2024"
PDF = "urn:ihe:iti:xds-sd:pdf:2008"
PRESCRIPTION = "Prescription de médicaments et/ou de dispositifs médicaux"
EXAMPLES = {
    "BIO-CR-BIO_2021.01_CDA-R2-Niveau-1.xml": Example(
        "11502-2", "10", PDF, "Compte rendu d'examens biologiques", "20210104150527",
        ("20210104082200", "20210104150500"), 1, ("warning pdf-a",),
    ),
    "BIO-TROD_2024.01_Angine.xml": Example(
        "96173-0", "52", TROD, "Test rapide d'orientation diagnostique : TROD Angine", "20240106103623",
        ("20240106103623", None), 1, ("warning time-format", "warning section-id"),
    ),
    "BIO-TROD_2024.01_COVID-19.xml": Example(
        "96173-0", "52", TROD, "Test rapide d'orientation diagnostique : TROD Covid-19", "20240106103623",
        ("20240106103623", None), 1, ("warning time-format", "warning section-id"),
    ),
    "BIO-TROD_2024.01_COVID-19_Grippe-A_Grippe-B.xml": Example(
        "96173-0", "52", TROD, "Test rapide d'orientation diagnostique : TROD Covid 19 / Grippe A / Grippe B",
        "20240106103623", ("20240106103623", None), 1, ("warning time-format", "warning section-id"),
    ),
    "BIO-TROD_2024.01_Cystite.xml": Example(
        "96173-0", "52", TROD, "Test rapide d'orientation diagnostique : TROD Cystite", "20240106103623",
        ("20240106103623", None), 1,
        ("warning time-format", "warning section-id", *("error reference-dangling",) * 3),
    ),
    "DOC_NON_STRUCTURE_CDA-R2-N1.xml": Example(
        "11502-2", "10", PDF, "Compte rendu d'examens biologiques", "20210401124745",
        ("20210104124700", "20210104125500"), 1, ("warning time-zone", "warning pdf-a"),
    ),
    "IMG_CR_IMG_2024.01_CDA-R2-Niveau-1.xml": Example(
        "18748-4", "31", PDF, "CR d’imagerie médicale - Scanner Tête + Cou + Thorax avec injection", "20210108101700",
        ("20210108092500", "20210108101700"), 1, ("warning pdf-a",),
    ),
    "TLM-CR_2022.01.xml": Example(
        "85208-7", "10", PDF, "Compte-rendu de téléconsultation", "20200327143500", ("20200327144500", None), 1,
        ("error code-label", "warning pdf-a"),
    ),
    "VAC-NOTE_2023.01.xml": Example(
        "87273-9", "52", "urn:asip:ci-sis:vac-note:2021", "NOTE DE VACCINATION", "20210409143500",
        ("20210409143500", None), 1,
    ),
    "VAC_2023.01.xml": Example(
        "11369-6", "52", "urn:asip:ci-sis:vac:2019", "Historique de vaccinations", "20210409160000",
        ("20210409160000", None), 1, ("error code-label", "warning reference-form"),
    ),
    "eDISP-MED_2024.01.xml": Example(
        "60593-1", "43", "urn:ihe:pharm:dis:2010", "Dispensation médicamenteuse", "20241225083000",
        ("20241225080000", None), 2,
    ),
    "eP-MED-DM_2024.01_PosoNonStruct.xml": Example(
        "57833-6", "42", "urn:ihe:pharm:pre:2010", PRESCRIPTION, "20231201083000",
        ("20231201081000", "20240730081000"), 1, ("warning reference-form",) * 2,
    ),
    "eP-MED-DM_2024.01_PosoStruct.xml": Example(
        "57833-6", "42", "urn:ihe:pharm:pre:2010", PRESCRIPTION, "20231201083000",
        ("20231201081000", "20240730081000"), 1, (*("error reference-dangling",) * 2, *("warning reference-form",) * 2),
    ),
}  # fmt: skip


@pytest.fixture(params=EXAMPLES, ids=lambda name: name.removesuffix(".xml"))
def example(request: pytest.FixtureRequest, oracle: Path) -> tuple[bytes, Example]:
    return (oracle / "ans" / "ExemplesCDA" / request.param).read_bytes(), EXAMPLES[request.param]


def test_metadata_of_an_example_are_what_its_header_says(example: tuple[bytes, Example]) -> None:
    content, expected = example

    told = derive(content)

    assert (told.type_code.code, told.class_code.code) == (expected.type_code, expected.class_code)
    assert told.format_code.code == expected.format_code
    assert told.title == expected.title
    assert (told.creation_time, told.service_start_time, told.service_stop_time) == (expected.created, *expected.act)
    assert len(told.authors) == expected.authors


def test_our_checks_add_to_an_example_what_the_table_says(example: tuple[bytes, Example]) -> None:
    content, expected = example

    found = sorted(f"{finding.severity} {finding.rule}" for finding in checks.check(content))

    assert found == sorted(expected.findings)


def test_a_header_of_an_example_reads_for_people(example: tuple[bytes, Example]) -> None:
    content, expected = example

    header = reading.read_header(content)

    assert (header.type_code.code, header.title) == (expected.type_code, expected.title)
    assert all(header.authors)
    assert header.patient_name


def test_the_patient_of_an_example_is_read(example: tuple[bytes, Example]) -> None:
    content, _ = example

    assert patient_of(content).qualified_ins is not None


def test_all_examples_stand_in_the_table(oracle: Path) -> None:
    assert {path.name for path in (oracle / "ans" / "ExemplesCDA").glob("*.xml")} == EXAMPLES.keys()


def test_the_device_and_the_pharmacist_of_a_dispensation_are_both_authors(oracle: Path) -> None:
    told = derive((oracle / "ans" / "ExemplesCDA" / "eDISP-MED_2024.01.xml").read_bytes())

    device, pharmacist = told.authors
    assert (
        device.person == "578435954900010/1.2.250.1.176.1^Dossier Pharmaceutique^.^^^^^^&1.2.250.1.71.4.2.1&ISO^U^^^RI"
    )
    assert pharmacist.person == "807505123456^DELIVE^Pierre^^^^^^&1.2.250.1.71.4.2.1&ISO^D^^^IDNPS"
    assert pharmacist.specialty == ("G15_21^Pharmacien^1.2.250.1.213.1.1.4.5",)
    assert pharmacist.institution == ("Pharmacie du village^^^^^&1.2.250.1.71.4.2.2&ISO^IDNST^^^1750512345",)
    assert told.patient_id == "277076322082910^^^&1.2.250.1.213.1.4.8&ISO^NH"
    assert told.source_patient_id == "1234567890121^^^&1.2.3.4.567.8.9.10&ISO^PI"
    assert told.source_patient_info == ("PID-5|NESSI^RUTH^^^^^L", "PID-7|19770714", "PID-8|F")


def test_a_role_is_told_as_its_label(oracle: Path) -> None:
    told = derive((oracle / "ans" / "ExemplesCDA" / "IMG_CR_IMG_2024.01_CDA-R2-Niveau-1.xml").read_bytes())

    assert told.authors[0].role == ("Référent - Responsable du patient dans la structure de soins",)


# ---------------------------------------------------------------- the value sets


@pytest.mark.parametrize(
    ("name", "published"),
    [
        ("J01", "JDV_J01_XdsAuthorSpecialty_CISIS"),
        ("J02", "JDV_J02_XdsHealthcareFacilityTypeCode_CISIS"),
        ("J04", "JDV_J04_XdsPracticeSettingCode_CISIS"),
        ("J07", "JDV_J07_XdsTypeCode_CISIS"),
        ("J08", "JDV_J08_XdsConfidentialityCode_CISIS"),
        ("J142", "JDV_J142_TypeRencontre_CISIS"),
        ("J143", "JDV_J143_AdministrativeGender_CISIS"),
        ("J245", "JDV_J245_Civilite_CISIS"),
        ("J246", "JDV_J246_Titre_CISIS"),
        ("J47", "JDV_J47_FunctionCode_CISIS"),
        ("immunization-act", "jdv-hl7-v3-ActSubstanceAdministrationImmunizationCode-cisis"),
        ("immunization-route", "jdv-immunization-route-code-cisis"),
        ("immunization-site", "jdv-immunization-approach-site-code-cisis"),
    ],
)
def test_our_value_sets_are_those_that_ans_publishes(oracle: Path, name: str, published: str) -> None:
    source = etree.parse(str(oracle / "ans" / "jeuxDeValeurs" / f"{published}.xml"))
    concepts = source.iter("{urn:ihe:iti:svs:2008}Concept")
    expected = {(one.get("code"), one.get("codeSystem")): one.get("displayName") for one in concepts}

    ours = {key: code.label for key, code in value_set(name).concepts.items()}

    assert ours == expected
