"""The audit: on disk at once, identifiers only, and any change to it found."""

import os
import re
import shutil
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import apsw
import pytest

from dmp_core.audit.chain import FACTS, ChainedAudit
from dmp_core.errors import AuditBroken, AuditError, AuditUnavailable
from dmp_core.ports import AuditBreak
from dmp_core.testing.clock import ManualClock


class OneSecret:
    def secret(self, name: str) -> bytes:
        return name.encode().ljust(32)


class OtherSecret:
    def secret(self, name: str) -> bytes:
        return bytes(32)


OpenAudit = Callable[[], ChainedAudit]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "audit" / "audit.db"


@pytest.fixture
def witness(tmp_path: Path) -> Path:
    return tmp_path / "audit.head"


@pytest.fixture
def open_audit(path: Path, witness: Path, clock: ManualClock) -> Iterator[OpenAudit]:
    opened: list[ChainedAudit] = []

    def make() -> ChainedAudit:
        opened.append(ChainedAudit(path, OneSecret(), clock, witness=witness))
        return opened[-1]

    yield make
    for audit in opened:
        audit.close()


@pytest.fixture
def ten(open_audit: OpenAudit, path: Path) -> Path:
    """A closed audit of ten records."""
    audit = open_audit()
    for number in range(10):
        audit.record("feed.sent", item=f"item-{number}", result="ok")
    audit.close()
    return path


def tamper(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as db, db:
        db.executescript(statement)


def test_what_was_recorded_is_there_after_reopening(open_audit: OpenAudit, clock: ManualClock) -> None:
    first = open_audit()
    first.record("consult.opened", author="810000000001", operator="op-1", count=3, patient=None)
    first.close()

    records = list(open_audit().records())

    assert records == [
        {
            "number": 1,
            "at": clock.now().isoformat(),
            "action": "consult.opened",
            "author": "810000000001",
            "operator": "op-1",
            "count": 3,
        }
    ]


def test_a_whole_audit_verifies_also_when_it_goes_on(ten: Path, open_audit: OpenAudit) -> None:
    audit = open_audit()
    audit.record("feed.sent", item="item-10")

    assert audit.verify() is None
    assert [record["number"] for record in audit.records()] == list(range(1, 12))


def test_an_empty_audit_is_whole(open_audit: OpenAudit) -> None:
    audit = open_audit()

    assert (audit.verify(), list(audit.records())) == (None, [])


@pytest.mark.parametrize("name", ["name", "ins", "birth_name", "title", "dmp_text"])
def test_a_fact_outside_the_list_is_our_mistake(open_audit: OpenAudit, name: str) -> None:
    audit = open_audit()

    with pytest.raises(ValueError, match=name):
        audit.record("feed.sent", **{name: "x"})

    assert list(audit.records()) == []


@pytest.mark.parametrize("text", ["Mme Durand", "é", "a" * 201, "a\nb"])
def test_a_text_that_is_no_identifier_is_kept_as_a_digest(open_audit: OpenAudit, text: str) -> None:
    audit = open_audit()

    audit.record("feed.sent", operator=text)
    audit.record("feed.sent", operator=text)
    audit.record("feed.sent", operator="op 2")

    told = [record["operator"] for record in audit.records()]
    assert told[0] == told[1] != told[2]
    assert all(re.fullmatch(r"hmac:[0-9a-f]{32}", value) for value in told)
    assert audit.verify() is None


def test_no_fact_is_named_after_a_person() -> None:
    assert not {name for name in FACTS if "name" in name or name == "ins" or "birth" in name or "title" in name}


EDITS = {
    "edit": ("UPDATE entry SET line = replace(line, 'item-4', 'item-X') WHERE number = 5", AuditBreak(5, "entry")),
    "edit of a seal": ("UPDATE entry SET seal = zeroblob(32) WHERE number = 5", AuditBreak(5, "entry")),
    "deletion": ("DELETE FROM entry WHERE number = 5", AuditBreak(5, "order")),
    "deletion of the first": ("DELETE FROM entry WHERE number = 1", AuditBreak(1, "order")),
    "deletion, renumbered": (
        "DELETE FROM entry WHERE number = 5; UPDATE entry SET number = number - 100 WHERE number > 5;"
        "UPDATE entry SET number = number + 99 WHERE number < 0",
        AuditBreak(5, "entry"),
    ),
    "reordering": (
        "UPDATE entry SET number = 99 WHERE number = 5; UPDATE entry SET number = 5 WHERE number = 6;"
        "UPDATE entry SET number = 6 WHERE number = 99",
        AuditBreak(5, "entry"),
    ),
    "addition": ("INSERT INTO entry SELECT 11, line, seal FROM entry WHERE number = 10", AuditBreak(11, "entry")),
    "truncation": ("DELETE FROM entry WHERE number > 7", AuditBreak(8, "end")),
    "truncation to nothing": ("DELETE FROM entry", AuditBreak(1, "end")),
    "loss of the head": ("DELETE FROM head", AuditBreak(10, "end")),
    "another head": ("UPDATE head SET line = cast(replace(line, '10 ', '9 ') AS BLOB)", AuditBreak(10, "end")),
}


@pytest.mark.parametrize(("statement", "expected"), EDITS.values(), ids=EDITS)
def test_row_103_any_change_is_found_where_it_was_made(
    ten: Path, open_audit: OpenAudit, statement: str, expected: AuditBreak
) -> None:
    audit = open_audit()
    tamper(ten, statement)

    assert audit.verify() == expected


@pytest.mark.parametrize("name", ["truncation", "truncation to nothing", "loss of the head", "another head"])
def test_a_cut_end_is_found_at_opening(ten: Path, open_audit: OpenAudit, name: str) -> None:
    tamper(ten, EDITS[name][0])

    with pytest.raises(AuditBroken):
        open_audit()


def test_row_103_an_older_copy_is_found_at_opening(ten: Path, open_audit: OpenAudit, tmp_path: Path) -> None:
    shutil.copy(ten, tmp_path / "older")
    audit = open_audit()
    audit.record("feed.sent", item="item-10")
    audit.close()
    (tmp_path / "older").replace(ten)

    with pytest.raises(AuditBroken, match="witness"):
        open_audit()


def test_a_record_of_another_branch_does_not_fit(
    ten: Path, open_audit: OpenAudit, witness: Path, tmp_path: Path
) -> None:
    (tmp_path / "branch").mkdir()
    for file in (ten, witness):
        shutil.copy(file, tmp_path / "branch")
    audit = open_audit()
    audit.record("feed.refused", item="item-10")
    audit.record("feed.sent", item="item-11")
    shutil.copy(tmp_path / "branch" / witness.name, witness)
    other = ChainedAudit(tmp_path / "branch" / ten.name, OneSecret(), ManualClock(), witness=witness)
    other.record("feed.sent", item="item-10")
    other.close()

    tamper(
        ten,
        f"ATTACH '{tmp_path / 'branch' / ten.name}' AS branch; DELETE FROM main.entry WHERE number = 11;"
        "INSERT INTO main.entry SELECT * FROM branch.entry WHERE number = 11",
    )

    assert audit.verify() == AuditBreak(12, "entry")


def test_a_missing_audit_or_witness_is_found_at_opening(ten: Path, open_audit: OpenAudit, witness: Path) -> None:
    kept = ten.read_bytes()
    ten.unlink()
    with pytest.raises(AuditBroken):
        open_audit()

    ten.write_bytes(kept)
    witness.unlink()
    with pytest.raises(AuditBroken, match="witness"):
        open_audit()


def test_another_key_does_not_go_on_with_the_chain(ten: Path, witness: Path, clock: ManualClock) -> None:
    with pytest.raises(AuditBroken):
        ChainedAudit(ten, OtherSecret(), clock, witness=witness)


def test_a_crash_before_the_witness_wrote_is_no_break(ten: Path, open_audit: OpenAudit, witness: Path) -> None:
    lagging = witness.read_bytes()
    audit = open_audit()
    audit.record("feed.sent", item="item-10")
    audit.close()
    witness.write_bytes(lagging)

    audit = open_audit()

    assert audit.verify() is None


def test_a_crash_during_the_very_first_opening_is_no_break(open_audit: OpenAudit, witness: Path) -> None:
    open_audit().close()
    witness.unlink()

    assert open_audit().verify() is None


def test_every_flipped_bit_is_found_or_means_nothing(ten: Path, open_audit: OpenAudit, tmp_path: Path) -> None:
    audit = open_audit()
    expected = list(audit.records())
    audit.close()
    whole = ten.read_bytes()
    for bit in range(5, len(whole) * 8, len(whole) * 8 // 150):
        flipped = bytearray(whole)
        flipped[bit // 8] ^= 1 << bit % 8
        ten.write_bytes(flipped)
        try:
            with closing(open_audit()) as audit:
                assert audit.verify() is not None or list(audit.records()) == expected
        except AuditError:
            continue


@pytest.mark.parametrize("content", [b"no database" * 500, b"SQLite format 3\x00" + b"\x00" * 5000])
def test_a_file_that_is_no_database_is_broken(path: Path, open_audit: OpenAudit, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)

    with pytest.raises(AuditBroken):
        open_audit()


def test_a_full_disk_refuses_the_record_and_keeps_the_chain(
    open_audit: OpenAudit, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit = lambda db: db.pragma("max_page_count", 12)  # noqa: E731
    monkeypatch.setattr(apsw, "connection_hooks", [*apsw.connection_hooks, limit])
    audit = open_audit()

    with pytest.raises(AuditUnavailable):
        for number in range(1000):
            audit.record("feed.sent", item=f"item-{number}", unique_id="2.25." + "1" * 100)

    assert audit.verify() is None
    assert len(list(audit.records())) > 20


def test_a_closed_audit_is_unavailable(open_audit: OpenAudit) -> None:
    audit = open_audit()
    audit.close()

    with pytest.raises(AuditUnavailable):
        audit.record("feed.sent")


@pytest.mark.skipif(os.name == "nt", reason="Windows has access lists instead of modes")
def test_the_files_are_private(ten: Path, witness: Path) -> None:
    assert [stat.S_IMODE(file.stat().st_mode) for file in (ten, witness)] == [0o600, 0o600]
