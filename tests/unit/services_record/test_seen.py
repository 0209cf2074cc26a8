"""What stays of a visit: identifiers, a time, and whose they are."""

from datetime import UTC, date, datetime, timedelta

import pytest

from dmp_core.model.document import RecordEntry
from dmp_core.model.identity import Ins
from dmp_core.model.oids import InsOid
from dmp_core.services.record.seen import KIND, Seen, Visits

AT = datetime(2026, 1, 15, 9, 30, tzinfo=UTC)
INS = Ins(value="279035121518989", oid=InsOid.NIR_TEST)
OTHER = Ins(value="181067511004222", oid=InsOid.NIR_TEST)


class File:
    """A patients' file in memory."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str, str], bytes] = {}

    def read(self, structure: str, host_id: str, kind: str) -> bytes | None:
        return self.kept.get((structure, host_id, kind))

    def write(self, structure: str, host_id: str, kind: str, value: bytes, *, now: datetime) -> None:
        self.kept[structure, host_id, kind] = value

    def forget(self, structure: str, host_id: str) -> None:
        raise NotImplementedError

    def purge(self, before: datetime, *, kind: str) -> int:
        raise NotImplementedError

    def close(self) -> None: ...


def entry(number: int, version: int = 1, **fields: object) -> RecordEntry:
    values = {
        "unique_id": f"1.2.{number}",
        "entry_uuid": f"urn:uuid:{number}-{version}",
        "logical_id": f"urn:uuid:{number}",
        "status": "approved",
        "title": "Sérologie",
    }
    return RecordEntry.model_validate(values | fields)


def first(*listed: RecordEntry, since: date | None = None) -> Seen:
    return Seen.first(INS, AT, listed, since=since)


def test_a_document_is_known_by_its_logicalid_or_its_uniqueid_in_every_version() -> None:
    seen = first(entry(1))

    assert seen.knows(entry(1, version=2))
    assert seen.knows(entry(9, unique_id="1.2.1"))
    assert not seen.knows(entry(2))
    assert (seen.has_version(entry(1)), seen.has_version(entry(1, version=2))) == (True, False)


def test_a_later_list_adds_documents_and_puts_newer_versions_in_their_place() -> None:
    later = first(entry(1), entry(2)).after(AT + timedelta(days=1), [entry(2, version=2), entry(3)], since=None)

    assert {one.entry_uuid for one in later.documents} == {"urn:uuid:1-1", "urn:uuid:2-2", "urn:uuid:3-1"}
    assert later.asked_at == AT + timedelta(days=1)
    assert later.knows(entry(3))


def test_what_is_gone_is_no_news_when_it_comes_back() -> None:
    before = first(entry(1), entry(2))

    gone = before.after(AT, [], since=None, gone=["urn:uuid:1-1"])
    back = gone.after(AT, [entry(1)], since=None)

    assert [one.shows("urn:uuid:1-1") for one in (before, gone, back)] == [True, False, True]
    assert gone.knows(entry(1))
    assert gone.shows("urn:uuid:2-1")


@pytest.mark.parametrize(
    ("since", "day", "covered"),
    [
        (None, "19990101", True),
        (None, None, True),
        (date(2024, 1, 15), "20240115120000", True),
        (date(2024, 1, 15), "20240114235959", False),
        (date(2024, 1, 15), None, False),
    ],
)
def test_a_document_would_have_been_listed_from_the_day_on(since: date | None, day: str | None, covered: bool) -> None:
    assert first(since=since).covers(day) is covered


def test_the_days_covered_only_grow() -> None:
    two_years = first(since=date(2024, 1, 15))

    assert two_years.after(AT, [], since=date(2025, 1, 1)).since == date(2024, 1, 15)
    assert two_years.after(AT, [], since=None).since is None


def test_a_visit_is_kept_per_pharmacy_and_patient() -> None:
    visits = Visits(File())
    visits.keep("1990000001", "dossier-1", first(entry(1)))

    assert visits.last("1990000001", "dossier-1", INS) == first(entry(1))
    assert visits.last("1990000002", "dossier-1", INS) is None
    assert visits.last("1990000001", "dossier-2", INS) is None


def test_another_ins_under_the_same_reference_is_another_patient() -> None:
    visits = Visits(File())
    visits.keep("1990000001", "dossier-1", first(entry(1)))

    assert visits.last("1990000001", "dossier-1", OTHER) is None


def test_a_visit_that_cannot_be_read_is_a_first_visit() -> None:
    file = File()
    file.write("1990000001", "dossier-1", KIND, b'{"cx": 1}', now=AT)

    assert Visits(file).last("1990000001", "dossier-1", INS) is None


def test_nothing_but_identifiers_is_kept() -> None:
    file = File()
    Visits(file).keep("1990000001", "dossier-1", first(entry(1)))

    [kept] = file.kept.values()
    assert "Sérologie".encode() not in kept
    assert b"1.2.1" in kept
