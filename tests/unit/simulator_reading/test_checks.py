"""One right submission passes; each rule broken alone gives its own reason, and several give them all."""

import hashlib
import re
from typing import Any

import pytest

from dmp_core.model.access import Mode
from dmp_core.model.oids import Status
from dmp_core.simulator.checks import Strictness

META = "XDSRepositoryMetadataError"
HAS_MEMBER = "urn:oasis:names:tc:ebxml-regrep:AssociationType:HasMember"
RELATED = b'<relatedDocument typeCode="RPLC"><parentDocument><id root="1.2"/></parentDocument></relatedDocument>'


def association(name: str, kind: str, source: str, target: str) -> str:
    return f'<Association id="{name}" associationType="{kind}" sourceObject="{source}" targetObject="{target}"/>'


def test_a_right_submission_has_no_reason_to_be_refused(feed: Any, judge: Any) -> None:
    assert judge(feed) == []


def test_a_date_after_the_patient_id_is_taken_as_in_the_official_examples(feed: Any, judge: Any) -> None:
    dated = feed.change("&amp;ISO^NH", "&amp;ISO^NH^^19790328")

    assert judge(dated) == []
    assert (META, "patientId : CX d’un INS attendu") in judge.but(strict=Strictness(cx_date_suffix=False))(dated)


CHANGES = [
    ("no submission time", 'name="submissionTime"', 'name="other"', META, "submissionTime"),
    ("no source", "554ac39e-e3fe-47fe-b233-965d2a147832", "0", META, "absente du lot : sourceId"),
    ("no content type", "aa543740-bdda-424e-8c96-df4873be8500", "0", META, "absente du lot : contentTypeCode"),
    ("no title", '<LocalizedString value="Entretien pharmaceutique"/>', "", META, "absente : title"),
    ("set id that is no OID", 'value="2.25.1"', 'value="lot"', META, "uniqueId du lot : OID"),
    ("unknown class", 'nodeRepresentation="10"', 'nodeRepresentation="99"', META, "JDV_J57"),
    ("class of another type", 'nodeRepresentation="10"', 'nodeRepresentation="11"', META, "ASS_X16"),
    ("unknown type", 'nodeRepresentation="78601-2"', 'nodeRepresentation="34108-1"', META, "JDV_J66"),
    ("unknown format", "urn:ihe:iti:xds-sd:pdf:2008", "urn:autre", META, "JDV_J60"),
    ("unknown facility", 'nodeRepresentation="SA33" classificationScheme="urn:uuid:f33fb8ac', None, META, "JDV_J02"),
    ("unknown practice", 'nodeRepresentation="AMBULATOIRE"', 'nodeRepresentation="X"', META, "JDV_J04"),
    ("no language", 'name="languageCode"', 'name="autre"', META, "absente : languageCode"),
    ("bad language", "fr-FR", "fr", META, "languageCode : fr-FR"),
    ("bad time", "20260115093000", "20261315093000", META, "creationTime : date UTC"),
    ("local time", "20260115093000", "20260115103000", META, "creationTime différent de l’heure du CDA"),
    ("INS with a wrong key", "279035121518989", "279035121518988", META, "CX d’un INS"),
    (
        "other mime type",
        'id="Document01" mimeType="text/xml"',
        'id="Document01" mimeType="application/pdf"',
        META,
        "text/xml",
    ),
    ("not a national author", "&amp;1.2.250.1.71.4.2.1&amp;", "&amp;1.2.3&amp;", META, "authorPerson : XCN"),
    ("not a national structure", "&amp;1.2.250.1.71.4.2.2&amp;", "&amp;1.2.3&amp;", META, "authorInstitution : XON"),
    ("specialty without label", "G15_21/A^Pharmacien titulaire d'officine^", "G15_21/A^^", META, "authorSpecialty"),
    ("no N", 'nodeRepresentation="N"', 'nodeRepresentation="R"', META, "confidentialityCode : N une fois"),
    ("other document", 'value="1.2.3.4.5.6.1.1"', 'value="1.2.3.4.5.6.1.2"', META, "uniqueId différent de l’id du CDA"),
    ("uniqueId too long", 'value="1.2.3.4.5.6.1.1"', f'value="1.2.{"3" * 130}"', META, "uniqueId : OID"),
    (
        "no membership",
        f'id="m1" associationType="{HAS_MEMBER}"',
        'id="m1" associationType="urn:x"',
        META,
        "HasMember du lot",
    ),
    ("unknown association", "AssociationType:signs", "AssociationType:other", META, "type d’association"),
    (
        "signature that signs nothing",
        'sourceObject="Signature01" targetObject="SubmissionSet01"',
        'sourceObject="Signature01" targetObject="Document01"',
        META,
        "association signs",
    ),
    ("association with itself", 'targetObject="Document01"', 'targetObject="m1"', META, "elle-même"),
    ("membership of nothing", 'targetObject="Document01"', 'targetObject="Nothing"', META, "vers une fiche"),
    ("membership without status", "Original", "Reference", META, "SubmissionSetStatus"),
    (
        "signature seen by the patient",
        "INVISIBLE_PATIENT",
        "INVISIBLE_REPRESENTANTS_LEGAUX",
        META,
        "confidentialityCode de la signature",
    ),
    (
        "two entries of one uniqueId",
        'value="2.25.2"',
        'value="1.2.3.4.5.6.1.1"',
        "XDSRepositoryDuplicateUniqueIdInMessage",
        "en double",
    ),
    (
        "a set of one of its own entries' number",
        'value="2.25.1"',
        'value="2.25.2"',
        "XDSRepositoryDuplicateUniqueIdInMessage",
        "en double",
    ),
    (
        "a content of no nomenclature",
        'nodeRepresentation="SA33" classificationScheme="urn:uuid:aa543740',
        'nodeRepresentation="SA99" classificationScheme="urn:uuid:aa543740',
        META,
        "JDV_J59",
    ),
    (
        "a creation that has two times",
        "<Value>20260115093000</Value>",
        "<Value>20260115093000</Value><Value>20260115093000</Value>",
        META,
        "creationTime : une seule valeur",
    ),
    (
        "an act that ends before it begins",
        '<Slot name="serviceStartTime">',
        '<Slot name="serviceStopTime"><ValueList><Value>20260115085959</Value></ValueList></Slot>'
        '<Slot name="serviceStartTime">',
        META,
        "serviceStopTime avant",
    ),
    (
        "a new entry that is obsolete",
        '<ExtrinsicObject id="Document01"',
        '<ExtrinsicObject status="urn:oasis:names:tc:ebxml-regrep:StatusType:Deprecated" id="Document01"',
        META,
        "status : une fiche nouvelle",
    ),
    ("a value beyond LongName", "Pharmacie Exemple^", f"{'P' * 300}^", META, "plus de 256"),
]


@pytest.mark.parametrize(("old", "new", "code", "words"), [row[1:] for row in CHANGES], ids=[row[0] for row in CHANGES])
def test_each_broken_rule_gives_its_reason(
    feed: Any, judge: Any, old: str, new: str | None, code: str, words: str
) -> None:
    if new is None:
        pattern = re.search('nodeRepresentation="SA33"\\s+classificationScheme="urn:uuid:f33fb8ac', feed.objects)
        assert pattern is not None
        old, new = pattern[0], pattern[0].replace("SA33", "SA99")

    found = judge(feed.change(old, new))

    assert any(found_code == code and words in text for found_code, text in found)


def test_all_reasons_are_listed(feed: Any, judge: Any) -> None:
    wrong = feed.change('nodeRepresentation="10"', 'nodeRepresentation="99"').change('name="languageCode"', 'name="x"')

    texts = " / ".join(text for _, text in judge(wrong))

    assert "JDV_J57" in texts
    assert "languageCode" in texts
    assert "ASS_X16" in texts


def test_another_patient_than_the_one_of_the_vihf_is_refused_for_the_set_and_each_entry(feed: Any, judge: Any) -> None:
    found = judge.but(patient="277076322082910^^^&1.2.250.1.213.1.4.8&ISO^NH")(feed)

    assert [code for code, _ in found] == ["XDSPatientIdDoesNotMatch"] * 3


def test_a_document_of_another_patient_is_refused(feed: Any, judge: Any, cda: bytes) -> None:
    other = cda.replace(b"279035121518989", b"277076322082910")

    assert judge(feed.with_document("Document01", other)) == [
        ("XDSPatientIdDoesNotMatch", "patientId différent de l’INS du CDA"),
        (META, "sourcePatientId différent des identifiants du patient dans le CDA"),
    ]


@pytest.mark.exigence("EX_2.1-1050")
def test_two_masks_at_once_are_refused_unless_the_parameter_allows_it(feed: Any, judge: Any) -> None:
    start = feed.objects.index('<Classification id="cf4f85eacNDocument01"')
    normal = feed.objects[start : feed.objects.index("</Classification>", start) + len("</Classification>")]
    both = "".join(
        normal.replace('"N"', f'"{name}"').replace("2.16.840.1.113883.5.25", "1.2.250.1.213.1.1.4.13")
        for name in ("MASQUE_PS", "INVISIBLE_PATIENT")
    )
    masked = feed.change(normal, normal + both)

    assert [text for _, text in judge(masked)] == [
        "MASQUE_PS et INVISIBLE_PATIENT ne se cumulent pas (cumul-invisible_patient-masque_ps)"
    ]
    assert judge.but(strict=Strictness(cumulated_visibility=True))(masked) == []


def test_five_confidentiality_codes_are_refused(feed: Any, judge: Any) -> None:
    start = feed.objects.index('<Classification id="cf4f85eacNDocument01"')
    normal = feed.objects[start : feed.objects.index("</Classification>", start) + len("</Classification>")]

    found = judge(feed.change(normal, normal * 5))

    assert any("quatre codes au plus" in text for _, text in found)


@pytest.mark.parametrize(
    ("mode", "practitioner", "structure", "accepted"),
    [
        (Mode.DIRECT, "810000000001", "other", True),
        (Mode.DIRECT, "810000000002", "1750000001", False),
        (Mode.INDIRECT, "other", "1750000001", True),
        (Mode.INDIRECT, "810000000001", "1750000002", False),
    ],
)
@pytest.mark.exigence("EX_2.1-1140")
def test_only_an_author_feeds(
    feed: Any, judge: Any, mode: Mode, practitioner: str, structure: str, accepted: bool
) -> None:
    found = judge.but(mode=mode, practitioner=practitioner, structure=structure)(feed)

    assert [text[:12] for _, text in found] == ([] if accepted else ["EX_2.1-1140 "])


def test_indirecte_renforcee_never_feeds(feed: Any, judge: Any) -> None:
    found = judge.but(mode=Mode.AIR)(feed)

    assert ("XDSRepositoryError", "INDIRECTE_RENFORCEE n’alimente pas (PDT-INF-606)") in found


@pytest.mark.exigence("EX_2.1-2020")
def test_as_many_authors_in_the_entry_as_in_the_cda(feed: Any, judge: Any, cda: bytes) -> None:
    start = cda.index(b"<author>")
    one = cda[start : cda.index(b"</author>") + len(b"</author>")]

    found = judge(feed.with_document("Document01", cda.replace(one, one * 2)))

    assert any(text.startswith("EX_2.1-2020") for _, text in found)


def test_without_signature_the_set_is_refused_unless_it_is_lenient(feed: Any, judge: Any) -> None:
    start, end = feed.objects.index('<ExtrinsicObject id="Signature01"'), feed.objects.rindex("</ExtrinsicObject>")
    unsigned = feed.change(feed.objects[start : end + len("</ExtrinsicObject>")], "")
    for name in ("m2", "s1"):
        link = re.search(f'<Association id="{name}".*?</Association>', unsigned.objects)
        assert link is not None
        unsigned = unsigned.change(link[0], "")
    documents = {"Document01": feed.documents["Document01"]}
    unsigned = type(feed)(unsigned.objects, documents)

    assert judge(unsigned) == [(META, "signature du lot absente (Signature01)")]
    assert judge.but(strict=Strictness(signature=False))(unsigned) == []


def test_entries_and_documents_go_by_pairs(feed: Any, judge: Any) -> None:
    renamed = type(feed)(
        feed.objects, {"document01": feed.documents["Document01"], "Signature01": feed.documents["Signature01"]}
    )

    assert judge(renamed) == [
        ("XDSMissingDocument", "fiche sans document"),
        ("XDSMissingDocumentMetadata", "document sans fiche"),
    ]


def test_no_set_and_two_sets_are_refused(feed: Any, judge: Any) -> None:
    none = feed.change("a54d6aa5-d40d-43f9-88c5-b4633d873bdd", "d9d542f3-6cc4-48b6-8870-ea235fbc94c2")
    second = re.search("<RegistryPackage .*?</RegistryPackage>", feed.objects, re.DOTALL)
    assert second is not None
    two = feed.change(second[0], second[0] + second[0].replace("SubmissionSet01", "SubmissionSet02"))

    assert any("0 trouvés" in text for _, text in judge(none))
    assert any("2 trouvés" in text for _, text in judge(two))


def test_hash_and_size_must_be_the_documents(feed: Any, judge: Any) -> None:
    given = '<Slot name="{}"><ValueList><Value>1</Value></ValueList></Slot>'
    wrong = feed.change(
        '<Slot name="creationTime">', given.format("hash") + given.format("size") + '<Slot name="creationTime">', 1
    )

    assert [code for code, _ in judge(wrong)] == ["XDSNonIdenticalHash", "XDSNonIdenticalSize"]


def test_what_the_registry_holds_already_is_refused(feed: Any, judge: Any) -> None:
    read = feed.read()
    sha1 = hashlib.sha1(read.documents["Document01"]).hexdigest()
    judge.known.sets.add("2.25.1")
    judge.known.hashes.update({"1.2.3.4.5.6.1.1": sha1, "2.25.2": "00"})

    assert [code for code, _ in judge(feed)] == [
        "XDSDuplicateUniqueIdInRegistry",
        "XDSDuplicateUniqueIdInRegistry",
        "XDSNonIdenticalHash",
    ]


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (None, "XDSReplaceFailed"),
        (Status.DELETED, "XDSReplaceFailed"),
        (Status.DEPRECATED, "XDSRegistryDeprecatedDocumentError"),
        (Status.ARCHIVED, "XDSReplaceFailed"),
        (Status.APPROVED, None),
    ],
)
def test_only_a_living_entry_is_replaced(
    feed: Any, judge: Any, cda: bytes, status: str | None, code: str | None
) -> None:
    old = "urn:uuid:00000000-0000-4000-8000-000000000001"
    link = association("r1", "urn:ihe:iti:2007:AssociationType:RPLC", "Document01", old)
    replacing = feed.change('<Association id="s1"', link + '<Association id="s1"')
    replacing = replacing.with_document("Document01", cda.replace(b"<componentOf>", RELATED + b"<componentOf>"))
    if status:
        judge.known.statuses[old] = str(status)

    assert [found for found, _ in judge(replacing)] == ([code] if code else [])


OLD = "urn:uuid:00000000-0000-4000-8000-000000000001"
RPLC = "urn:ihe:iti:2007:AssociationType:RPLC"


def replacing(feed: Any, cda: bytes, *links: str, related: bytes = RELATED) -> Any:
    """A submission whose document says that it replaces 1.2; `links` stand among its associations."""
    changed = feed.change('<Association id="s1"', "".join(links) + '<Association id="s1"')
    return changed.with_document("Document01", cda.replace(b"<componentOf>", related + b"<componentOf>"))


@pytest.mark.exigence("EX_2.1-1140")
@pytest.mark.parametrize(
    ("mode", "practitioner", "structure"),
    [(Mode.DIRECT, "810000000001", "1750000001"), (Mode.INDIRECT, "810000000001", "1750000001")],
)
@pytest.mark.parametrize("theirs", [True, False])
def test_only_an_author_of_the_former_version_replaces_it(
    feed: Any, judge: Any, cda: bytes, mode: Mode, practitioner: str, structure: str, theirs: bool
) -> None:
    """By the person in direct mode, by the structure in indirect mode; a named switch asks for neither."""
    judge.known.statuses[OLD] = str(Status.APPROVED)
    judge.known.others = not theirs
    wanted = replacing(feed, cda, association("r1", RPLC, "Document01", OLD))
    judged = judge.but(mode=mode, practitioner=practitioner, structure=structure)

    found = judged(wanted)
    lenient = judged.but(strict=Strictness(replacing_others=True))(wanted)

    assert found == (
        [] if theirs else [("XDSReplaceFailed", "EX_2.1-1140 : seul un auteur du document remplace la version visée")]
    )
    assert lenient == []


@pytest.mark.parametrize(
    ("links", "words"),
    [
        ([association("r1", RPLC, "Signature01", OLD)], "la source doit être une fiche"),
        ([association("r1", RPLC, "SubmissionSet01", OLD)], "la source doit être une fiche"),
        (
            [association("r1", RPLC, "Document01", OLD), association("r2", RPLC, "Document01", OLD)],
            "une fiche en remplace une",
        ),
        ([association("r1", "urn:ihe:iti:2007:AssociationType:APND", "Document01", OLD)], "type d’association inconnu"),
        ([association("r1", "urn:ihe:iti:2007:AssociationType:XFRM", "Document01", OLD)], "type d’association inconnu"),
        (
            [association("r1", "urn:ihe:iti:2007:AssociationType:XFRM_RPLC", "Document01", OLD)],
            "type d’association inconnu",
        ),
        ([association("r1", "RPLC", "Document01", OLD)], "type d’association inconnu"),
    ],
)
def test_a_replacement_of_another_shape_is_refused(
    feed: Any, judge: Any, cda: bytes, links: list[str], words: str
) -> None:
    judge.known.statuses[OLD] = str(Status.APPROVED)

    found = judge(replacing(feed, cda, *links))

    assert any(words in text for _, text in found)


def test_the_header_names_the_version_that_is_replaced(feed: Any, judge: Any, cda: bytes) -> None:
    judge.known.statuses[OLD] = str(Status.APPROVED)
    other = RELATED.replace(b'"1.2"', b'"1.3"')

    found = judge(replacing(feed, cda, association("r1", RPLC, "Document01", OLD), related=other))

    assert found == [(META, "remplacement : relatedDocument RPLC du CDA différent du document remplacé")]


@pytest.mark.parametrize(
    ("value", "right"),
    [
        ("42^^^&amp;1.2.3.4&amp;ISO^PI", True),
        ("43^^^&amp;1.2.3.4&amp;ISO^PI", False),
        ("42^^^&amp;1.2.3.5&amp;ISO^PI", False),
        ("277076322082910^^^&amp;1.2.250.1.213.1.4.10&amp;ISO^NH", False),
    ],
)
def test_the_patient_at_the_source_is_one_of_the_header_s(feed: Any, judge: Any, value: str, right: bool) -> None:
    own = '<Slot name="sourcePatientId"><ValueList><Value>279035121518989^^^&amp;1.2.250.1.213.1.4.10&amp;ISO^NH'

    found = judge(feed.change(own, own.replace("279035121518989^^^&amp;1.2.250.1.213.1.4.10&amp;ISO^NH", value), 1))

    assert found == ([] if right else [(META, "sourcePatientId différent des identifiants du patient dans le CDA")])


def test_the_signature_is_about_the_patient_of_the_set(feed: Any, judge: Any) -> None:
    start = feed.objects.index('<ExtrinsicObject id="Signature01"')
    signature = feed.objects[start:]
    other = signature.replace("279035121518989^^^", "277076322082910^^^", 1)

    assert judge(feed.change(signature, other)) == [(META, "sourcePatientId de la signature : patientId attendu")]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (("PID-5|PAT-TROIS^DOMINIQUE^^^^^L", "PID-7|19790328", "PID-8|F"), None),
        (("PID-5|AUTRE^DOMINIQUE^^^^^L",), None),
        (("PID-5|QUELQUUN^DOMINIQUE^^^^^L",), "nom différent"),
        (("PID-7|19790329",), "date de naissance"),
        (("PID-8|M",), "sexe"),
    ],
)
def test_the_traits_of_the_entry_are_those_of_the_document(
    feed: Any, judge: Any, values: tuple[str, ...], words: str | None
) -> None:
    written = "".join(f"<Value>{one}</Value>" for one in values)
    slot = f'<Slot name="sourcePatientInfo"><ValueList>{written}</ValueList></Slot>'

    found = judge(feed.change('<Slot name="creationTime">', slot + '<Slot name="creationTime">', 1))

    assert [words in text for _, text in found] == ([] if words is None else [True])


def test_a_replacing_document_says_so_in_its_header(feed: Any, judge: Any) -> None:
    old = "urn:uuid:00000000-0000-4000-8000-000000000001"
    judge.known.statuses[old] = str(Status.APPROVED)
    link = association("r1", "urn:ihe:iti:2007:AssociationType:RPLC", "Document01", old)

    found = judge(feed.change('<Association id="s1"', link + '<Association id="s1"'))

    assert [text for _, text in found] == ["remplacement : relatedDocument RPLC attendu dans le CDA"]


def test_a_document_may_replace_what_was_never_in_the_dmp(feed: Any, judge: Any, cda: bytes) -> None:
    found = judge(feed.with_document("Document01", cda.replace(b"<componentOf>", RELATED + b"<componentOf>")))

    assert found == []


@pytest.mark.parametrize("data", [b"", b"not XML", b"<a/>", b"<ClinicalDocument xmlns='urn:hl7-org:v3'/>"])
def test_a_document_that_is_no_cda_is_refused(feed: Any, judge: Any, data: bytes) -> None:
    found = judge(feed.with_document("Document01", data))

    assert [text.split(" : ")[0] for _, text in found] == ["CDA illisible"]


def test_no_reason_ever_quotes_the_patient(feed: Any, judge: Any, cda: bytes) -> None:
    wrong = feed.change("279035121518989", "199999999999999").change("fr-FR", "PAT-TROIS").change("2026", "DOMINIQUE")
    wrong = wrong.with_document("Document01", cda.replace(b"</title>", b""))

    said = " ".join(f"{code} {text}" for code, text in judge(wrong))

    assert judge(wrong)
    assert not re.search("199999999999999|279035121518989|PAT-TROIS|DOMINIQUE", said)
