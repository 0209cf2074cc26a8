"""What every OutboxStore must do, whatever holds the rows."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from reliability.outbox_items import FAULT, FROZEN, KEY, ROUTES, STRUCTURE, bring, new_item, patient

from dmp_core.errors import ItemChanged, KeyConflict, NotFound, WrongState
from dmp_core.model.document import Visibility
from dmp_core.model.item import OutboxItem, State, WaitReason
from dmp_core.ports import OutboxStore
from dmp_core.testing.clock import ManualClock

MakeStore = Callable[[], OutboxStore]
MINUTE = timedelta(minutes=1)
OPEN = (State.ACCEPTED, State.COMPOSED, State.AWAITING_CONFIRMATION, State.HELD, State.READY, State.WAITING)


def accept(store: OutboxStore, clock: ManualClock, key: str = KEY, **given: Any) -> OutboxItem:
    return store.accept(new_item(key, **given), item_id=f"item-{key}", now=clock.now())[0]


# ---------------------------------------------------------------- accept


def test_an_accepted_item_is_given_back_whole(store: OutboxStore, clock: ManualClock) -> None:
    new = new_item(content=b"\x00\xff" * 100_000)

    item, is_new = store.accept(new, item_id="item-1", now=clock.now())

    assert is_new
    assert (item.id, item.revision, item.state) == ("item-1", 1, State.ACCEPTED)
    assert (item.key, item.record, item.type_id) == (new.key, new.record, new.type_id)
    assert (item.who, item.patient) == (new.who, new.patient)
    assert item.accepted_at == item.changed_at == item.due_at == clock.now()
    assert store.get("item-1") == item
    assert store.content("item-1") == new.content


def test_what_was_accepted_is_there_after_reopening(make_store: MakeStore, clock: ManualClock) -> None:
    item = accept(make_store(), clock)

    store = make_store()

    assert store.by_key(STRUCTURE, KEY) == item
    assert store.content(item.id) == new_item().content


def test_the_same_key_and_bytes_give_the_same_item(store: OutboxStore, clock: ManualClock) -> None:
    first = accept(store, clock)
    clock.advance(MINUTE)

    again, is_new = store.accept(new_item(), item_id="another", now=clock.now())

    assert (again, is_new) == (first, False)
    assert sum(store.counts().values()) == 1


def test_other_bytes_under_a_key_are_refused_and_the_first_are_kept(store: OutboxStore, clock: ManualClock) -> None:
    first = accept(store, clock)

    with pytest.raises(KeyConflict):
        store.accept(new_item(content=b"other"), item_id="another", now=clock.now())

    assert store.content(first.id) == new_item().content


@pytest.mark.parametrize("content", [new_item().content, b"other"])
def test_a_key_is_known_even_once_its_content_is_destroyed(
    store: OutboxStore, clock: ManualClock, content: bytes
) -> None:
    sent = bring(store, accept(store, clock), State.SENT, clock.now())

    if content == new_item().content:
        assert store.accept(new_item(content=content), item_id="another", now=clock.now()) == (sent, False)
    else:
        with pytest.raises(KeyConflict):
            store.accept(new_item(content=content), item_id="another", now=clock.now())


def test_two_pharmacies_may_use_one_key(store: OutboxStore, clock: ManualClock) -> None:
    here = accept(store, clock)

    there, is_new = store.accept(new_item(structure="1750000002", content=b"x"), item_id="there", now=clock.now())

    assert is_new
    assert store.by_key(STRUCTURE, KEY) == here
    assert store.by_key("1750000002", KEY) == there


# ---------------------------------------------------------------- look up


def test_what_is_not_there_is_not_found(store: OutboxStore) -> None:
    assert store.by_key(STRUCTURE, "no") is None
    assert (store.of_record(STRUCTURE, "no"), store.of_patient(STRUCTURE, "no")) == ([], [])
    for ask in (store.get, store.content, store.document, store.metadata):
        with pytest.raises(NotFound):
            ask("no")


@pytest.mark.parametrize("state", [state for state in ROUTES if state is not State.TRANSLATED])
def test_items_of_a_record_and_of_a_patient_are_found_in_every_state(
    store: OutboxStore, clock: ManualClock, state: State
) -> None:
    item = bring(store, accept(store, clock, record="r", host_id="h"), state, clock.now())
    accept(store, clock, "other", record="r2", host_id="h2")

    assert store.of_record(STRUCTURE, "r") == [item]
    assert store.of_patient(STRUCTURE, "h") == [item]
    assert store.of_record("1750000002", "r") == []
    assert store.in_states(frozenset({state}))[0] == item


def test_order_is_that_of_acceptance_even_where_the_clock_goes_back(store: OutboxStore, clock: ManualClock) -> None:
    keys = [f"{number:02}" for number in range(12)]
    for key in keys:
        clock.advance(-MINUTE)
        accept(store, clock, key)
    later = clock.now() + timedelta(days=1)

    listed = store.in_states(frozenset({State.ACCEPTED, State.SENT}))

    assert [item.key for item in listed] == keys
    assert [item.key for item in store.due(later)] == keys
    assert [item.key for item in store.of_record(STRUCTURE, "zq-record")] == keys


def test_states_are_merged_in_order_and_limited(store: OutboxStore, clock: ManualClock) -> None:
    for number in range(6):
        item = accept(store, clock, str(number))
        bring(store, item, State.SENT if number % 2 else State.ACCEPTED, clock.now())

    listed = store.in_states(frozenset({State.ACCEPTED, State.SENT}), limit=4)

    assert [item.key for item in listed] == ["0", "1", "2", "3"]


def test_counts_name_every_state(store: OutboxStore, clock: ManualClock) -> None:
    bring(store, accept(store, clock, "1"), State.SENT, clock.now())
    accept(store, clock, "2")
    accept(store, clock, "3")

    counts = store.counts()

    assert set(counts) == set(State)
    assert (counts[State.SENT], counts[State.ACCEPTED], sum(counts.values())) == (1, 2, 3)


# ---------------------------------------------------------------- due


def test_an_item_is_due_when_its_time_has_come(store: OutboxStore, clock: ManualClock) -> None:
    item = bring(store, accept(store, clock), State.COMPOSED, clock.now())
    item = store.change(item, State.HELD, now=clock.now(), due_at=clock.now() + 10 * MINUTE)

    assert list(store.due(clock.now())) == []
    assert store.next_due() == clock.now() + 10 * MINUTE
    assert list(store.due(clock.now() + 10 * MINUTE)) == [item]


@pytest.mark.parametrize("state", ROUTES)
def test_what_is_due_at_once_follows_from_the_state_entered(
    store: OutboxStore, clock: ManualClock, state: State
) -> None:
    at_once = {State.ACCEPTED, State.COMPOSED, State.READY, State.UNCERTAIN}

    item = bring(store, accept(store, clock), state, clock.now())

    assert item.due_at == (clock.now() if state in at_once else None)
    assert list(store.due(clock.now())) == ([item] if state in at_once else [])
    assert store.next_due() == item.due_at


def test_a_manual_document_waits_for_its_event(store: OutboxStore, clock: ManualClock) -> None:
    store.change(accept(store, clock), State.COMPOSED, now=clock.now(), due_at=None)

    assert list(store.due(clock.now() + timedelta(days=365))) == []
    assert store.next_due() is None


def test_the_limit_of_due_leaves_nobody_behind(store: OutboxStore, clock: ManualClock) -> None:
    for number in range(7):
        accept(store, clock, str(number))
    seen: list[str] = []

    while batch := list(store.due(clock.now(), limit=3)):
        for item in batch:
            bring(store, item, State.SENT, clock.now())
            seen.append(item.key)

    assert seen == [str(number) for number in range(7)]


# ---------------------------------------------------------------- change


def test_a_change_keeps_what_is_not_given_and_is_durable(make_store: MakeStore, clock: ManualClock) -> None:
    store = make_store()
    composed = bring(store, accept(store, clock), State.COMPOSED, clock.now())
    clock.advance(MINUTE)
    hidden = Visibility(hidden_from_patient=True)

    after = store.change(composed, State.AWAITING_CONFIRMATION, now=clock.now(), visibility=hidden)

    assert after.visibility == hidden
    assert (after.title, after.frozen, after.patient) == (composed.title, composed.frozen, composed.patient)
    assert (after.revision, after.changed_at) == (composed.revision + 1, clock.now())
    assert make_store().get(after.id) == after


def test_whoever_read_an_older_revision_is_refused(store: OutboxStore, clock: ManualClock) -> None:
    seen = accept(store, clock)
    store.change(seen, State.COMPOSED, now=clock.now())

    with pytest.raises(ItemChanged):
        store.change(seen, State.CANCELLED, now=clock.now())

    assert store.get(seen.id).state is State.COMPOSED


def test_a_change_outside_the_table_is_refused_and_changes_nothing(store: OutboxStore, clock: ManualClock) -> None:
    item = accept(store, clock)

    with pytest.raises(WrongState):
        store.change(item, State.SENT, now=clock.now())

    assert store.get(item.id) == item


@pytest.mark.parametrize("left", [State.ACCEPTED, State.COMPOSED, State.READY, State.SENDING])
def test_a_waiting_item_goes_back_to_the_state_that_it_left(
    store: OutboxStore, clock: ManualClock, left: State
) -> None:
    back = State.READY if left is State.SENDING else left
    item = bring(store, accept(store, clock), left, clock.now())
    others = {State.ACCEPTED, State.COMPOSED, State.READY} - {back}

    waiting = store.change(item, State.WAITING, now=clock.now(), reason=WaitReason.CARD, fault=FAULT)

    assert (waiting.resume, waiting.reason, waiting.fault) == (back, WaitReason.CARD, FAULT)
    for other in others:
        with pytest.raises(WrongState):
            store.change(waiting, other, now=clock.now())
    resumed = store.change(waiting, back, now=clock.now())
    assert (resumed.resume, resumed.reason, resumed.fault, resumed.due_at) == (None, None, None, clock.now())


def test_a_new_patient_resumes_what_waited_for_an_identity(store: OutboxStore, clock: ManualClock) -> None:
    item = accept(store, clock, patient=patient("h").model_copy(update={"ins": None}))
    waiting = store.change(item, State.WAITING, now=clock.now(), reason=WaitReason.IDENTITY)

    resumed = store.change(waiting, State.ACCEPTED, now=clock.now(), patient=patient("h"))

    assert store.get(item.id) == resumed
    assert resumed.patient == patient("h")


def test_the_document_is_composed_again_at_will_until_ready(store: OutboxStore, clock: ManualClock) -> None:
    item = bring(store, accept(store, clock), State.AWAITING_CONFIRMATION, clock.now())

    item = store.change(item, State.AWAITING_CONFIRMATION, now=clock.now(), document=b"second", frozen=FROZEN)
    item = store.change(item, State.READY, now=clock.now(), document=b"third", metadata=b"m")

    assert (store.document(item.id), store.metadata(item.id)) == (b"third", b"m")


@pytest.mark.parametrize("state", [State.READY, State.UNCERTAIN])
@pytest.mark.parametrize("given", [{"document": b"x"}, {"metadata": b"x"}, {"frozen": FROZEN}])
def test_ready_freezes_document_and_identity(
    store: OutboxStore, clock: ManualClock, state: State, given: dict[str, Any]
) -> None:
    item = bring(store, accept(store, clock), state, clock.now())

    with pytest.raises(WrongState):
        store.change(item, State.READY, now=clock.now(), **given)

    assert store.document(item.id) == b"<document/>"


@pytest.mark.parametrize(
    ("state", "given"),
    [
        (State.WAITING, {}),
        (State.REFUSED, {}),
        (State.COMPOSED, {"reason": WaitReason.CARD}),
        (State.COMPOSED, {"resume": State.READY}),
        (State.COMPOSED, {"colour": "red"}),
        (State.CANCELLED, {"due_at": datetime(2026, 1, 15, tzinfo=UTC)}),
    ],
)
def test_a_change_without_its_reason_or_with_an_unknown_field_is_our_mistake(
    store: OutboxStore, clock: ManualClock, state: State, given: dict[str, Any]
) -> None:
    item = accept(store, clock)

    with pytest.raises(ValueError, match=r"."):
        store.change(item, state, now=clock.now(), **given)

    assert store.get(item.id) == item


# ---------------------------------------------------------------- sent, translated, recovered


def test_what_was_sent_is_destroyed_and_its_receipt_stays(make_store: MakeStore, clock: ManualClock) -> None:
    store = make_store()

    sent = bring(store, accept(store, clock), State.SENT, clock.now())

    assert sent.patient is None
    assert (sent.key, sent.record, sent.frozen, sent.title) == (KEY, "zq-record", FROZEN, "ZQ bilan partagé")
    store = make_store()
    assert store.get(sent.id) == sent
    for ask in (store.content, store.document, store.metadata):
        with pytest.raises(NotFound):
            ask(sent.id)


def test_the_visibility_of_a_sent_document_may_change(store: OutboxStore, clock: ManualClock) -> None:
    sent = bring(store, accept(store, clock), State.SENT, clock.now())

    store.change(sent, State.SENT, now=clock.now(), visibility=Visibility(hidden_from_patient=True))

    assert store.get(sent.id).visibility.hidden_from_patient


def test_receipts_are_those_of_the_period_and_of_the_pharmacy(store: OutboxStore, clock: ManualClock) -> None:
    start = clock.now()
    for number in range(4):
        bring(store, accept(store, clock, str(number)), State.SENT, clock.now())
        clock.advance(MINUTE)
    accept(store, clock, "not sent")

    receipts = store.receipts(STRUCTURE, since=start + MINUTE, until=start + 3 * MINUTE)

    assert [item.key for item in receipts] == ["1", "2"]
    assert list(store.receipts("1750000002", since=start, until=clock.now())) == []


def test_a_raw_message_becomes_its_items_at_once(store: OutboxStore, clock: ManualClock) -> None:
    raw = accept(store, clock, "raw", patient=None, type_id="raw")

    made = store.translate(raw, [("a", new_item("a")), ("b", new_item("b"))], now=clock.now())

    assert [item.id for item in made] == ["a", "b"]
    assert (store.get(raw.id).state, store.get("b").state) == (State.TRANSLATED, State.ACCEPTED)
    with pytest.raises(NotFound):
        store.content(raw.id)


def test_a_raw_message_with_one_conflict_stays_whole(store: OutboxStore, clock: ManualClock) -> None:
    accept(store, clock, "b", content=b"first")
    raw = accept(store, clock, "raw", patient=None)

    with pytest.raises(KeyConflict):
        store.translate(raw, [("a", new_item("a")), ("b2", new_item("b"))], now=clock.now())

    assert store.get(raw.id) == raw
    assert store.by_key(STRUCTURE, "a") is None


def test_a_raw_message_gets_its_patient_when_it_is_read(store: OutboxStore, clock: ManualClock) -> None:
    raw = accept(store, clock, "raw", patient=None)

    known = store.change(raw, State.ACCEPTED, now=clock.now(), patient=patient("h"))

    assert store.of_patient(STRUCTURE, "h") == [known]


def test_what_was_being_sent_at_a_stop_is_uncertain_and_due(make_store: MakeStore, clock: ManualClock) -> None:
    store = make_store()
    sending = bring(store, accept(store, clock, "1"), State.SENDING, clock.now())
    ready = bring(store, accept(store, clock, "2"), State.READY, clock.now())
    store = make_store()

    recovered = store.recover(clock.now())

    assert [(item.id, item.state) for item in recovered] == [(sending.id, State.UNCERTAIN)]
    assert list(store.due(clock.now())) == [*recovered, ready]
    assert store.recover(clock.now()) == []


def test_what_moved_on_meanwhile_is_not_due(store: OutboxStore, clock: ManualClock) -> None:
    first, second, third = (accept(store, clock, key) for key in "123")
    due = store.due(clock.now())

    assert next(due) == first
    store.change(second, State.CANCELLED, now=clock.now())

    assert list(due) == [third]


def test_an_item_that_moves_while_a_list_is_read_stands_in_it_once(store: OutboxStore, clock: ManualClock) -> None:
    items = [accept(store, clock, str(number)) for number in range(3)]
    moved = threading.Event()

    def move() -> None:
        """Back and forth between the two states that are listed."""
        item = items[2]
        while not moved.is_set():
            item = store.change(item, State.WAITING, now=clock.now(), reason=WaitReason.CARD)
            item = store.change(item, State.ACCEPTED, now=clock.now())

    with ThreadPoolExecutor(1) as host:
        moving = host.submit(move)
        lists = [store.in_states(frozenset({State.ACCEPTED, State.WAITING})) for _ in range(300)]
        moved.set()
        moving.result(30)

    assert [[one.key for one in each] for each in lists] == [["0", "1", "2"]] * len(lists)


def test_nobody_waits_for_a_list_that_is_half_read(store: OutboxStore, clock: ManualClock) -> None:
    accept(store, clock, "1")
    due = store.due(clock.now())
    next(due)

    with ThreadPoolExecutor(1) as host:
        saved = host.submit(accept, store, clock, "2").result(30)

    assert list(due) == [saved]


def test_a_whole_store_verifies_and_tidies(store: OutboxStore, clock: ManualClock) -> None:
    for number, state in enumerate(ROUTES):
        bring(store, accept(store, clock, str(number)), state, clock.now())

    store.checkpoint()

    assert store.verify() == []
