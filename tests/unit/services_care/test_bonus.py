"""The gauge: what was fed of what was finished, what is missing by name, what patients refused apart."""

import csv
import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from reliability.outbox_items import bring, new_item

from dmp_core.errors import NotWanted, PatientOpposed, RightMissing
from dmp_core.model.act import Act
from dmp_core.model.consent import ConsentKind
from dmp_core.model.item import (
    CancelReason,
    Correction,
    CorrectionKind,
    CorrectionState,
    OutboxItem,
    State,
    WithdrawReason,
)
from dmp_core.model.practitioner import Right
from dmp_core.outbox.acts import SqliteActs
from dmp_core.ports import OutboxStore
from dmp_core.services.feed.bonus import ActState, Bonus, Figures, as_csv
from dmp_core.services.feed.feeding import fault_of
from dmp_core.services.people.consent import Consents
from dmp_core.testing import people
from dmp_core.testing.clock import ManualClock

WHO = people.who()
BILAN, ENTRETIEN, NOTE = "bilan-medication", "entretien-pharmaceutique", "note-vaccination"


@pytest.fixture
def consents(patients: Any, audit: Any, clock: ManualClock) -> Consents:
    return Consents(patients, audit, clock=clock, cancel=lambda _structure, _host_id, _since: ())


@pytest.fixture
def bonus(tmp_path: Path, keys: Any, ids: Any, outbox: OutboxStore, consents: Consents) -> Iterator[Bonus]:
    acts = SqliteActs(tmp_path / "acts.sqlite", keys, ids)
    yield Bonus(acts, outbox, consents, counted=frozenset({BILAN, ENTRETIEN}))
    acts.close()


def act(record: str, **given: Any) -> Act:
    return Act(**{"record": record, "type_id": BILAN, "done_on": date(2026, 3, 2), **given})


@pytest.fixture
def item_of(outbox: OutboxStore, clock: ManualClock) -> Any:
    """An item of that record of the host, brought to a state."""

    def make(record: str, state: State, type_id: str = BILAN) -> OutboxItem:
        new = new_item(record, structure=WHO.structure.national_id, record=record, type_id=type_id)
        item, _ = outbox.accept(new, item_id=record, now=clock.now())
        return bring(outbox, item, state, clock.now())

    return make


def withdrawn(outbox: OutboxStore, clock: ManualClock, item: OutboxItem, reason: WithdrawReason) -> None:
    done = Correction(
        kind=CorrectionKind.WITHDRAW,
        state=CorrectionState.DONE,
        reason=reason,
        who=item.who,
        asked_at=clock.now(),
        changed_at=clock.now(),
    )
    outbox.change(item, State.SENT, now=clock.now(), corrections=(done,))


def state_of(bonus: Bonus, record: str = "one") -> ActState:
    return next(each.state for each in bonus.report(2026, WHO).acts if each.act.record == record)


def test_a_finished_act_whose_document_is_in_the_dmp_is_fed(bonus: Bonus, item_of: Any) -> None:
    item_of("one", State.SENT)
    bonus.declare([act("one"), act("two")], WHO)

    report = bonus.report(2026, WHO)

    assert (report.total.finished, report.total.fed, report.total.missing) == (2, 1, 1)
    assert [(each.act.record, each.label) for each in report.missing] == [("two", "Aucun document enregistré")]


@pytest.mark.parametrize("state", [State.WAITING, State.REFUSED, State.AWAITING_CONFIRMATION, State.CANCELLED])
def test_what_has_not_arrived_is_missing_and_says_where_it_stands(bonus: Bonus, item_of: Any, state: State) -> None:
    item_of("one", state)
    bonus.declare([act("one")], WHO)

    (missing,) = bonus.report(2026, WHO).missing

    assert missing.label
    assert missing.label != "Aucun document enregistré"


def test_the_document_of_another_type_of_the_same_record_does_not_count(bonus: Bonus, item_of: Any) -> None:
    item_of("one", State.SENT, NOTE)
    bonus.declare([act("one")], WHO)

    assert state_of(bonus) is ActState.MISSING


def test_a_document_that_was_withdrawn_is_missing_again(
    bonus: Bonus, item_of: Any, outbox: OutboxStore, clock: ManualClock
) -> None:
    withdrawn(outbox, clock, item_of("one", State.SENT), WithdrawReason.WRONG_DOCUMENT)
    bonus.declare([act("one")], WHO)

    assert state_of(bonus) is ActState.MISSING


def test_what_a_patient_refused_stands_apart(
    bonus: Bonus, item_of: Any, outbox: OutboxStore, clock: ManualClock, consents: Consents
) -> None:
    withdrawn(outbox, clock, item_of("withdrawn", State.SENT), WithdrawReason.PATIENT_REQUEST)
    for record, error in (("opposed", PatientOpposed()), ("this-one", NotWanted(CancelReason.PATIENT_OPPOSED))):
        item = item_of(record, State.ACCEPTED)
        outbox.change(item, State.CANCELLED, now=clock.now(), fault=fault_of(error))
    consents.record("patient-7", ConsentKind.OPPOSED_TO_FEEDING, WHO)
    refusals = [act("withdrawn"), act("opposed"), act("this-one"), act("told", refused=True)]
    bonus.declare([*refusals, act("consent", host_id="patient-7"), act("missing", host_id="patient-8")], WHO)

    report = bonus.report(2026, WHO)

    refused = {"withdrawn", "opposed", "this-one", "told", "consent"}
    assert {each.act.record for each in report.refused} == refused
    assert [each.act.record for each in report.missing] == ["missing"]


def test_an_act_that_was_fed_all_the_same_is_fed(bonus: Bonus, item_of: Any) -> None:
    item_of("one", State.SENT)
    bonus.declare([act("one", refused=True)], WHO)

    assert state_of(bonus) is ActState.FED


def test_each_calendar_year_stands_alone(bonus: Bonus) -> None:
    bonus.declare([act("old", done_on=date(2025, 12, 31)), act("new", done_on=date(2026, 1, 1))], WHO)

    assert [bonus.report(year, WHO).total.finished for year in (2024, 2025, 2026)] == [0, 1, 1]


def test_only_the_types_that_count_make_the_total_and_all_are_told(bonus: Bonus, item_of: Any) -> None:
    item_of("note", State.SENT, NOTE)
    bonus.declare([act("one"), act("two", type_id=ENTRETIEN), act("note", type_id=NOTE)], WHO)

    report = bonus.report(2026, WHO)

    assert report.total.finished == 2
    assert {name: figures.finished for name, figures in report.types.items()} == {BILAN: 1, ENTRETIEN: 1, NOTE: 1}


def test_an_act_taken_back_counts_no_more(bonus: Bonus) -> None:
    bonus.declare([act("one")], WHO)

    bonus.declare([act("one")], WHO, finished=False)

    assert bonus.report(2026, WHO).total.finished == 0


@pytest.mark.parametrize(
    ("figures", "percent", "without", "reached"),
    [
        (Figures(0, 0, 0), None, None, False),
        (Figures(10, 9, 0), 90.0, 90.0, True),
        (Figures(10, 8, 1), 80.0, 88.8, False),
        (Figures(1000, 899, 0), 89.9, 89.9, False),
        (Figures(3, 2, 1), 66.6, 100.0, False),
        (Figures(1, 0, 1), 0.0, None, False),
    ],
)
def test_the_gauge_is_never_too_good(
    figures: Figures, percent: float | None, without: float | None, reached: bool
) -> None:
    assert (figures.percent, figures.percent_without_refusals, figures.reached) == (percent, without, reached)


def test_figures_per_operator_are_told_only_where_they_are_asked_for(bonus: Bonus) -> None:
    bonus.declare([act("one"), act("two", operator="operator-2")], WHO)

    assert bonus.report(2026, WHO).operators is None
    assert set(bonus.report(2026, WHO, per_operator=True).operators or {}) == {"operator-1", "operator-2"}


def test_figures_per_operator_are_for_whoever_administers(bonus: Bonus) -> None:
    with pytest.raises(RightMissing):
        bonus.report(2026, people.who(Right.FEED), per_operator=True)


def test_whoever_only_reads_declares_nothing(bonus: Bonus) -> None:
    with pytest.raises(RightMissing):
        bonus.declare([act("one")], people.who(Right.READ))


def test_the_table_for_a_spreadsheet_has_one_line_an_act(bonus: Bonus, item_of: Any) -> None:
    item_of("one", State.SENT)
    bonus.declare([act("one"), act('=HYPERLINK("http://x")'), act("note", type_id=NOTE)], WHO)

    rows = list(csv.DictReader(io.StringIO(as_csv(bonus.report(2026, WHO))), delimiter=";"))

    told = {row["dossier"]: (row["type"], row["compte"], row["etat"]) for row in rows}
    assert told == {
        "one": (BILAN, "oui", "alimenté"),
        '\'=HYPERLINK("http://x")': (BILAN, "oui", "manquant"),
        "note": (NOTE, "non", "manquant"),
    }
    assert "operateur" not in rows[0]
