"""*Enregistrer au dossier* over the bridge: asked of the host, kept once it has it, never twice, newer ones told."""

import time
from typing import Any

import pytest
from counters import VACCINATION

from dmp_core.api import SavedDocument
from dmp_core.model.item import State


@pytest.fixture
def host(desk: Any, make_host: Any) -> Any:
    return make_host(desk)


@pytest.fixture
def wanted(host: Any) -> str:
    """A document of the list."""
    rows = host.about("dmp/list")["entries"]
    return next(row["unique_id"] for row in rows if row["section"] == "results")


def fed(desk: Any, key: str = "save-1", **content: Any) -> Any:
    """A vaccination saved and sent by the app at work."""
    saved = SavedDocument(
        key=key,
        record="record-1",
        type_id="note-vaccination",
        patient=desk.patient,
        content=VACCINATION | content,
    )
    item, end = desk.app.intake.save(saved, desk.who), time.monotonic() + 30
    confirmed = False
    while time.monotonic() < end:
        item = desk.app.outbox.get(item.id)
        if item.state is State.AWAITING_CONFIRMATION and not confirmed:
            desk.app.delivery.confirm(item.id, desk.who)
            confirmed = True
        if item.state is State.SENT:
            return item
    raise AssertionError(item.state)


def kept(host: Any) -> dict[str, str]:
    return {one["unique_id"]: one["kept"] for one in host.about("document/imports")["documents"]}


def test_the_host_is_told_what_is_wanted_with_its_origin_and_says_when_it_has_it(host: Any, wanted: str) -> None:
    asked = host.about("document/import", unique_id=wanted)
    told = host.told_of("document/importWanted", lambda one: one["entry"]["unique_id"] == wanted)
    before = kept(host)
    done = host.about("document/imported", unique_id=wanted)

    assert (asked["kept"], told["origin"], told["replaces"]) == ("asked", "DMP", None)
    assert before == {wanted: "asked"}
    assert (done["kept"], kept(host)) == ("yes", {wanted: "yes"})


def test_a_document_that_the_host_has_is_never_wanted_again(host: Any, desk: Any, wanted: str) -> None:
    host.about("document/imported", unique_id=wanted)
    desk.reopen()
    host.about("dmp/list", since="all")

    again = host.about("document/import", unique_id=wanted)
    host.about("document/imported", unique_id=wanted)

    assert again["kept"] == "yes"
    assert host.told("document/importWanted") == []
    actions = [record["action"] for record in desk.app.audit.records()]
    assert actions.count("record.document_imported") == 1


def test_two_clicks_ask_the_host_once(host: Any, wanted: str) -> None:
    host.about("document/import", unique_id=wanted)
    host.about("document/import", unique_id=wanted)
    host.about("document/imported", unique_id=wanted)

    assert len(host.told("document/importWanted")) == 1


def test_a_newer_version_is_told_once_and_may_replace_the_one_the_host_has(host: Any, desk: Any) -> None:
    first = fed(desk)
    host.about("dmp/list")
    host.about("document/imported", unique_id=first.frozen.unique_id)
    second = fed(desk, key="save-2", rang=3)
    old, new = first.frozen.unique_id, second.frozen.unique_id
    desk.reopen()

    rows = host.about("dmp/list")["entries"]

    told = host.told_of("document/newerVersion", lambda one: True)
    assert [row["unique_id"] for row in rows] == [new]
    assert (told["has"], told["entry"]["unique_id"]) == (old, new)
    assert kept(host) == {new: "older"}
    host.about("dmp/list", since="all")
    assert kept(host)[new] == "older"
    assert host.about("document/import", unique_id=new)["kept"] == "asked"
    wanted = host.told_of("document/importWanted", lambda one: True)
    assert wanted["replaces"] == old
    assert len(host.told("document/newerVersion")) == 1


def test_the_document_itself_tells_that_it_is_a_newer_version(host: Any, desk: Any) -> None:
    first = fed(desk)
    host.about("dmp/list")
    host.about("dmp/fetch", unique_id=first.frozen.unique_id)
    host.about("document/imported", unique_id=first.frozen.unique_id)
    second = fed(desk, key="save-2", rang=3)
    host.about("dmp/open", emergency=True, justification="Inconscient")  # the whole list: it does not tell what changed
    host.about("dmp/list", since="all")

    host.about("document/import", unique_id=second.frozen.unique_id)

    wanted = host.told_of("document/importWanted", lambda one: True)
    assert wanted["replaces"] == first.frozen.unique_id


def test_an_altered_document_is_not_imported(host: Any, desk: Any, wanted: str) -> None:
    desk.app.consult._records.find(desk.patient.host_id).rows[wanted] = (
        desk.app.consult._records.find(desk.patient.host_id).rows[wanted].model_copy(update={"hash": "0" * 40})
    )

    assert host.fault("document/import", unique_id=wanted) == "DMP-ANS-003"
    assert host.told("document/importWanted") == []


def test_what_was_not_listed_cannot_be_imported(host: Any) -> None:
    assert host.fault("document/import", unique_id="1.2.3") == "DMP-INPUT-009"


def test_it_is_kept_after_the_host_closed_the_patient(host: Any, desk: Any, wanted: str) -> None:
    host.about("document/import", unique_id=wanted)
    host.about("patient/closed")

    done = host.about("document/imported", unique_id=wanted)

    assert done["kept"] == "yes"


def test_who_may_not_read_imports_nothing(host: Any, desk: Any, wanted: str) -> None:
    operator = desk.counter.operator.model_dump(mode="json") | {"rights": ["feed"]}
    host.result("operator/changed", {"operator": operator})

    for method in ("document/import", "document/imported"):
        assert host.fault(method, unique_id=wanted) == "DMP-RIGHT-001"
    assert host.fault("document/imports") == "DMP-RIGHT-001"
