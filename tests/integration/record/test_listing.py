"""What a record shows: two years the first time, later what changed, all of it on demand; marks, filters, sections."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from dmp_core.errors import AnswerForeign, DmpBusy, MessageInvalid, WrongState
from dmp_core.model.listing import Empty, RecordFilter, Scope
from dmp_core.model.oids import Status
from dmp_core.model.opening import OpenWish
from dmp_core.services.notices import RecordNews
from dmp_core.services.record.search import Asker


def ids(rows: Any) -> set[str]:
    return {row.unique_id for row in rows}


def marked(listing: Any, mark: str) -> set[str]:
    return {row.unique_id for row in listing.rows if getattr(row, mark)}


def age(desk: Any, unique_id: str, years: int) -> None:
    """The document tells of something that happened years ago."""
    with desk.simulator.storage.transaction() as connection:
        found = connection.execute("SELECT facets, metadata FROM document WHERE unique_id = ?", (unique_id,)).fetchone()
        facets, metadata = (one.decode() if isinstance(one, bytes) else one for one in found)
        time = re.search(r'"serviceStartTime": "(\d{14})"', facets)[1]
        old = f"{int(time[:4]) - years}{time[4:]}"
        connection.execute(
            "UPDATE document SET facets = ?, metadata = CAST(? AS BLOB) WHERE unique_id = ?",
            (facets.replace(time, old), metadata.replace(time, old), unique_id),
        )


# ---------------------------------------------------------------- visits


def test_the_first_visit_goes_two_years_back_and_marks_nothing(desk: Any) -> None:
    old = desk.documents()[0].unique_id
    age(desk, old, 3)

    listing = desk.list()

    assert (listing.scope, ids(listing.rows)) == (Scope.FIRST, ids(desk.documents()) - {old})
    assert marked(listing, "new") | marked(listing, "changed") == set()
    assert desk.asked == ["TD3.1"]


def test_a_later_visit_asks_only_what_changed_and_one_question_where_nothing_did(make_desk: Callable[..., Any]) -> None:
    desk = make_desk(extra="[consultation]\noverlap = 0\n")
    desk.list()
    desk.reopen()
    desk.asked.clear()

    listing = desk.list()

    assert (listing.scope, listing.rows) == (Scope.CHANGES, ())
    assert desk.asked == ["TD3.1"]
    assert {section.empty for section in listing.sections} == {Empty.UNCHANGED, Empty.NOT_ASKED}


def test_what_came_since_the_last_visit_is_new_and_counted_by_type(desk: Any) -> None:
    desk.list()
    [arrived] = desk.arrives()
    desk.reopen()

    listing = desk.list()

    assert (ids(listing.rows), marked(listing, "new")) == ({arrived}, {arrived})
    [row] = listing.rows
    assert [(one.type_code, one.count) for one in listing.new] == [(row.type_code.code, 1)]
    assert listing.since is not None
    told = [notice for notice in desk.notices if isinstance(notice, RecordNews)]
    assert told[-1].new == listing.new


def test_the_badge_counts_what_is_new_without_asking_again(desk: Any) -> None:
    desk.list()
    desk.arrives()
    desk.reopen()
    before = desk.app.consult.badge(desk.patient, desk.who)
    desk.list()
    desk.asked.clear()

    badge = desk.app.consult.badge(desk.patient, desk.who)

    assert before.new is None
    assert [one.count for one in badge.new] == [1]
    assert desk.asked == []


def test_what_was_seen_is_not_new_a_second_time(desk: Any) -> None:
    desk.list()
    desk.arrives()
    for _ in range(2):
        desk.reopen()
        listing = desk.list()

    assert listing.rows == ()


def test_while_the_patient_is_open_a_second_list_holds_the_first_one_and_what_came(desk: Any) -> None:
    first = desk.list()
    [arrived] = desk.arrives()

    second = desk.list()

    assert ids(second.rows) == ids(first.rows) | {arrived}
    assert marked(second, "new") == {arrived}


def test_the_whole_record_comes_on_demand_and_old_documents_are_no_news(desk: Any) -> None:
    old = desk.documents()[0].unique_id
    age(desk, old, 5)
    desk.list()
    [arrived] = desk.arrives()
    desk.reopen()

    listing = desk.list("all")

    assert (listing.scope, listing.since) == (Scope.ALL, None)
    assert old in ids(listing.rows)
    assert marked(listing, "new") == {arrived}


def test_other_metadata_of_a_document_is_a_change_in_its_one_row(desk: Any) -> None:
    desk.list()
    document = desk.documents()[0]
    desk.patient_does.restrict(document, {"INVISIBLE_REPRESENTANTS_LEGAUX"}, desk.app.clock.now())
    desk.reopen()

    changes, everything = desk.list(), desk.list("all")

    assert (ids(changes.rows), marked(changes, "changed")) == ({document.unique_id}, {document.unique_id})
    assert "Non visible par les représentants légaux" in changes.rows[0].labels
    assert [row.unique_id for row in everything.rows].count(document.unique_id) == 1
    assert marked(everything, "changed") == {document.unique_id}


def test_a_document_that_was_archived_or_deleted_is_gone_and_comes_back(desk: Any) -> None:
    desk.list()
    archived, deleted = desk.documents()[:2]
    desk.patient_does.set_status(archived, Status.ARCHIVED, desk.app.clock.now())
    desk.patient_does.set_status(deleted, Status.DELETED, desk.app.clock.now())
    desk.reopen()

    gone = desk.list().gone
    told_again = desk.list().gone
    desk.patient_does.set_status(desk.document(archived.unique_id), Status.APPROVED, desk.app.clock.now())
    desk.reopen()
    back = desk.list()

    assert {(one.unique_id, one.status) for one in gone} == {
        (archived.unique_id, Status.ARCHIVED), (deleted.unique_id, Status.DELETED)
    }  # fmt: skip
    assert told_again == ()
    assert marked(back, "changed") == {archived.unique_id}


def test_a_replaced_document_leaves_its_place_to_the_new_one_which_names_it(desk: Any) -> None:
    first = desk.feed("save-1")
    desk.list()
    second = desk.feed("save-2", rang=3)

    listing = desk.list()

    [row] = [row for row in listing.rows if row.unique_id == second.frozen.unique_id]
    assert row.replaces == first.frozen.unique_id
    assert first.frozen.unique_id not in ids(listing.rows)
    assert [one.unique_id for one in listing.gone] == [first.frozen.unique_id]


def test_what_the_pharmacy_itself_wrote_is_no_news_to_it(desk: Any) -> None:
    desk.list()
    sent = desk.feed()
    desk.reopen()

    listing = desk.list()

    assert sent.frozen.unique_id in ids(listing.rows)
    assert marked(listing, "new") == set()


def test_a_named_day_a_filter_and_an_emergency_leave_the_visit_as_it_was(desk: Any) -> None:
    desk.list(desk.app.clock.now().date() - timedelta(days=1))
    desk.list("default", RecordFilter(section="results"))
    desk.app.access.open(desk.patient, desk.who, emergency())
    in_emergency = desk.list()
    desk.reopen()

    assert in_emergency.scope is Scope.FIRST
    assert desk.list().scope is Scope.FIRST


def emergency() -> OpenWish:
    return OpenWish(emergency=True, justification="Patient inconscient")


def test_a_list_that_nobody_waits_for_any_more_is_no_visit_and_holds_up_no_other(desk: Any) -> None:
    rows = desk.app.consult.listing(desk.patient, desk.who)
    next(iter(rows))
    with pytest.raises(WrongState):
        _ = rows.listing

    rows.close()

    assert desk.list().scope is Scope.FIRST


def test_documents_are_asked_for_in_batches(make_desk: Callable[..., Any]) -> None:
    desk = make_desk(extra="[search]\nbatch = 2\n")
    desk.list()
    arrived = desk.arrives(count=5)
    desk.reopen()
    desk.asked.clear()

    listing = desk.list()

    assert ids(listing.rows) == set(arrived)
    sets = len(desk.simulator.registry.sets_of_patient(desk.number))
    associations, documents = -(-sets // 2), -(-len(arrived) // 2)
    assert desk.asked == ["TD3.1"] * (1 + associations + documents)


@pytest.mark.exigence("EX_3.1-2030")
def test_nothing_is_searched_right_after_a_feed(desk: Any) -> None:
    desk.feed()

    assert [one for one in desk.asked if one.startswith("TD3")] == []


def test_the_look_up_of_an_uncertain_document_is_the_exception(desk: Any) -> None:
    desk.dmp.fail("TD2.1:drop-after")
    with pytest.raises(AssertionError, match="uncertain"):
        desk.feed()
    desk.dmp.plan = None
    item = desk.app.outbox.by_key(desk.who.structure.national_id, "save-1")
    desk.app.outbox.change(item, item.state, now=desk.app.clock.now(), due_at=desk.app.clock.now())

    desk.app.delivery.step()

    assert [one for one in desk.asked if one.startswith("TD3")] != []


# ---------------------------------------------------------------- an answer that is not whole


def test_an_answer_that_speaks_of_another_patient_gives_no_row_at_all_and_no_visit(desk: Any) -> None:
    desk.dmp.fail("TD3.1:other-patient")

    with pytest.raises(AnswerForeign):
        desk.list()
    desk.dmp.plan = None

    assert desk.list().scope is Scope.FIRST


def test_a_refusal_in_the_middle_of_what_changed_keeps_the_visit_as_it_was(make_desk: Callable[..., Any]) -> None:
    desk = make_desk(extra="[search]\nbatch = 1\n")
    desk.list()
    arrived = desk.arrives(count=2)
    desk.reopen()
    asked = iter(range(100))
    plan = desk.dmp.of

    def third_is_busy(patient: str) -> Any:
        if next(asked) == 3:
            desk.dmp.fail("TD3.1:busy")
        return plan(patient)

    desk.dmp.of = third_is_busy
    with pytest.raises(DmpBusy):
        desk.list()
    desk.dmp.plan = None

    assert ids(desk.list().rows) == set(arrived)


@pytest.mark.exigence("EX_3.1-1055")
def test_an_unknown_ins_with_the_patient_s_traits_is_shown_with_a_mark(desk: Any) -> None:
    unique_id = desk.documents()[0].unique_id
    change = "UPDATE document SET metadata = CAST(replace(CAST(metadata AS TEXT), ?, ?) AS BLOB) WHERE unique_id = ?"
    with desk.simulator.storage.transaction() as connection:
        connection.execute(change, ("279035121518989", "279035121518888", unique_id))

    [row] = [row for row in desk.list().rows if row.unique_id == unique_id]

    assert row.unknown_ins
    assert row.labels[-1].startswith("INS différent")


# ---------------------------------------------------------------- filters, sections


@pytest.mark.parametrize(
    ("wanted", "types"),
    [
        (RecordFilter(types=("11502-2",)), {"11502-2"}),
        (RecordFilter(types=("11502-2", "REMB")), {"11502-2", "REMB"}),
        (RecordFilter(types=("REMB^^1.2.250.1.213.1.1.4.12",)), {"REMB"}),
        (RecordFilter(classes=("31",)), {"18748-4"}),
        (RecordFilter(section="results"), {"11502-2", "18748-4", "DOCPAT05"}),
        (RecordFilter(author="biolog"), {"11502-2"}),
        (RecordFilter(author="Léa radiologue"), {"18748-4"}),
        (RecordFilter(confidentiality=("MASQUE_PS",)), set()),
        (RecordFilter(types=("11502-2",), classes=("31",)), set()),
    ],
    ids=["type", "types", "system", "class", "section", "author", "accents", "masked", "both"],
)
def test_a_filter_selects(desk: Any, wanted: RecordFilter, types: set[str]) -> None:
    listing = desk.list("all", wanted)

    assert {row.type_code.code for row in listing.rows} == types
    assert listing.scope is Scope.FILTERED
    assert desk.asked == ["TD3.1"]


def test_a_period_holds_both_of_its_days(desk: Any) -> None:
    rows = sorted(desk.list("all").rows, key=lambda row: row.service_start_time)
    day = desk.app.clock.now().strptime(rows[3].service_start_time, "%Y%m%d%H%M%S").date()

    found = desk.list("default", RecordFilter(service_from=day, service_to=day))
    others = desk.list("all", RecordFilter(service_to=day - timedelta(days=2)))

    assert rows[3].unique_id in ids(found.rows)
    assert rows[3].unique_id not in ids(others.rows)
    assert ids(rows[:2]) <= ids(others.rows)


def test_one_s_own_documents_are_found_by_the_number(desk: Any) -> None:
    sent = desk.feed()

    found = desk.list("all", RecordFilter(author_id=desk.who.author.national_id))

    assert sent.frozen.unique_id in ids(found.rows)
    assert len(found.rows) < len(desk.documents())


@pytest.mark.exigence("EX_3.1-1030", "EX_3.1-1080")
def test_archived_and_replaced_documents_come_where_they_are_asked_for_and_say_so(desk: Any) -> None:
    first = desk.feed("save-1")
    desk.feed("save-2", rang=3)
    archived = desk.documents()[0]
    desk.patient_does.set_status(archived, Status.ARCHIVED, desk.app.clock.now())

    usual = desk.list("all")
    wide = {row.unique_id: row for row in desk.list("all", RecordFilter(archived=True, replaced=True)).rows}

    assert {archived.unique_id, first.frozen.unique_id} & ids(usual.rows) == set()
    assert wide[archived.unique_id].labels[0] == "Archivé"
    assert wide[first.frozen.unique_id].labels[0] == "Remplacé par une version plus récente"


def test_versions_of_one_document_are_one_row_even_where_replaced_ones_are_asked_for(desk: Any) -> None:
    document = desk.documents()[0]
    desk.patient_does.restrict(document, {"INVISIBLE_PATIENT"}, desk.app.clock.now())

    rows = desk.list("all", RecordFilter(replaced=True)).rows

    [row] = [row for row in rows if row.unique_id == document.unique_id]
    assert "Non visible par le patient" in row.labels
    assert row.status == Status.APPROVED


def test_a_code_outside_the_value_set_is_refused_before_anything_is_asked(desk: Any) -> None:
    for wanted in (RecordFilter(types=("NOPE",)), RecordFilter(events=("A",)), RecordFilter(confidentiality=("X",))):
        with pytest.raises(MessageInvalid):
            desk.list("all", wanted)

    assert desk.asked == []


def test_every_document_of_the_demonstration_stands_in_the_section_that_is_looked_for(desk: Any) -> None:
    listing = desk.list("all")

    found = {row.type_code.code: row.section for row in listing.rows}
    counts = {section.section: section.count for section in listing.sections if section.count}
    assert found == {
        "57833-6": "treatments", "60593-1": "treatments", "REMB": "reimbursements", "11502-2": "results",
        "18748-4": "results", "DOCPAT05": "results", "11490-0": "reports", "60591-5": "history",
        "11369-6": "vaccinations", "EXPPAT_3": "directives", "EXPPAT_1": "directives",
    }  # fmt: skip
    assert sum(counts.values()) == len(listing.rows)
    assert [section.empty for section in listing.sections if not section.count] == [Empty.NOT_ASKED, Empty.NONE]


def test_people_to_warn_are_counted_once_the_dmp_was_asked_and_a_denial_is_told(desk: Any) -> None:
    def contacts() -> Any:
        return next(one for one in desk.list("all").sections if one.section == "contacts")

    before = contacts()
    desk.app.information.administrative(desk.patient, desk.who)
    named = contacts()
    desk.reopen()
    desk.dmp.fail("TD1.3a:refuse:DMPAccessDeniedByRightsService")
    with pytest.raises(Exception, match="DMP-SRV-003"):
        desk.app.information.administrative(desk.patient, desk.who)
    denied = contacts()

    assert (before.count, before.empty) == (0, Empty.NOT_ASKED)
    assert (named.count > 0, named.empty) == (True, None)
    assert (denied.empty, denied.text) == (Empty.RIGHT_MISSING, "Le DMP ne vous autorise pas à lire cette rubrique.")


def test_each_list_and_each_document_read_is_in_the_audit_with_its_purpose(desk: Any) -> None:
    rows = desk.list().rows
    desk.app.consult.fetch(desk.patient, desk.who, rows[0].unique_id)
    desk.app.access.open(desk.patient, desk.who, emergency())
    desk.list()

    told = [(one["action"], one["purpose"], one["operator"]) for one in desk.actions()]
    operator = desk.who.operator.id
    assert told == [
        ("record.listed", "normal", operator), ("record.document_read", "normal", operator),
        ("record.opened", "bris_de_glace", operator), ("record.listed", "bris_de_glace", operator),
    ]  # fmt: skip


def test_a_uniqueid_gives_its_entryuuid(desk: Any) -> None:
    document = desk.documents()[0]

    found = desk.app.search.entry_uuids([document.unique_id], Asker(desk.patient.ins, desk.who))

    assert found == (document.entry_uuid,)


def test_a_uniqueid_that_stands_twice_is_one_row(desk: Any) -> None:
    first, second = sorted(one.unique_id for one in desk.list("all").rows)[:2]

    class Doubled:
        def before(self, _transaction: str) -> None: ...

        def after(self, transaction: str, reply: Any) -> Any:
            body = reply.body.replace(f'"{second}"'.encode(), f'"{first}"'.encode())
            return replace(reply, body=body) if transaction == "TD3.1" else None

    class Plan:
        def of(self, _patient: str) -> Doubled:
            return Doubled()

    desk.dmp.plan = Plan()
    rows = [one.unique_id for one in desk.list("all").rows]

    assert rows.count(first) == 1
    assert second not in rows
