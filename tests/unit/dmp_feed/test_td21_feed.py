from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from lxml import etree

from dmp_core.dmp import soap, td21_feed
from dmp_core.errors import DmpDuplicate, MessageInvalid
from dmp_core.model.document import Submission
from dmp_core.testing.clock import ManualClock

RIM = "{urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0}"
XDSB = "{urn:ihe:iti:xds-b:2007}"
RS = "urn:oasis:names:tc:ebxml-regrep:xsd:rs:3.0"
DOCUMENT_PART, SIGNATURE_PART = UUID(int=1), UUID(int=2)


@pytest.fixture
def feed(submission: Submission, clock: ManualClock) -> Callable[..., soap.Message]:
    """The message that feeds the submission, changed in its document as told."""

    def make(settings: td21_feed.FeedSettings | None = None, **changes: object) -> soap.Message:
        document = submission.document.model_copy(update=changes)
        return td21_feed.build(
            submission.model_copy(update={"document": document}),
            signature=b"<signature/>",
            signature_id="2.25.12",
            submitted_at=clock.now(),
            document_part=DOCUMENT_PART,
            signature_part=SIGNATURE_PART,
            settings=settings or td21_feed.FeedSettings(),
        )

    return make


def an(message: soap.Message, entry: str) -> etree._Element:
    return next(e for e in message.body.iter() if e.get("id") == entry)


def slots(element: etree._Element) -> dict[str, list[str]]:
    return {s.get("name"): [v.text for v in s.iter(f"{RIM}Value")] for s in element.iterchildren(f"{RIM}Slot")}


def codes(element: etree._Element) -> list[tuple[str, str, str]]:
    """Scheme (its first 8 digits), code, and coding system of each classification with a code."""
    return [
        (c.get("classificationScheme")[9:17], c.get("nodeRepresentation"), slots(c)["codingScheme"][0])
        for c in element.iterchildren(f"{RIM}Classification")
        if c.get("nodeRepresentation")
    ]


def identifiers(element: etree._Element) -> dict[str, str]:
    found = element.iterchildren(f"{RIM}ExternalIdentifier")
    return {e.find(f"{RIM}Name/{RIM}LocalizedString").get("value"): e.get("value") for e in found}


def associations(message: soap.Message) -> list[tuple[str, str, str]]:
    found = message.body.iter(f"{RIM}Association")
    return [(a.get("associationType").split(":")[-1], a.get("sourceObject"), a.get("targetObject")) for a in found]


def test_the_message_goes_to_the_repository_under_the_action_of_iti_41(feed) -> None:
    message = feed()

    assert (message.transaction, message.service) == ("TD2.1", "repository")
    assert message.action == "urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-b"
    assert message.reply_action == "urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-bResponse"


def test_the_bytes_travel_beside_the_message_untouched(feed, submission) -> None:
    message = feed()

    documents = list(message.body.iterchildren(f"{XDSB}Document"))
    assert [d.get("id") for d in documents] == ["Document01", "Signature01"]
    assert [d[0].get("href") for d in documents] == [f"cid:{part.content_id}" for part in message.attachments]
    assert [part.data for part in message.attachments] == [submission.content, b"<signature/>"]
    assert {part.content_type for part in message.attachments} == {"text/xml"}


def test_the_submission_set_says_who_what_when_and_for_whom(feed, submission) -> None:
    package = an(feed(), "SubmissionSet01")

    nodes = [c.get("classificationNode") for c in package.iter(f"{RIM}Classification")]
    assert slots(package) == {"submissionTime": ["20260115093000"]}
    assert codes(package) == [("aa543740", "SA33", "1.2.250.1.71.4.2.4")]
    assert "urn:uuid:a54d6aa5-d40d-43f9-88c5-b4633d873bdd" in nodes
    assert identifiers(package) == {
        "XDSSubmissionSet.patientId": "279035121518989^^^&1.2.250.1.213.1.4.10&ISO^NH",
        "XDSSubmissionSet.sourceId": "1.2.250.1.999.1",
        "XDSSubmissionSet.uniqueId": "2.25.10",
    }
    assert slots(package.find(f"{RIM}Classification")) == {
        "authorPerson": ["899700000123^LIBRE^MAX^^^^^^&1.2.250.1.71.4.2.1&ISO^D^^^IDNPS"],
        "authorSpecialty": ["G15_21/A^Pharmacien titulaire d'officine^1.2.250.1.213.1.1.4.5"],
        "authorInstitution": ["PHARMACIE DU PONT^^^^^&1.2.250.1.71.4.2.2&ISO^IDNST^^^10B0127189"],
    }


def test_the_document_bears_its_metadata_and_neither_hash_nor_size(feed) -> None:
    entry = an(feed(), "Document01")

    assert entry.get("mimeType") == "text/xml"
    assert slots(entry) == {
        "creationTime": ["20260115093000"],
        "languageCode": ["fr-FR"],
        "legalAuthenticator": ["899700000123^LIBRE^MAX^^^^^^&1.2.250.1.71.4.2.1&ISO^D^^^IDNPS"],
        "serviceStartTime": ["20260115090000"],
        "sourcePatientId": ["279035121518989^^^&1.2.250.1.213.1.4.10&ISO^NH"],
        "sourcePatientInfo": ["PID-5|LIBRE^ANNE^^^^^L", "PID-7|19790301", "PID-8|F"],
    }
    assert codes(entry) == [
        ("41a5887f", "10", "1.2.250.1.213.1.1.4.1"),
        ("f4f85eac", "N", "2.16.840.1.113883.5.25"),
        ("f4f85eac", "INVISIBLE_PATIENT", "1.2.250.1.213.1.1.4.13"),
        ("a09d5840", "urn:ihe:iti:xds-sd:pdf:2008", "1.3.6.1.4.1.19376.1.2.3"),
        ("f33fb8ac", "SA33", "1.2.250.1.71.4.2.4"),
        ("cccf5598", "AMBULATOIRE", "1.2.250.1.213.1.1.4.9"),
        ("f0306f51", "78601-2", "2.16.840.1.113883.6.1"),
    ]
    assert identifiers(entry)["XDSDocumentEntry.uniqueId"] == "2.25.11"


def test_a_title_keeps_its_markup_as_text(feed) -> None:
    message = feed()

    again = etree.fromstring(etree.tostring(message.body))

    titles = [e.get("value") for e in again.iterfind(f".//{RIM}ExtrinsicObject/{RIM}Name/{RIM}LocalizedString")]
    assert titles == ["Entretien <pharmaceutique> & suivi", "Source"]


def test_the_signature_is_a_document_that_only_the_dmp_sees(feed) -> None:
    entry = an(feed(), "Signature01")

    assert slots(entry)["languageCode"] == ["art"]
    assert slots(entry)["sourcePatientId"] == ["279035121518989^^^&1.2.250.1.213.1.4.10&ISO^NH"]
    assert codes(entry) == [
        ("41a5887f", "urn:oid:1.3.6.1.4.1.19376.1.2.1.1.1", "URN"),
        ("f4f85eac", "N", "2.16.840.1.113883.5.25"),
        ("f4f85eac", "MASQUE_PS", "1.2.250.1.213.1.1.4.13"),
        ("f4f85eac", "INVISIBLE_PATIENT", "1.2.250.1.213.1.1.4.13"),
        ("2c6b8cb7", "1.2.840.10065.1.12.1.14", "1.2.840.10065.1.12"),
        ("a09d5840", "http://www.w3.org/2000/09/xmldsig#", "URN"),
        ("f33fb8ac", "SA33", "1.2.250.1.71.4.2.4"),
        ("cccf5598", "AMBULATOIRE", "1.2.250.1.213.1.1.4.9"),
        ("f0306f51", "E1762", "ASTM"),
    ]
    assert identifiers(entry)["XDSDocumentEntry.uniqueId"] == "2.25.12"


def test_a_new_document_has_three_associations(feed) -> None:
    assert associations(feed()) == [
        ("HasMember", "SubmissionSet01", "Document01"),
        ("HasMember", "SubmissionSet01", "Signature01"),
        ("signs", "Signature01", "SubmissionSet01"),
    ]


def test_a_replacement_names_the_entry_that_it_replaces(feed) -> None:
    message = feed(replaces="urn:uuid:c0ffee00-0000-4000-8000-000000000000")

    last = list(message.body.iter(f"{RIM}Association"))[-1]
    assert last.get("associationType") == "urn:ihe:iti:2007:AssociationType:RPLC"
    assert (last.get("sourceObject"), last.get("targetObject")) == (
        "Document01",
        "urn:uuid:c0ffee00-0000-4000-8000-000000000000",
    )


def test_hash_and_size_are_sent_where_the_settings_say_so(feed) -> None:
    entry = an(feed(td21_feed.FeedSettings(send_hash_and_size=True)), "Document01")

    assert slots(entry)["hash"] == ["0" * 40]
    assert slots(entry)["size"] == [str(int(slots(entry)["size"][0]))]


def test_every_id_of_the_message_is_unique(feed) -> None:
    ids = [e.get("id") for e in feed().body.iter() if e.get("id") and not e.tag.startswith(XDSB)]

    assert len(ids) == len(set(ids))


def test_a_control_character_is_refused_without_the_value(feed) -> None:
    with pytest.raises(MessageInvalid) as refusal:
        feed(title="Entretien\x00")

    assert "Entretien" not in str(refusal.value)


def test_a_pharmacy_submits_in_its_own_name(submission, who) -> None:
    made = td21_feed.pharmacy_submission(
        submission.document, submission.content, submission_set_id="2.25.10", source_id="1.2.250.1.999.1", who=who
    )

    assert made == submission


def test_success_gives_the_warnings_and_an_error_its_own_refusal() -> None:
    success = (
        f'<r:RegistryResponse xmlns:r="{RS}" status="urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Success"/>'
    )
    failure = (
        f'<r:RegistryResponse xmlns:r="{RS}" status="urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Failure">'
        '<r:RegistryErrorList><r:RegistryError errorCode="XDSDuplicateUniqueIdInRegistry" codeContext="déjà" '
        'severity="urn:oasis:names:tc:ebxml-regrep:ErrorSeverityType:Error"/></r:RegistryErrorList></r:RegistryResponse>'
    )

    assert td21_feed.read(soap.Answer(etree.fromstring(success))) == ()
    with pytest.raises(DmpDuplicate):
        td21_feed.read(soap.Answer(etree.fromstring(failure)))


@pytest.fixture(scope="module")
def xds_schema(oracle: Path) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(oracle / "schemas" / "ihe" / "XDS.b_DocumentRepository.xsd"))


@pytest.mark.oracle
@pytest.mark.parametrize("replaces", [None, "urn:uuid:c0ffee00-0000-4000-8000-000000000000"])
def test_the_message_is_valid_by_the_schemas_of_ihe(feed, xds_schema, replaces: str | None) -> None:
    """XOP is a way to carry base64 (XOP 1.0, 3): the schema sees the bytes where the message points at them."""
    message = feed(td21_feed.FeedSettings(send_hash_and_size=True), replaces=replaces)
    for document, part in zip(message.body.iterchildren(f"{XDSB}Document"), message.attachments, strict=True):
        document[:] = []
        document.text = b64encode(part.data).decode()

    xds_schema.assertValid(etree.fromstring(etree.tostring(message.body)))
