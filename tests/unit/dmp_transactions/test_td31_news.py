import pytest

from dmp_core.dmp.submission_sets import Association, SubmissionSet
from dmp_core.dmp.td31_news import News, Replacement, StatusChange, members, news
from dmp_core.model.document import Code, RecordEntry
from dmp_core.model.oids import Status

HAS_MEMBER = "urn:oasis:names:tc:ebxml-regrep:AssociationType:HasMember"
RPLC = "urn:ihe:iti:2007:AssociationType:RPLC"
UPDATE = "urn:ihe:iti:2010:AssociationType:UpdateAvailabilityStatus"


def sent(name: str, time: str = "20260115093000") -> SubmissionSet:
    return SubmissionSet(unique_id=name, entry_uuid=name, status=Status.APPROVED, submission_time=time)


def member(package: str, entry: str, previous: str | None = None) -> Association:
    slots = {"PreviousVersion": (previous,)} if previous else {}
    return Association(kind=HAS_MEMBER, source=package, target=entry, slots=slots)


def row(
    uuid: str,
    unique_id: str | None = None,
    lid: str | None = None,
    version: str | None = None,
    status: str = Status.APPROVED,
) -> RecordEntry:
    return RecordEntry(
        unique_id=unique_id or f"1.{uuid}", entry_uuid=uuid, logical_id=lid or uuid, version=version, status=status
    )


def test_a_document_that_came_is_new() -> None:
    assert news([sent("s")], [member("s", "a")], [row("a")]) == News(new=(row("a"),))


def test_nothing_sent_is_nothing_new() -> None:
    assert news([], [], [row("a")]) == News()


def test_a_document_of_another_set_is_no_news() -> None:
    assert news([sent("s")], [member("s", "a"), member("t", "b")], [row("b")]) == News()


@pytest.mark.parametrize("status", [Status.DEPRECATED, Status.DELETED])
def test_what_is_deprecated_or_deleted_is_ignored(status: Status) -> None:
    assert news([sent("s")], [member("s", "a")], [row("a", status=status)]) == News()


def test_an_archived_document_still_lives() -> None:
    archived = row("a", status=Status.ARCHIVED)

    assert news([sent("s")], [member("s", "a")], [archived]).new == (archived,)


def test_a_document_that_replaces_another_says_which() -> None:
    associations = [member("s", "b"), Association(kind=RPLC, source="b", target="a")]

    assert news([sent("s")], associations, [row("b")]) == News(replaced=(Replacement(row("b"), "a"),))


def test_a_replacement_whose_metadata_changed_since_still_replaces() -> None:
    associations = [member("s", "b"), member("t", "b2", "1"), Association(kind=RPLC, source="b", target="a")]
    documents = [row("b", "1.b", status=Status.DEPRECATED), row("b2", "1.b", lid="b")]

    assert news([sent("s"), sent("t")], associations, documents) == News(replaced=(Replacement(documents[1], "a"),))


def test_a_replacement_is_known_by_the_version_in_which_it_came() -> None:
    """A logicalId need not be the first entryUUID."""
    associations = [member("s", "b"), member("t", "b2", "1"), Association(kind=RPLC, source="b", target="a")]
    documents = [row("b", "1.b", lid="l", status=Status.DEPRECATED), row("b2", "1.b", lid="l")]

    assert news([sent("s"), sent("t")], associations, documents) == News(replaced=(Replacement(documents[1], "a"),))


def test_the_signature_of_a_set_is_no_document() -> None:
    code = Code(code="urn:oid:1.3.6.1.4.1.19376.1.2.1.1.1", system="URN")
    signature = row("b").model_copy(update={"class_code": code})

    assert news([sent("s")], [member("s", "a"), member("s", "b")], [row("a"), signature]) == News(new=(row("a"),))


def test_a_new_version_of_an_entry_is_a_change_of_metadata() -> None:
    changed = row("a2", "1.a", lid="a", version="2")

    assert news([sent("s")], [member("s", "a2", "1")], [changed]) == News(changed=(changed,))


def test_the_same_logical_id_as_a_known_row_is_a_change_of_metadata() -> None:
    """Where the registry gives no PreviousVersion back."""
    changed = row("a2", "1.a", lid="a")

    assert news([sent("s")], [member("s", "a2")], [changed], known=[row("a")]) == News(changed=(changed,))


def test_a_document_that_came_and_changed_since_is_new() -> None:
    associations = [member("s", "a"), member("t", "a2", "1")]
    documents = [row("a", "1.a", status=Status.DEPRECATED), row("a2", "1.a", lid="a")]

    assert news([sent("s"), sent("t")], associations, documents) == News(new=(documents[1],))


def test_a_known_row_that_did_not_change_is_no_news() -> None:
    assert news([sent("s")], [member("s", "a")], [row("a")], known=[row("a")]) == News()


def test_the_newest_of_two_living_versions_counts() -> None:
    documents = [row("a9", "1.a", lid="a", version="9"), row("a10", "1.a", lid="a", version="10")]
    associations = [member("s", "a9"), member("s", "a10", "9")]

    assert news([sent("s")], associations, documents).new == (documents[1],)


@pytest.mark.parametrize("version", ["", "x", "٣", "9" * 5000, "1..2"])
def test_a_version_that_is_no_number_is_the_oldest(version: str) -> None:
    documents = [row("a1", "1.a", lid="a", version="1"), row("a2", "1.a", lid="a", version=version)]

    assert news([sent("s")], [member("s", "a1"), member("s", "a2")], documents).new == (documents[0],)


def test_a_unique_id_counts_once() -> None:
    documents = [row("a", "1.2.3"), row("b", "1.2.3")]

    assert news([sent("s")], [member("s", "a"), member("s", "b")], documents).new == (documents[0],)


def test_a_change_of_status_is_told_the_last_one_only() -> None:
    def moved(package: str, status: Status) -> Association:
        return Association(kind=UPDATE, source=package, target="a", slots={"NewStatus": (status,)})

    sets = [sent("late", "20260116"), sent("early", "20260115")]
    associations = [moved("late", Status.DELETED), moved("early", Status.ARCHIVED), moved("other", Status.APPROVED)]

    assert news(sets, associations, []).statuses == (StatusChange("a", Status.DELETED),)


def test_what_to_ask_the_documents_of_is_listed_once() -> None:
    associations = [
        member("s", "a"),
        member("s", "a"),
        member("t", "b"),
        Association(kind=RPLC, source="s", target="c"),
    ]

    assert members([sent("s")], associations) == ("a",)
