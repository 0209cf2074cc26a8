"""Documents of a record: several in one question, checked one by one, never fetched twice while the patient is open."""

from typing import Any

import pytest

from dmp_core.errors import DmpAccessDenied, DocumentAltered, NotFound
from dmp_core.model.opening import OpenWish


def overwrite(desk: Any, unique_id: str) -> None:
    with desk.simulator.storage.transaction() as connection:
        connection.execute("UPDATE document SET content = ? WHERE unique_id = ?", (b"<other/>", unique_id))


def test_several_documents_come_in_one_question_byte_for_byte(desk: Any) -> None:
    wanted = [row.unique_id for row in desk.list().rows]
    desk.asked.clear()

    fetched = desk.app.consult.fetch_all(desk.patient, desk.who, wanted)

    assert [one.unique_id for one in fetched.documents] == wanted
    assert all(one.content == desk.simulator.registry.content(one.unique_id) for one in fetched.documents)
    assert fetched.refused == {}
    assert desk.asked == ["TD3.2"]


def test_a_document_is_fetched_once_while_the_patient_is_open(desk: Any) -> None:
    first, second, *_ = [row.unique_id for row in desk.list().rows]
    desk.app.consult.fetch(desk.patient, desk.who, first)
    desk.app.consult.fetch(desk.patient, desk.who, first)
    desk.app.consult.fetch_all(desk.patient, desk.who, [first, second, first])
    once = desk.asked.count("TD3.2")
    desk.reopen()
    desk.list("all")
    desk.app.consult.fetch(desk.patient, desk.who, first)

    assert once == 2
    assert desk.asked == ["TD3.1", "TD3.2"]


def test_an_altered_document_is_refused_and_the_others_are_given(desk: Any) -> None:
    first, second, *_ = [row.unique_id for row in desk.list().rows]
    overwrite(desk, first)

    fetched = desk.app.consult.fetch_all(desk.patient, desk.who, [first, second])

    assert [one.unique_id for one in fetched.documents] == [second]
    assert isinstance(fetched.refused[first], DocumentAltered)
    with pytest.raises(DocumentAltered):
        desk.app.consult.fetch(desk.patient, desk.who, first)


def test_a_document_that_disappeared_is_refused_with_the_dmp_s_reason_and_the_others_are_given(desk: Any) -> None:
    first, second, *_ = [row.unique_id for row in desk.list().rows]
    desk.patient_does.restrict(desk.document(first), {"MASQUE_PS"}, desk.app.clock.now())

    fetched = desk.app.consult.fetch_all(desk.patient, desk.who, [first, second])

    assert [one.unique_id for one in fetched.documents] == [second]
    assert fetched.refused[first].origin == "XDSDocumentUniqueIdError"


def test_a_document_that_was_not_listed_is_not_fetched_with_the_others_either(desk: Any) -> None:
    first, *_ = [row.unique_id for row in desk.list().rows]
    desk.asked.clear()

    with pytest.raises(NotFound):
        desk.app.consult.fetch_all(desk.patient, desk.who, [first, "2.25.1"])

    assert desk.asked == []


def test_closing_the_patient_ends_what_could_be_fetched(desk: Any) -> None:
    first, *_ = [row.unique_id for row in desk.list().rows]
    desk.reopen()

    with pytest.raises(NotFound):
        desk.app.consult.fetch(desk.patient, desk.who, first)


def test_an_expired_authorisation_is_renewed_for_a_document_as_for_a_list(desk: Any) -> None:
    desk.app.access.open(desk.patient, desk.who, OpenWish(consent=True))
    first, second, *_ = [row.unique_id for row in desk.list().rows]
    desk.not_authorised(expired=True)
    desk.asked.clear()

    desk.app.consult.fetch(desk.patient, desk.who, first)
    desk.not_authorised()

    assert desk.asked == ["TD3.2", "TD0.2", "TD0.3", "TD3.2"]
    with pytest.raises(DmpAccessDenied):
        desk.app.consult.fetch(desk.patient, desk.who, second)
