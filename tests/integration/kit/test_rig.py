"""The rig: a whole pharmacy with its DMP in one thread, made for one test and gone after it."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from dmp_core.testing import rig as kit
from dmp_core.testing.projects import in_folder
from dmp_core.testing.rig import Rig

PLUGINS = Path(__file__).resolve().parents[3] / "plugins"
TYPE = "consultation-pharmaceutique"
pytestmark = pytest.mark.dmp(project=str(PLUGINS / "doc_consultation"))


def test_a_saved_document_is_sent_once_its_hold_is_over(dmp_rig: Rig) -> None:
    item = dmp_rig.save_document(TYPE)
    assert item.state == "held"
    dmp_rig.advance(minutes=9)
    assert dmp_rig.sent_documents == ()

    dmp_rig.advance(minutes=1)

    (sent,) = dmp_rig.sent_documents
    assert (sent.type_code, sent.status, dmp_rig.item(item.key).state) == ("93024-8", "approved", "sent")


def test_what_is_confirmed_leaves_at_once(dmp_rig: Rig) -> None:
    dmp_rig.save_document(TYPE)

    assert dmp_rig.confirm().state == "sent"


@pytest.mark.dmp(policies={TYPE: "window"})
def test_a_policy_of_the_pharmacy_opens_the_window(dmp_rig: Rig) -> None:
    item = dmp_rig.save_document(TYPE)

    assert (item.state, dmp_rig.windows) == ("awaiting_confirmation", (item.id,))


def test_a_new_save_replaces_the_document(dmp_rig: Rig) -> None:
    for key in ("one", "two"):
        dmp_rig.save_document(
            TYPE, key=key, record="r", content={"date": "2026-01-15", "motif": key, "conclusions": "c"}
        )
        dmp_rig.advance(minutes=10)

    assert [sent.status for sent in dmp_rig.sent_documents] == ["deprecated", "approved"]


def test_an_answer_that_is_lost_makes_no_second_document(dmp_rig: Rig) -> None:
    dmp_rig.dmp_fails("TD2.1:drop-after")
    item = dmp_rig.save_document(TYPE)
    dmp_rig.confirm()
    assert dmp_rig.item(item.key).state == "uncertain"

    dmp_rig.dmp_fails()
    dmp_rig.advance(minutes=2)

    assert dmp_rig.item(item.key).state == "sent"
    assert len(dmp_rig.sent_documents) == 1


def test_a_sent_document_is_listed_and_read(dmp_rig: Rig) -> None:
    dmp_rig.save_document(TYPE)
    dmp_rig.confirm()
    dmp_rig.open_patient()

    (row,) = dmp_rig.list_record()

    assert dmp_rig.read_document(row.unique_id) == dmp_rig.sent_documents[0].cda


def test_no_test_of_a_plugin_reaches_a_network(dmp_rig: Rig) -> None:
    with pytest.raises(AssertionError, match="no network"), socket.socket() as one:
        one.connect(("127.0.0.1", 9))
    with pytest.raises(AssertionError, match="no network"):
        socket.create_connection(("127.0.0.1", 9))


@pytest.fixture
def prepared(tmp_path: Path) -> Iterator[Path]:
    kit.prepare(tmp_path / "prepared")
    yield tmp_path / "prepared"


def test_two_rigs_share_nothing_and_leave_no_thread(prepared: Path, tmp_path: Path) -> None:
    before = threading.active_count()
    project = in_folder(PLUGINS / "doc_consultation")
    one, two = (Rig(tmp_path / name, prepared, [project]) for name in ("one", "two"))

    one.save_document(TYPE)
    one.confirm()

    assert (len(one.sent_documents), two.sent_documents, two.outbox) == (1, (), ())
    one.close()
    two.close()
    assert threading.active_count() == before


REACTS = """
from dmp_core.api import Badge, ShowMessage, ShowStatus, SuggestPatient, hookimpl

@hookimpl
def on_patient_opened(event, ctx):
    return (ShowStatus(text="vu"), ShowMessage(text=f"{ctx.now:%d/%m/%Y} {ctx.settings['mot']}"))

@hookimpl
def on_card_changed(event, ctx):
    return (SuggestPatient(),) if event.people else ()

@hookimpl
def on_record_listed(event, ctx):
    return tuple(Badge(unique_id=entry.unique_id, text="déjà là") for entry in event.entries)

@hookimpl
def on_feed_finished(event, ctx):
    raise RuntimeError("broken")
"""
MANIFEST = """
id = "zz_reacts"
version = "1"
kind = "host"
api = ["1.0"]
hooks = ["on_patient_opened", "on_card_changed", "on_record_listed", "on_feed_finished"]
reads = ["card", "record"]
[settings.mot]
type = "string"
"""


@pytest.fixture
def reacting(tmp_path: Path) -> Path:
    """The project of a plugin that reacts to facts."""
    package = tmp_path / "project" / "zz_reacts"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(REACTS, encoding="utf-8")
    (package / "dmp-plugin.toml").write_text(MANIFEST, encoding="utf-8")
    (package.parent / "pyproject.toml").write_text(
        '[project]\nname = "zz"\n[project.entry-points."dmp.plugins"]\nzz_reacts = "zz_reacts"\n'
    )
    return package.parent


def test_what_plugins_show_is_seen_and_what_fails_is_told(reacting: Path, prepared: Path, tmp_path: Path) -> None:
    projects = [in_folder(reacting), in_folder(PLUGINS / "doc_consultation")]
    rig = Rig(tmp_path / "rig", prepared, projects, settings={"zz_reacts": {"mot": "bonjour"}})

    try:
        rig.open_patient()
        rig.insert_vitale()
        rig.save_document(TYPE)
        rig.confirm()
        rig.list_record()

        assert [(one.plugin, one.text) for one in rig.messages] == [("zz_reacts", "15/01/2026 bonjour")]
        assert rig.status_texts == ("vu",)
        assert [person.family for person in rig.suggestions] == ["PAT-TROIS"]
        assert [text for _, text in rig.badges] == ["déjà là"]
        assert len(rig.unseen_failures) == 1
        assert "RuntimeError at zz_reacts/__init__.py" in rig.failures[0]
        assert rig.unseen_failures == ()
    finally:
        rig.close()
