"""The questions and answers of TD3.1 that tell what changed in a record."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from pydantic import ValidationError

from dmp_core.dmp import soap, td31_search
from dmp_core.dmp.td31_search import SearchSettings
from dmp_core.errors import AnswerForeign, AnswerUnreadable
from dmp_core.model.document import Code
from dmp_core.model.oids import Status, Xds

SETTINGS = SearchSettings()
HAS_MEMBER = "urn:oasis:names:tc:ebxml-regrep:AssociationType:HasMember"
ENTRY = (
    f"<ExtrinsicObject id='urn:uuid:d1' objectType='{Xds.DOCUMENT_ENTRY}' status='{Status.APPROVED}'>"
    f"<ExternalIdentifier identificationScheme='{Xds.UNIQUE_ID}' value='1.2.3'/></ExtrinsicObject>"
)
SET = f"""<RegistryPackage id='urn:uuid:s1' status='{Status.APPROVED}' lid='urn:uuid:s1'>
 <Slot name='submissionTime'><ValueList><Value>20260115093000</Value></ValueList></Slot>
 <Name><LocalizedString value='Entretien'/></Name><Description><LocalizedString value='remarque'/></Description>
 <Classification classificationScheme='{Xds.SUBMISSION_SET_AUTHOR}' nodeRepresentation=''>
  <Slot name='authorPerson'><ValueList><Value>8^LIBRE^MAX</Value></ValueList></Slot>
  <Slot name='authorInstitution'><ValueList><Value>PHARMACIE</Value></ValueList></Slot></Classification>
 <Classification classificationScheme='{Xds.SUBMISSION_SET_CONTENT_TYPE}' nodeRepresentation='SA33'>
  <Slot name='codingScheme'><ValueList><Value>1.2.250.1.71.4.2.4</Value></ValueList></Slot>
  <Name><LocalizedString value='Pharmacie'/></Name></Classification>
 <Classification classificationNode='{Xds.SUBMISSION_SET}'/>
 <ExternalIdentifier identificationScheme='{Xds.SUBMISSION_SET_PATIENT_ID}' value='2^^^&amp;1.2&amp;ISO^NH'/>
 <ExternalIdentifier identificationScheme='{Xds.SUBMISSION_SET_SOURCE_ID}' value='1.2.9'/>
 <ExternalIdentifier identificationScheme='{Xds.SUBMISSION_SET_UNIQUE_ID}' value='2.25.10'/></RegistryPackage>"""
ASSOCIATION = f"""<Association id='urn:uuid:a1' associationType='{HAS_MEMBER}' sourceObject='urn:uuid:s1'
 targetObject='urn:uuid:d1'><Slot name='SubmissionSetStatus'><ValueList><Value>Original</Value></ValueList></Slot>
 <Slot name='PreviousVersion'><ValueList><Value>1</Value></ValueList></Slot></Association>"""


def slots(message: soap.Message) -> dict[str, list[str | None]]:
    return {slot.get("name", ""): [value.text for value in slot[0]] for slot in message.body.iter("{*}Slot")}


def query(message: soap.Message) -> tuple[str | None, str | None]:
    return message.body[1].get("id"), message.body[0].get("returnType")


def test_submission_sets_are_asked_for_since_a_time_in_utc(ins) -> None:
    since = datetime(2026, 1, 15, 1, 30, tzinfo=timezone(timedelta(hours=2)))

    message = td31_search.find_submission_sets(submitted_from=since, ins=ins)

    assert slots(message) == {
        "$XDSSubmissionSetPatientId": ["'279035121518989^^^&1.2.250.1.213.1.4.10&ISO^NH'"],
        "$XDSSubmissionSetSubmissionTimeFrom": ["20260114233000"],
        "$XDSSubmissionSetStatus": [f"('{Status.APPROVED}')"],
    }
    assert query(message) == (Xds.FIND_SUBMISSION_SETS, "LeafClass")
    assert (message.transaction, message.service) == ("TD3.1", "registry")


def test_the_patient_may_be_left_to_the_vihf_and_the_end_be_set() -> None:
    day = datetime(2026, 1, 15, tzinfo=UTC)

    message = td31_search.find_submission_sets(submitted_from=day, submitted_to=day, statuses=())

    assert slots(message).keys() == {"$XDSSubmissionSetSubmissionTimeFrom", "$XDSSubmissionSetSubmissionTimeTo"}


@pytest.mark.parametrize(
    ("ask", "query_id", "slot"),
    [
        (td31_search.get_associations, Xds.GET_ASSOCIATIONS, "$uuid"),
        (
            td31_search.get_documents_and_associations,
            Xds.GET_DOCUMENTS_AND_ASSOCIATIONS,
            "$XDSDocumentEntryEntryUUID",
        ),
        (td31_search.get_documents_by_uuid, Xds.GET_DOCUMENTS, "$XDSDocumentEntryEntryUUID"),
    ],
)
def test_objects_are_asked_for_in_batches(ask, query_id: Xds, slot: str) -> None:
    uuids = [f"urn:uuid:{rank}" for rank in range(41)]

    messages = ask(uuids, SETTINGS)

    lists = ["".join(value or "" for value in slots(message)[slot]).count("urn:uuid:") for message in messages]
    assert lists == [20, 20, 1]
    assert {query(message) for message in messages} == {(query_id, "LeafClass")}
    assert ask([], SETTINGS) == ()
    assert len(ask(uuids, SearchSettings(batch=41))) == 1


def test_a_batch_holds_one_object_at_least() -> None:
    with pytest.raises(ValidationError):
        SearchSettings(batch=0)


def test_a_submission_set_is_read_whole(query_answer) -> None:
    (found,) = td31_search.read_submission_sets(query_answer(SET, total=1))

    assert found.model_dump() == {
        "unique_id": "2.25.10",
        "entry_uuid": "urn:uuid:s1",
        "status": Status.APPROVED,
        "submission_time": "20260115093000",
        "authors": ({"person": "8^LIBRE^MAX", "specialty": (), "institution": ("PHARMACIE",), "role": ()},),
        "content_type": {"code": "SA33", "system": "1.2.250.1.71.4.2.4", "label": "Pharmacie"},
        "title": "Entretien",
        "comments": "remarque",
        "patient_id": "2^^^&1.2&ISO^NH",
        "source_id": "1.2.9",
    }
    assert found.content_type == Code(code="SA33", system="1.2.250.1.71.4.2.4", label="Pharmacie")


def test_an_association_is_read_with_its_slots(query_answer) -> None:
    (found,) = td31_search.read_associations(query_answer(ASSOCIATION))

    assert (found.kind, found.source, found.target) == (HAS_MEMBER, "urn:uuid:s1", "urn:uuid:d1")
    assert found.slots == {"SubmissionSetStatus": ("Original",), "PreviousVersion": ("1",)}
    assert (found.slot("PreviousVersion"), found.slot("NewStatus")) == ("1", None)


def test_documents_and_associations_come_in_one_answer(query_answer) -> None:
    both = query_answer(ENTRY, ASSOCIATION, total=2)

    assert [row.unique_id for row in td31_search.read(both)] == ["1.2.3"]
    assert [each.target for each in td31_search.read_associations(both)] == ["urn:uuid:d1"]


@pytest.mark.parametrize("total", [0, 1, 2, None, "", "-1", "deux", "9" * 40])
def test_as_many_objects_as_announced_or_more_are_read(query_answer, total: int | str | None) -> None:
    assert len(list(td31_search.read(query_answer(ENTRY, ENTRY, total=total)))) == 2


@pytest.mark.parametrize(
    "read", [td31_search.read, td31_search.read_references, td31_search.read_associations]
)  # fmt: skip
def test_fewer_objects_than_announced_are_refused_before_the_first_row(query_answer, read) -> None:
    with pytest.raises(AnswerUnreadable, match="1 objects came, 21 announced"):
        read(query_answer(ENTRY, total=21))


def test_fewer_objects_than_announced_are_given_where_the_caller_says_so(query_answer) -> None:
    assert len(list(td31_search.read(query_answer(ENTRY, total=21), require_all=False))) == 1


@pytest.mark.parametrize(
    ("bad", "match"),
    [
        (SET.replace(" id='urn:uuid:s1'", ""), "submission set 2: entry_uuid"),
        (SET.replace("'2.25.10'", "''"), "submission set 2: unique_id"),
        (SET.replace(" status=", " state="), "submission set 2: status"),
        (SET.replace("PHARMACIE", "PHARM<!-- -->ACIE"), "submission set 2: markup"),
    ],
)
def test_an_unusable_submission_set_is_named_by_rank(query_answer, bad: str, match: str) -> None:
    with pytest.raises(AnswerUnreadable, match=match):
        td31_search.read_submission_sets(query_answer(SET, bad))


@pytest.mark.parametrize("attribute", ["associationType", "sourceObject", "targetObject"])
def test_an_unusable_association_is_named_by_rank(query_answer, attribute: str) -> None:
    with pytest.raises(AnswerUnreadable, match="association 2"):
        td31_search.read_associations(query_answer(ASSOCIATION, ASSOCIATION.replace(attribute, "other")))


def test_another_response_is_foreign(answer) -> None:
    other = answer(
        "<RegistryResponse xmlns='urn:oasis:names:tc:ebxml-regrep:xsd:rs:3.0' "
        "status='urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Success'/>"
    )

    with pytest.raises(AnswerForeign):
        td31_search.read_submission_sets(other)
    with pytest.raises(AnswerForeign):
        td31_search.read_associations(other)
