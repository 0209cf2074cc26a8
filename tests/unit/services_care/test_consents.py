"""What a patient said is kept apart, dated and by whom, and taken back without losing that it was said."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from dmp_core.errors import OutboxUnreadable, PatientOpposed, ProfessionalMissing, RightMissing
from dmp_core.model.consent import ConsentKind
from dmp_core.model.practitioner import Right
from dmp_core.services.people.consent import KIND, Consents
from dmp_core.testing import people
from dmp_core.testing.clock import ManualClock

INFORMED, OPPOSED, AGREES = ConsentKind.INFORMED, ConsentKind.OPPOSED_TO_FEEDING, ConsentKind.AGREES_TO_READING
WHO = people.who()
PHARMACY = WHO.structure.national_id


@pytest.fixture
def cancelled() -> list[tuple[str, str]]:
    return []


@pytest.fixture
def consents(patients: Any, audit: Any, clock: ManualClock, cancelled: list[tuple[str, str]]) -> Consents:
    def cancel(structure: str, host_id: str, _since: object) -> Sequence[Any]:
        cancelled.append((structure, host_id))
        return ()

    return Consents(patients, audit, clock=clock, cancel=cancel)


def test_nothing_holds_before_anything_was_said(consents: Consents) -> None:
    state = consents.of(PHARMACY, "patient-1")

    assert (state.informed, state.opposed_to_feeding, state.agrees_to_reading, state.history) == (None, None, None, ())


@pytest.mark.parametrize("kind", ConsentKind)
def test_each_thing_said_holds_alone_with_its_date_and_who_heard_it(
    consents: Consents, clock: ManualClock, kind: ConsentKind
) -> None:
    state, _ = consents.record("patient-1", kind, WHO)

    holds = {one: getattr(state, one) for one in ConsentKind}
    said = holds.pop(kind)
    assert (said.kind, said.given, said.at, said.by) == (kind, True, clock.now(), "operator-1")
    assert set(holds.values()) == {None}
    assert consents.of(PHARMACY, "patient-1") == state


def test_what_was_taken_back_no_longer_holds_and_stays_in_the_history(consents: Consents, clock: ManualClock) -> None:
    consents.record("patient-1", AGREES, WHO)
    clock.advance(timedelta(days=1))

    state, _ = consents.record("patient-1", AGREES, WHO, given=False)

    assert state.agrees_to_reading is None
    assert [(one.kind, one.given, one.at.day) for one in state.history] == [(AGREES, True, 15), (AGREES, False, 16)]


def test_said_twice_it_keeps_its_first_date(consents: Consents, clock: ManualClock) -> None:
    first, _ = consents.record("patient-1", INFORMED, WHO)
    clock.advance(timedelta(days=1))

    again, _ = consents.record("patient-1", INFORMED, WHO)

    assert again == first


def test_patients_are_kept_apart(consents: Consents) -> None:
    consents.record("patient-1", OPPOSED, WHO)

    assert consents.of(PHARMACY, "patient-2").opposed_to_feeding is None


def test_an_opposition_cancels_what_waits_and_nothing_else_does(
    consents: Consents, cancelled: list[tuple[str, str]]
) -> None:
    consents.record("patient-1", INFORMED, WHO)
    consents.record("patient-1", AGREES, WHO)
    assert cancelled == []

    consents.record("patient-1", OPPOSED, WHO)

    assert cancelled == [(PHARMACY, "patient-1")]


def test_an_opposition_taken_back_cancels_nothing(consents: Consents, cancelled: list[tuple[str, str]]) -> None:
    consents.record("patient-1", OPPOSED, WHO)
    cancelled.clear()

    consents.record("patient-1", OPPOSED, WHO, given=False)

    assert cancelled == []


def test_a_document_of_a_patient_who_opposes_is_forbidden(consents: Consents, waiting_item: Any) -> None:
    consents.require_unopposed(waiting_item)
    consents.record(waiting_item.patient.host_id, OPPOSED, WHO)

    with pytest.raises(PatientOpposed):
        consents.require_unopposed(waiting_item)


def test_a_consent_that_cannot_be_read_is_no_yes(consents: Consents, patients: Any, clock: ManualClock) -> None:
    patients.write(PHARMACY, "patient-1", KIND, b"{", now=clock.now())

    with pytest.raises(OutboxUnreadable):
        consents.of(PHARMACY, "patient-1")


@pytest.mark.parametrize("right", [Right.READ, Right.FEED])
def test_whoever_feeds_or_reads_may_record_it(consents: Consents, right: Right) -> None:
    state, _ = consents.record("patient-1", INFORMED, people.who(right))

    assert state.informed


def test_nobody_else_may_record_or_see_it(consents: Consents) -> None:
    other = people.who(Right.ADMINISTER)

    with pytest.raises(RightMissing):
        consents.record("patient-1", INFORMED, other)
    with pytest.raises(RightMissing):
        consents.show("patient-1", other)
    with pytest.raises(ProfessionalMissing):
        consents.show("patient-1", None)


def test_the_audit_tells_what_was_recorded_and_by_whom(consents: Consents, audit: Any) -> None:
    consents.record("patient-1", OPPOSED, WHO)
    consents.record("patient-1", OPPOSED, WHO, given=False)

    told = [(one["action"], one["operator"], one["reason"], one["state"]) for one in audit.records()]
    assert told == [
        ("consent.recorded", "operator-1", "opposed_to_feeding", "given"),
        ("consent.recorded", "operator-1", "opposed_to_feeding", "withdrawn"),
    ]
