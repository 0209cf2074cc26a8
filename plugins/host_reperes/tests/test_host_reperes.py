"""What the marks say, and what they leave unsaid."""

from typing import Any

import host_reperes
import pytest

from dmp_core.api import (
    Badge,
    CardChanged,
    CardPerson,
    Code,
    Context,
    DocumentRead,
    RecordEntry,
    RecordListed,
    SuggestPatient,
)
from dmp_core.testing.clock import ManualClock

ALICE, PAUL = CardPerson(family="PAT-UN", given="ALICE"), CardPerson(family="PAT-UN", given="PAUL")


@pytest.fixture
def ctx() -> Context:
    return Context(now=ManualClock().now(), settings={"days": 90, "types": ["11502-2"]})


def entry(unique_id: str, when: str | None, type_code: str = "11502-2") -> RecordEntry:
    code = Code(code=type_code, system="2.16.840.1.113883.6.1")
    return RecordEntry(unique_id=unique_id, entry_uuid="u", status="s", type_code=code, service_start_time=when)


def test_recent_examinations_are_marked_and_nothing_else(ctx: Context) -> None:
    rows = (
        entry("1.1", f"{ctx.now:%Y%m%d}"),
        entry("1.2", "20010101"),
        entry("1.3", f"{ctx.now:%Y%m%d}", type_code="34133-9"),
        entry("1.4", None),
    )

    assert host_reperes.on_record_listed(RecordListed(host_id="p", entries=rows), ctx) == [
        Badge(unique_id="1.1", text="Récent")
    ]


def test_a_document_that_was_opened_is_marked(ctx: Context) -> None:
    event = DocumentRead(host_id="p", entry=entry("1.1", None), document=b"<x/>")

    assert host_reperes.on_document_read(event, ctx) == [Badge(unique_id="1.1", text="Lu")]


@pytest.mark.parametrize(
    ("card", "present", "people", "suggested"),
    [
        ("vitale", True, (ALICE,), [SuggestPatient(person=0)]),
        ("vitale", True, (ALICE, PAUL), None),
        ("vitale", True, (), None),
        ("vitale", False, (), None),
        ("cps", True, (), None),
    ],
)
def test_the_one_person_of_a_vitale_is_suggested(
    card: Any, present: bool, people: Any, suggested: Any, ctx: Context
) -> None:
    assert host_reperes.on_card_changed(CardChanged(card=card, present=present, people=people), ctx) == suggested
