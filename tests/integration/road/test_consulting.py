"""The record of an opened patient: its status, its documents, and what must never be shown."""

from collections import Counter
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from dmp_core.errors import AnswerForeign, DmpAccessDenied, DocumentAltered, InsNotQualified, NotFound, RightMissing
from dmp_core.model.document import RecordStatus
from dmp_core.model.identity import IdentityStatus
from dmp_core.model.practitioner import Right
from dmp_core.services.notices import StatusChanged


@pytest.mark.exigence("SC.DMP/UX.08")
def test_opening_a_patient_asks_for_the_status_of_the_record_once_a_day(road: Any) -> None:
    first = road.app.consult.opened(road.patient, road.who)
    second = road.app.consult.opened(road.patient, road.who)

    assert (first, second) == (RecordStatus.AUTHORISED, RecordStatus.AUTHORISED)
    assert road.fault.asked == ["TD0.2"]
    assert [notice.status for notice in road.notices if isinstance(notice, StatusChanged)] == [first]


def test_a_document_that_was_fed_is_listed_and_comes_back_byte_for_byte(road: Any) -> None:
    sent = road.send(road.save())

    (row,) = road.app.consult.entries(road.patient, road.who, "all")
    document = road.app.consult.fetch(road.patient, road.who, row.unique_id)

    assert row.unique_id == sent.frozen.unique_id
    assert row.title == "Note de vaccination du 14/10/2025"
    assert document.content == road.simulator.registry.content(row.unique_id)


@pytest.mark.exigence("EX_AIR-080")
def test_air_reads_what_was_fed_in_indirect_mode(make_road: Callable[..., Any]) -> None:
    road = make_road(structure='feed_mode = "indirect"\nread_mode = "air"')
    sent = road.send(road.save())

    (row,) = road.app.consult.entries(road.patient, road.who)

    assert row.unique_id == sent.frozen.unique_id


def test_the_first_search_goes_two_years_back_and_no_further(road: Any) -> None:
    road.send(road.save(date="2020-01-02"))

    assert list(road.app.consult.entries(road.patient, road.who)) == []
    assert len(list(road.app.consult.entries(road.patient, road.who, "all"))) == 1


def test_an_unqualified_identity_reads_nothing(road: Any) -> None:
    unqualified = road.patient.model_copy(update={"status": IdentityStatus.VALIDEE})

    with pytest.raises(InsNotQualified):
        road.app.consult.status(unqualified, road.who)

    assert road.fault.asked == []


def test_an_operator_without_the_right_to_read_is_refused_before_anything_is_asked(road: Any) -> None:
    operator = road.counter.operator.model_copy(update={"rights": frozenset({Right.FEED})})
    road.counter = road.counter.model_copy(update={"operator": operator})

    with pytest.raises(RightMissing):
        road.app.consult.entries(road.patient, road.who)

    assert road.fault.asked == []


def test_a_professional_whom_the_patient_did_not_let_in_reads_the_status_and_no_more(road: Any) -> None:
    road.simulator.patients.forbid(road.patient.ins.cx, road.who.author.national_id)

    assert road.app.consult.status(road.patient, road.who) is RecordStatus.BLOCKED
    with pytest.raises(DmpAccessDenied):
        road.app.consult.entries(road.patient, road.who)


def test_a_document_that_was_not_listed_is_not_fetched(road: Any) -> None:
    with pytest.raises(NotFound):
        road.app.consult.fetch(road.patient, road.who, "2.25.1")


def test_row_053_a_document_whose_bytes_differ_from_its_row_is_not_given(road: Any) -> None:
    road.send(road.save())
    (row,) = road.app.consult.entries(road.patient, road.who, "all")
    with road.simulator.storage.transaction() as connection:
        connection.execute("UPDATE document SET content = ? WHERE unique_id = ?", (b"<other/>", row.unique_id))

    with pytest.raises(DocumentAltered):
        road.app.consult.fetch(road.patient, road.who, row.unique_id)


def test_row_056_an_answer_with_another_patient_s_document_is_withdrawn_whole(road: Any) -> None:
    road.send(road.save("save-1", "record-1"))
    sent = road.send(road.save("save-2", "record-2"))
    change = "UPDATE document SET metadata = CAST(replace(CAST(metadata AS TEXT), ?, ?) AS BLOB) WHERE unique_id = ?"
    with road.simulator.storage.transaction() as connection:
        for old, new in (("279035121518989", "181067511004222"), ("PAT-TROIS", "PAT-QUATRE")):
            connection.execute(change, (old, new, sent.frozen.unique_id))

    with pytest.raises(AnswerForeign):
        road.app.consult.entries(road.patient, road.who, "all")


@pytest.mark.oracle
def test_the_examples_of_ans_are_listed_and_fetched_byte_for_byte(make_road: Callable[..., Any], oracle: Path) -> None:
    folder = oracle / "ans" / "ExemplesCDA"
    road = make_road(documents=folder)
    files = {sha256(file.read_bytes()).hexdigest(): file.name for file in folder.glob("*.xml")}

    found = []
    for patient in road.counter.patients:
        rows = list(road.app.consult.entries(patient, road.who, "all"))
        for row in rows:
            content = road.app.consult.fetch(patient, road.who, row.unique_id).content
            found.append((patient.host_id, files.pop(sha256(content).hexdigest())))

    assert files == {}
    assert sorted(Counter(host for host, _ in found).values()) == [1, 12]
