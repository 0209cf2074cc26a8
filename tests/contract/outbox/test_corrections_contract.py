"""What an OutboxStore keeps of a sent item that is corrected, and of one that is taken over."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from reliability.outbox_items import bring, new_item, patient

from dmp_core.errors import WrongState
from dmp_core.model.item import Correction, CorrectionKind, CorrectionState, OutboxItem, State, WithdrawReason
from dmp_core.ports import OutboxStore
from dmp_core.testing.clock import ManualClock

MakeStore = Callable[[], OutboxStore]
MINUTE = timedelta(minutes=1)


def sent(store: OutboxStore, clock: ManualClock) -> OutboxItem:
    item, _ = store.accept(new_item(), item_id="item-1", now=clock.now())
    return bring(store, item, State.SENT, clock.now())


def correction(clock: ManualClock, **given: Any) -> Correction:
    values = {"kind": CorrectionKind.WITHDRAW, "reason": WithdrawReason.WRONG_PATIENT, "who": new_item().who}
    return Correction(**{**values, "asked_at": clock.now(), "changed_at": clock.now(), **given})


def test_a_pending_correction_is_found_again_with_its_patient(make_store: MakeStore, clock: ManualClock) -> None:
    store = make_store()
    asked = correction(clock, patient=patient())
    item = store.change(sent(store, clock), State.SENT, now=clock.now(), corrections=(asked,), due_at=clock.now())

    store = make_store()

    assert list(store.due(clock.now())) == [item]
    assert store.get(item.id).correcting == asked


def test_what_ended_is_due_no_more_and_stays_with_the_receipt(make_store: MakeStore, clock: ManualClock) -> None:
    store = make_store()
    item = sent(store, clock)
    pending = store.change(
        item, State.SENT, now=clock.now(), corrections=(correction(clock, patient=patient()),), due_at=clock.now()
    )
    done = correction(clock, state=CorrectionState.DONE)

    store.change(pending, State.SENT, now=clock.now(), corrections=(done,), due_at=None)

    store = make_store()
    (receipt,) = store.receipts(item.who.structure.national_id, since=clock.now(), until=clock.now() + MINUTE)
    assert (receipt.corrections, store.next_due()) == ((done,), None)


def test_nothing_is_due_in_a_sent_item_without_a_pending_correction(store: OutboxStore, clock: ManualClock) -> None:
    item = sent(store, clock)

    with pytest.raises(ValueError, match="due"):
        store.change(item, State.SENT, now=clock.now(), due_at=clock.now())


def test_only_what_was_sent_is_corrected(store: OutboxStore, clock: ManualClock) -> None:
    item, _ = store.accept(new_item(), item_id="item-1", now=clock.now())

    with pytest.raises(ValueError, match="corrected"):
        store.change(item, State.ACCEPTED, now=clock.now(), corrections=(correction(clock),))


def test_the_patient_of_a_sent_item_is_found_by_who_they_are_alone(store: OutboxStore, clock: ManualClock) -> None:
    item = sent(store, clock)

    found = store.of_patient(item.who.structure.national_id, patient().host_id)

    assert [(one.id, one.patient) for one in found] == [(item.id, None)]


def test_who_answers_for_an_item_may_change_before_it_leaves(make_store: MakeStore, clock: ManualClock) -> None:
    store = make_store()
    item, _ = store.accept(new_item(), item_id="item-1", now=clock.now())
    by = item.who.model_copy(update={"author_listed": False})

    store.change(item, State.ACCEPTED, now=clock.now(), who=by)

    assert make_store().get(item.id).who == by


def test_a_cancelled_item_changes_no_more(store: OutboxStore, clock: ManualClock) -> None:
    item, _ = store.accept(new_item(), item_id="item-1", now=clock.now())
    item = store.change(item, State.CANCELLED, now=clock.now())

    with pytest.raises(WrongState):
        store.change(item, State.CANCELLED, now=clock.now(), who=item.who)
