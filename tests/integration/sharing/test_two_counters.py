"""A document saved at a counter without a reader arrives once in the DMP, through the counter that has the card."""

from typing import Any

import pytest

from dmp_core.errors import HandedOver
from dmp_core.model.consent import ConsentKind
from dmp_core.model.item import State
from dmp_core.services import notices


def test_a_document_of_the_first_counter_leaves_by_the_card_of_the_second(pharmacy: Any) -> None:
    first, second = pharmacy.first, pharmacy.second
    pharmacy.pair()
    item = first.waiting()

    first.sharing.borrow_step()
    handed = first.get(item)
    (received,) = second.there()
    second.until(received, State.SENT)
    first.sharing.borrow_step()

    assert handed.state is State.HANDED
    assert first.get(item).state is State.SENT
    assert first.get(item).frozen == second.get(received).frozen
    assert pharmacy.registered() == 1
    assert [one.item.id for one in first.told(notices.FeedFinished)] == [item.id]


def test_the_message_says_where_the_card_is(pharmacy: Any) -> None:
    pharmacy.pair()
    item = pharmacy.first.waiting()

    pharmacy.first.sharing.borrow_step()

    person = pharmacy.first.practitioner
    assert person.civility is None or person.civility in ("M", "MME")
    assert pharmacy.first.get(item).fault.sentence.startswith("La carte de ")
    assert pharmacy.first.get(item).fault.sentence.endswith(" est au comptoir 2.")


def test_a_counter_that_does_not_answer_is_named_and_the_document_waits_where_it_is(pharmacy: Any) -> None:
    pharmacy.pair()
    item = pharmacy.first.waiting()
    pharmacy.first.sharing.borrow_step()
    pharmacy.second.sharing.disable(pharmacy.second.who)

    pharmacy.first.sharing.borrow_step()

    assert pharmacy.first.get(item).state is State.HANDED
    assert pharmacy.first.get(item).fault.sentence == "Le comptoir 2 ne répond pas."


def test_a_document_that_was_handed_over_can_be_taken_back_and_does_not_leave_there(pharmacy: Any) -> None:
    first, second = pharmacy.first, pharmacy.second
    pharmacy.pair()
    item = first.waiting()
    first.sharing.borrow_step()

    taken = first.sharing.take_back(item.id, first.who)
    second.deliver()

    assert (taken.state, taken.seat) == (State.READY, None)
    assert [one.state for one in second.there()] == [State.CANCELLED]
    assert pharmacy.registered() == 0


def test_a_document_that_was_taken_back_may_be_handed_over_again(pharmacy: Any) -> None:
    first, second = pharmacy.first, pharmacy.second
    pharmacy.pair()
    item = first.waiting()
    first.sharing.borrow_step()
    first.sharing.take_back(item.id, first.who)
    first.until(item, State.WAITING)

    first.sharing.borrow_step()
    second.deliver()
    first.sharing.borrow_step()

    assert first.get(item).state is State.SENT
    assert pharmacy.registered() == 1


def test_what_left_already_is_not_taken_back(pharmacy: Any) -> None:
    first, second = pharmacy.first, pharmacy.second
    pharmacy.pair()
    item = first.waiting()
    first.sharing.borrow_step()
    second.deliver()

    assert first.sharing.take_back(item.id, first.who).state is State.HANDED
    first.sharing.borrow_step()
    assert first.get(item).state is State.SENT


def test_what_is_handed_over_is_neither_cancelled_nor_retried_here(pharmacy: Any) -> None:
    first = pharmacy.first
    pharmacy.pair()
    item = first.waiting()
    first.sharing.borrow_step()

    for ask in (first.app.delivery.cancel, first.app.delivery.retry):
        with pytest.raises(HandedOver):
            ask(item.id, first.who)


def test_a_patient_who_opposes_meanwhile_gets_the_document_back_and_cancelled(pharmacy: Any) -> None:
    first, second = pharmacy.first, pharmacy.second
    pharmacy.pair()
    item = first.waiting()
    first.sharing.borrow_step()

    first.app.consents.record(first.patient.host_id, ConsentKind.OPPOSED_TO_FEEDING, first.who, given=True)
    first.sharing.borrow_step()
    second.deliver()
    first.deliver()

    assert first.get(item).state is State.CANCELLED
    assert [one.state for one in second.there()] == [State.CANCELLED]
    assert pharmacy.registered() == 0


def test_a_seat_that_is_forgotten_leaves_its_documents_to_be_looked_up(pharmacy: Any) -> None:
    first, second = pharmacy.first, pharmacy.second
    pharmacy.pair()
    item = first.waiting()
    first.sharing.borrow_step()
    (seat,) = first.sharing.show(first.who).seats

    first.sharing.forget(seat.fingerprint, first.who)

    assert first.get(item).state is State.UNCERTAIN
    second.deliver()
    assert pharmacy.registered() == 1


def test_each_use_names_operator_and_holder(pharmacy: Any) -> None:
    first, second = pharmacy.first, pharmacy.second
    pharmacy.pair()
    first.waiting()
    first.sharing.borrow_step()

    (used,) = [one for one in second.app.audit.records() if one["action"] == "sharing.feed"]

    assert used["operator"] == first.who.operator.id
    assert used["holder"] == second.practitioner.national_id
    assert used["seat"] == first.sharing._identity().fingerprint


def test_a_consultation_is_shown_where_the_card_is(pharmacy: Any) -> None:
    pharmacy.pair()
    pharmacy.fault.asked.clear()

    pharmacy.first.sharing.consult("show", pharmacy.first.patient, pharmacy.first.who)

    (wanted,) = pharmacy.second.told(notices.ConsultationWanted)
    assert (wanted.seat, wanted.host_id) == ("comptoir 1", pharmacy.first.patient.host_id)
    assert pharmacy.fault.asked == []


def test_where_it_is_configured_a_record_is_read_here_under_the_card_there(make: Any, serve: Any) -> None:
    _, _, counterside = make
    first = counterside("comptoir 1", card=False)
    second = counterside("comptoir 2", card=True, extra="read_under_anothers_card = true")
    serve(second)
    pharmacy = type("Two", (), {"first": first, "second": second})()
    from_pair(pharmacy)
    first.waiting()
    first.sharing.borrow_step()
    second.deliver()

    listed = first.sharing.consult("list", first.patient, first.who)
    document = first.sharing.consult("fetch", first.patient, first.who, unique_id=listed.rows[0].unique_id)

    assert listed.rows
    assert document.content.startswith(b"<")
    asked = [one for one in second.app.audit.records() if one.get("transaction") == "TD3.1"]
    assert {one["operator"] for one in asked} == {first.who.operator.id}
    assert {one["author"] for one in asked} == {second.practitioner.national_id}


def from_pair(pharmacy: Any) -> None:
    first, second = pharmacy.first, pharmacy.second
    address = f"127.0.0.1:{second.enable()}"
    second.sharing.pair(None, second.who)
    code = first.sharing.pair(address, first.who).pairing.code
    first.sharing.confirm(code, first.who)
    second.sharing.confirm(code, second.who)
