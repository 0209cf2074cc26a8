"""What the services tell the plugins, and what comes of what those ask for."""
# ruff: noqa: E501 - the code of plugins, a line each

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from dmp_core.api import CardPerson, Code, RecordEntry
from dmp_core.plughost.host import PluginHost
from dmp_core.services import notices
from dmp_core.services.announcement import Announcer

ROW = RecordEntry(
    unique_id="1.2.3", entry_uuid="u", status="s", type_code=Code(code="11502-2", system="1"), title="Bilan"
)
PEOPLE = (CardPerson(family="PAT-UN", given="ALICE"), CardPerson(family="PAT-UN", given="PAUL"))
BADGE = "    return [Badge(unique_id='1.2.3', text='Récent', level='warning')]\n"
NOBODY: Any = SimpleNamespace()


@pytest.fixture
def told(shelf: Any, host: Callable[..., PluginHost]) -> Callable[..., tuple[Announcer, list[notices.Notice]]]:
    """`told(code, hooks, reads)`: an announcer over one plugin, and what the host hears."""

    def make(code: str, *hooks: str, reads: tuple[str, ...] = ()) -> tuple[Announcer, list[notices.Notice]]:
        shelf.install("marks", code, hooks=hooks, reads=reads)
        heard: list[notices.Notice] = []
        return Announcer(host("marks"), NOBODY, heard.append), heard

    return make


def test_a_listed_record_can_be_marked(told: Any) -> None:
    code = "@hookimpl\ndef on_record_listed(event, ctx):\n    assert event.entries[0].title == 'Bilan'\n" + BADGE
    announcer, heard = told(code, "on_record_listed", reads=("record",))

    announcer.record_listed("p-1", [ROW])

    assert heard == [notices.BadgeWanted("marks", "p-1", "1.2.3", "Récent", "warning")]
    assert heard[0].host_id == "p-1"


def test_a_plugin_without_the_right_to_the_record_sees_no_row_and_no_document(told: Any) -> None:
    code = (
        "@hookimpl\ndef on_record_listed(event, ctx):\n    return [ShowMessage(text=repr(event.entries))]\n"
        "@hookimpl\ndef on_document_read(event, ctx):\n    return [ShowMessage(text=repr((event.entry, event.document, event.host_id)))]\n"
    )
    announcer, heard = told(code, "on_record_listed", "on_document_read")

    announcer.record_listed("p-1", [ROW])
    announcer.document_read("p-1", ROW, b"<ClinicalDocument/>")

    assert [notice.text for notice in heard] == ["None", "(None, None, None)"]


def test_a_document_that_was_read_can_be_marked(told: Any) -> None:
    code = "@hookimpl\ndef on_document_read(event, ctx):\n    assert event.document == b'<x/>'\n" + BADGE
    announcer, heard = told(code, "on_document_read", reads=("record",))

    announcer.document_read("p-1", ROW, b"<x/>")

    assert [type(notice) for notice in heard] == [notices.BadgeWanted]


def test_the_patient_on_a_card_can_be_suggested_by_a_plugin_that_sees_no_name(told: Any) -> None:
    code = "@hookimpl\ndef on_card_changed(event, ctx):\n    assert event.people is None\n    return [SuggestPatient(person=1)]\n"
    announcer, heard = told(code, "on_card_changed")

    announcer.card_changed("vitale", present=True, people=PEOPLE)

    assert [(notice.plugin, notice.person) for notice in heard] == [("marks", PEOPLE[1])]


def test_a_person_who_is_not_on_the_card_is_not_suggested(told: Any) -> None:
    announcer, heard = told(
        "@hookimpl\ndef on_card_changed(event, ctx):\n    return [SuggestPatient(person=7)]\n", "on_card_changed"
    )

    announcer.card_changed("vitale", present=True, people=PEOPLE)
    announcer.card_changed("cps", present=False)

    assert heard == []


def test_what_nobody_waits_for_runs_behind(shelf: Any, host: Callable[..., PluginHost]) -> None:
    shelf.install(
        "marks",
        "@hookimpl\ndef on_patient_closed(event, ctx):\n    return [ShowMessage(text='fini')]\n",
        hooks=["on_patient_closed"],
    )
    heard: list[notices.Notice] = []
    later: list[Callable[[], None]] = []
    announcer = Announcer(host("marks"), NOBODY, heard.append, later.append)

    announcer.closed("p-1")
    before = list(heard)
    later[0]()

    assert before == []
    assert [type(notice) for notice in heard] == [notices.MessageWanted]
