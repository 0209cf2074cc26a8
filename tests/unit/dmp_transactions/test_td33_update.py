from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from lxml import etree

from dmp_core.dmp import soap, td33_update
from dmp_core.dmp.td33_update import Target
from dmp_core.errors import (
    AnswerUnreadable,
    DmpAccessDenied,
    DmpMetadataRefused,
    MessageInvalid,
    NotFound,
    NothingChanged,
    WrongState,
)
from dmp_core.model.document import Visibility
from dmp_core.model.oids import Status, Xds

RIM = "{urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0}"
AT = datetime(2026, 1, 15, 9, 30, tzinfo=UTC)
MASKED = Visibility(masked_to_professionals=True)
CONFIDENTIALITY = str(Xds.CONFIDENTIALITY_CODE)


def code(scheme: str, value: str, system: str = "1.2.250.1.213.1.1.4.13", rank: int = 1) -> str:
    return (
        f"<Classification id='urn:uuid:c{rank}' lid='urn:uuid:c{rank}' home='' classificationScheme='{scheme}' "
        f"classifiedObject='urn:uuid:e1' nodeRepresentation='{value}'><Slot name='codingScheme'><ValueList>"
        f"<Value>{system}</Value></ValueList></Slot><Name><LocalizedString value='l'/></Name>"
        "<VersionInfo versionName='1'/></Classification>"
    )


N = code(CONFIDENTIALITY, "N", "2.16.840.1.113883.5.25")


def entry(*confidentiality: str, version: str = "<VersionInfo versionName='3'/>", status: str = Status.APPROVED) -> str:
    return f"""<ExtrinsicObject id='urn:uuid:e1' lid='urn:uuid:l1' home='' isOpaque='false' mimeType='text/xml'
 objectType='{Xds.DOCUMENT_ENTRY}' status='{status}'><!-- c -->
 <Slot name='hash'><ValueList><Value>ab</Value></ValueList></Slot>
 <Slot name='urn:other:slot'><ValueList><Value>garder</Value></ValueList></Slot>
 <Name><LocalizedString xml:lang='FR' charset='UTF8' value='Titre'/></Name>{version}
 {code(Xds.CLASS_CODE, "10", rank=7)}{"".join(confidentiality)}{code(Xds.TYPE_CODE, "78601-2", rank=8)}
 <ExternalIdentifier id='urn:uuid:i1' lid='urn:uuid:i1' registryObject='urn:uuid:e1' value='1.2.3'
  identificationScheme='{Xds.UNIQUE_ID}'><Name><LocalizedString value='XDSDocumentEntry.uniqueId'/></Name>
 </ExternalIdentifier></ExtrinsicObject>"""


@pytest.fixture
def target(query_answer: Callable[..., soap.Answer]) -> Callable[..., Target]:
    """A document as the registry gives it, with those confidentiality codes."""

    def make(*confidentiality: str, **changes: str) -> Target:
        return td33_update.target(query_answer(entry(*(confidentiality or (N,)), **changes)), "1.2.3")

    return make


def slots(element: etree._Element) -> dict[str, str | None]:
    return {slot.get("name"): slot.findtext(f".//{RIM}Value") for slot in element.iterchildren(f"{RIM}Slot")}


def confidentiality(message: soap.Message) -> list[tuple[str, str | None]]:
    return [
        (each.get("nodeRepresentation"), slots(each)["codingScheme"])
        for each in message.body.iterfind(f".//{RIM}ExtrinsicObject/{RIM}Classification")
        if each.get("classificationScheme") == CONFIDENTIALITY
    ]


@pytest.mark.parametrize(
    ("present", "wanted", "transaction"),
    [
        (Status.APPROVED, Status.ARCHIVED, "TD3.3d"),
        (Status.ARCHIVED, Status.APPROVED, "TD3.3d"),
        (Status.APPROVED, Status.DELETED, "TD3.3c"),
        (Status.ARCHIVED, Status.DELETED, "TD3.3c"),
    ],
)
def test_a_status_changes_by_an_association_to_the_entry(
    target, new_set, present: Status, wanted: Status, transaction: str
) -> None:
    row = target(status=present).entry

    message = td33_update.change_status(row, wanted, new_set, submitted_at=AT)

    (association,) = message.body.iter(f"{RIM}Association")
    assert message.transaction == transaction
    assert association.get("associationType") == "urn:ihe:iti:2010:AssociationType:UpdateAvailabilityStatus"
    assert (association.get("sourceObject"), association.get("targetObject")) == ("SubmissionSet01", "urn:uuid:e1")
    assert slots(association) == {"OriginalStatus": str(present), "NewStatus": str(wanted)}
    assert not list(message.body.iter(f"{RIM}ExtrinsicObject"))


@pytest.mark.parametrize(
    ("present", "wanted"),
    [
        (Status.APPROVED, Status.APPROVED),
        (Status.APPROVED, Status.DEPRECATED),
        (Status.DEPRECATED, Status.DELETED),
        (Status.DELETED, Status.APPROVED),
    ],
)
def test_other_changes_of_status_are_refused(target, new_set, present: Status, wanted: Status) -> None:
    row = target().entry.model_copy(update={"status": present})

    with pytest.raises(WrongState):
        td33_update.change_status(row, wanted, new_set, submitted_at=AT)


def test_the_set_says_who_changes_what_when_in_whose_record(target, new_set) -> None:
    message = td33_update.change_status(target().entry, Status.DELETED, new_set, submitted_at=AT)

    package = next(message.body.iter(f"{RIM}RegistryPackage"))
    identifiers = {
        each.get("identificationScheme"): each.get("value") for each in package.iter(f"{RIM}ExternalIdentifier")
    }
    content_type = next(each for each in package if each.get("classificationScheme") == Xds.SUBMISSION_SET_CONTENT_TYPE)
    assert slots(package) == {"submissionTime": "20260115093000"}
    assert identifiers == {
        Xds.SUBMISSION_SET_PATIENT_ID: "279035121518989^^^&1.2.250.1.213.1.4.10&ISO^NH",
        Xds.SUBMISSION_SET_SOURCE_ID: "1.2.250.1.999.1",
        Xds.SUBMISSION_SET_UNIQUE_ID: "2.25.10",
    }
    assert (content_type.get("nodeRepresentation"), slots(content_type)["codingScheme"]) == (
        "SA33",
        "1.2.250.1.71.4.2.4",
    )
    assert "899700000123^LIBRE^MAX" in str(etree.tostring(package))
    assert (message.service, message.attachments) == ("registry", ())
    assert message.action == "urn:ihe:iti:2010:UpdateDocumentSet"
    assert message.reply_action == "urn:ihe:iti:2010:UpdateDocumentSet-Response"


def test_a_mask_is_a_new_version_of_the_whole_entry(target, new_set) -> None:
    message = td33_update.change_visibility(target(), MASKED, new_set, submitted_at=AT)

    objects = message.body[0]
    package, association, document = objects
    assert message.transaction == "TD3.3a"
    assert package.get("id") == "SubmissionSet01"
    assert association.get("associationType") == "urn:oasis:names:tc:ebxml-regrep:AssociationType:HasMember"
    assert (association.get("sourceObject"), association.get("targetObject")) == ("SubmissionSet01", "Document01")
    assert slots(association) == {"SubmissionSetStatus": "Original", "PreviousVersion": "3"}
    assert dict(document.attrib) == {
        "id": "Document01",
        "lid": "urn:uuid:l1",
        "isOpaque": "false",
        "mimeType": "text/xml",
        "objectType": str(Xds.DOCUMENT_ENTRY),
    }
    assert confidentiality(message) == [("N", "2.16.840.1.113883.5.25"), ("MASQUE_PS", "1.2.250.1.213.1.1.4.13")]


def test_the_rest_of_the_entry_goes_back_as_it_came(target, new_set) -> None:
    message = td33_update.change_visibility(target(), MASKED, new_set, submitted_at=AT)

    document = message.body[0][2]
    kinds = [(etree.QName(child).localname, child.get("nodeRepresentation")) for child in document]
    assert slots(document) == {"hash": "ab", "urn:other:slot": "garder"}
    assert kinds == [
        ("Slot", None),
        ("Slot", None),
        ("Name", None),
        ("Classification", "10"),
        ("Classification", "N"),
        ("Classification", "MASQUE_PS"),
        ("Classification", "78601-2"),
        ("ExternalIdentifier", None),
    ]
    assert document.find(f"{RIM}Name/{RIM}LocalizedString").get("value") == "Titre"


def test_the_parts_of_the_entry_are_named_anew(target, new_set) -> None:
    message = td33_update.change_visibility(target(), MASKED, new_set, submitted_at=AT)

    parts = [
        each for each in message.body[0][2] if etree.QName(each).localname in ("Classification", "ExternalIdentifier")
    ]
    owners = {each.get("classifiedObject") or each.get("registryObject") for each in parts}
    ids = [each.get("id") for each in message.body.iter() if each.get("id")]
    assert owners == {"Document01"}
    assert len(set(ids)) == len(ids)
    assert not [each for each in parts if each.get("lid") or each.get("home") is not None]
    assert not list(message.body.iter(f"{RIM}VersionInfo"))


@pytest.mark.parametrize(
    ("present", "wanted", "transaction", "codes"),
    [
        (("N", "MASQUE_PS"), Visibility(), "TD3.3a", ["N"]),
        (("N",), MASKED, "TD3.3a", ["N", "MASQUE_PS"]),
        (("N", "INVISIBLE_PATIENT"), Visibility(), "TD3.3b", ["N"]),
        (
            ("N", "INVISIBLE_PATIENT", "INVISIBLE_REPRESENTANTS_LEGAUX"),
            Visibility(hidden_from_representatives=True),
            "TD3.3b",
            ["N", "INVISIBLE_REPRESENTANTS_LEGAUX"],
        ),
        (("N", "MASQUE_PS", "INVISIBLE_PATIENT"), MASKED, "TD3.3b", ["N", "MASQUE_PS"]),
        (("MASQUE_PS", "AUTRE", "R"), Visibility(), "TD3.3a", ["N", "AUTRE", "R"]),
    ],
)
def test_a_change_of_visibility_has_its_transaction_and_keeps_foreign_codes(
    target, new_set, present: tuple[str, ...], wanted: Visibility, transaction: str, codes: list[str]
) -> None:
    document = target(*(code(CONFIDENTIALITY, each, rank=rank) for rank, each in enumerate(present, 10)))

    message = td33_update.change_visibility(document, wanted, new_set, submitted_at=AT)

    assert message.transaction == transaction
    assert [each for each, _ in confidentiality(message)] == codes


def test_codes_go_before_the_identifiers_where_the_entry_has_none(query_answer, new_set) -> None:
    document = td33_update.target(query_answer(entry()), "1.2.3")

    message = td33_update.change_visibility(document, MASKED, new_set, submitted_at=AT)

    last = [etree.QName(child).localname for child in message.body[0][2]][-3:]
    assert last == ["Classification", "Classification", "ExternalIdentifier"]
    assert [each for each, _ in confidentiality(message)] == ["N", "MASQUE_PS"]


def test_the_visibility_that_is_there_already_is_no_change(target, new_set) -> None:
    with pytest.raises(NothingChanged):
        td33_update.change_visibility(target(), Visibility(), new_set, submitted_at=AT)


def test_mask_and_visibility_are_two_transactions(target, new_set) -> None:
    with pytest.raises(MessageInvalid):
        wanted = Visibility(masked_to_professionals=True, hidden_from_patient=True)
        td33_update.change_visibility(target(), wanted, new_set, submitted_at=AT)


@pytest.mark.parametrize("without", ["version", "lid"])
def test_an_entry_without_version_or_logical_id_cannot_be_updated(query_answer, new_set, without: str) -> None:
    text = entry(N, version="") if without == "version" else entry(N).replace("lid='urn:uuid:l1'", "")
    document = td33_update.target(query_answer(text), "1.2.3")

    with pytest.raises(AnswerUnreadable):
        td33_update.change_visibility(document, MASKED, new_set, submitted_at=AT)


def test_a_control_character_is_refused_without_the_value(target, new_set) -> None:
    with pytest.raises(MessageInvalid) as caught:
        td33_update.change_status(
            target().entry, Status.DELETED, new_set.model_copy(update={"title": "Titre\x00"}), submitted_at=AT
        )

    assert "Titre" not in str(caught.value)


def test_the_living_version_is_the_target(query_answer) -> None:
    old = entry(N, status=Status.DEPRECATED).replace("urn:uuid:e1", "urn:uuid:e0")
    other = entry(N).replace("value='1.2.3'", "value='9.9'")
    newer = entry(N).replace("versionName='3'", "versionName='12'").replace("urn:uuid:e1", "urn:uuid:e2")

    found = td33_update.target(query_answer(old, other, entry(N), newer), "1.2.3")

    assert (found.entry.entry_uuid, found.entry.version) == ("urn:uuid:e2", "12")
    assert b"urn:uuid:e2" in found.element
    assert "Titre" not in repr(found)


@pytest.mark.parametrize("status", [Status.DEPRECATED, Status.DELETED])
def test_what_no_longer_lives_is_no_target(query_answer, status: Status) -> None:
    with pytest.raises(NotFound):
        td33_update.target(query_answer(entry(N, status=status)), "1.2.3")
    with pytest.raises(NotFound):
        td33_update.target(query_answer(), "1.2.3")


@pytest.mark.parametrize(
    ("error_code", "error"),
    [("DMPAccessDeniedByRightsService", DmpAccessDenied), ("XDSMetadataVersionError", DmpMetadataRefused)],
)
def test_a_refused_change_is_a_refusal(answer, error_code: str, error: type[Exception]) -> None:
    response = (
        "<r:RegistryResponse xmlns:r='urn:oasis:names:tc:ebxml-regrep:xsd:rs:3.0' "
        "status='urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:%s'>%s</r:RegistryResponse>"
    )
    errors = f"<r:RegistryErrorList><r:RegistryError errorCode='{error_code}' codeContext='non'/></r:RegistryErrorList>"

    assert td33_update.read(answer(response % ("Success", ""))) == ()
    with pytest.raises(error):
        td33_update.read(answer(response % ("Failure", errors)))
