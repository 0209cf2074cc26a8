"""What the marks say, and what they leave unsaid."""

from typing import Any

import host_reperes
import pytest

from dmp_core.api import Badge, CardChanged, CardPerson, Context, DocumentRead, RecordEntry, SuggestPatient
from dmp_core.testing.clock import ManualClock

ALICE, PAUL = CardPerson(family="PAT-UN", given="ALICE"), CardPerson(family="PAT-UN", given="PAUL")


@pytest.fixture
def ctx() -> Context:
    return Context(now=ManualClock().now())


def test_a_document_that_was_opened_is_marked(ctx: Context) -> None:
    event = DocumentRead(host_id="p", entry=RecordEntry(unique_id="1.1", entry_uuid="u", status="s"), document=b"<x/>")

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
