"""F34: between enqueue and send the card is blocked, its code is wrong, or another professional's card stands there.

A's document never leaves under B's signature, B's card never sees A's code, and no code is tried by itself.
"""

from collections.abc import Callable

import pytest
from reliability.cards.props import Leaving
from reliability.cards.seat import READER, Seat

from dmp_core.errors import CardBlocked, CardError, CardRemoved, PinUnconfirmed, PinWrong, ProfessionalMissing
from dmp_core.model.item import OutboxItem, State
from dmp_core.services.authentication.card_view import CardState
from dmp_core.simulator.cards.cps3 import Cps3

pytestmark = pytest.mark.reliability


def untouched(card: Cps3) -> bool:
    """Nothing was signed with this card, no code was tried."""
    return not card.done and card.pin.tries == 3


def finish(seat: Seat, item: OutboxItem, card: Cps3 | None = None) -> None:
    """The right card, and its code: the document leaves."""
    seat.session.step()
    seat.put_in(card or seat.card(seat.who))
    seat.clock.wait(seconds=3)
    seat.open()
    seat.leaves(item)


def wrong(seat: Seat, times: int) -> list[int | None]:
    """Type a wrong code `times` times, the last one confirmed; what is left each time."""
    left = []
    for _ in range(times):
        request = seat.session.open(seat.who).request
        assert request is not None
        with pytest.raises((PinWrong, CardBlocked)) as refused:
            seat.type(seat.who, request.number, "9999", last_try=request.last_try)
        left.append(refused.value.tries_left)
    return left


# ---------------------------------------------------------------- what happens between enqueue and send


def blocked_card(seat: Seat, item: OutboxItem, number: int) -> None:
    card = seat.card(seat.who)
    card.pin.tries = 0
    seat.put_in(card, told=bool(number % 2))
    with pytest.raises(CardBlocked):
        seat.open()

    seat.waits(item)
    assert not card.done
    finish(seat, item)


def wrong_code_then_right(seat: Seat, item: OutboxItem, number: int) -> None:
    card, times = seat.card(seat.who), 1 + number % 2
    seat.put_in(card)

    assert wrong(seat, times) == [2, 1][:times]
    seat.waits(item)
    assert card.pin.tries == 3 - times
    request = seat.session.open(seat.who).request
    assert request is not None
    if request.last_try:
        with pytest.raises(PinUnconfirmed):
            seat.type(seat.who, request.number)
    seat.type(seat.who, request.number, last_try=True)
    seat.leaves(item)


def three_wrong_codes(seat: Seat, item: OutboxItem, number: int) -> None:
    card = seat.card(seat.who)
    seat.put_in(card)

    assert wrong(seat, 3) == [2, 1, 0]
    seat.waits(item)
    for _ in range(1 + number % 3):  # whoever asks again spends nothing
        with pytest.raises(CardBlocked):
            seat.session.open(seat.who)
    assert (card.pin.tries, dict(card.done)) == (0, {})
    finish(seat, item)


def card_of_a_colleague(seat: Seat, item: OutboxItem, number: int) -> None:
    card = seat.card(seat.colleague, pin=b"5678")
    seat.put_in(card, told=bool(number % 2))
    for ask in (seat.open, seat.read):
        with pytest.raises(ProfessionalMissing):
            ask()

    seat.waits(item)
    assert untouched(card)
    finish(seat, item)


def colleague_at_work(seat: Seat, item: OutboxItem, number: int) -> None:
    """Both have a document; each leaves by its author's card."""
    theirs = seat.save(seat.colleague)
    seat.work(seat.colleague)
    card = seat.card(seat.colleague)
    seat.put_in(card, told=bool(number % 2))
    seat.open(seat.colleague)
    seat.leaves(theirs)

    seat.waits(item)
    assert dict(card.done) == {"authenticate": 1, "sign": 1}
    seat.take_out()
    seat.work(seat.who)
    finish(seat, item)


def cards_exchanged_in_a_session(seat: Seat, item: OutboxItem, number: int) -> None:
    mine, other = seat.card(seat.who), seat.card(seat.colleague, pin=b"5678")
    seat.put_in(mine, told=False)
    seat.open()
    if number % 2:
        seat.read()
    used = dict(mine.done)
    seat.take_out(told=False)
    seat.put_in(other, told=False)

    seat.waits(item)
    assert untouched(other) and dict(mine.done) == used
    finish(seat, item)


def cards_exchanged_within_a_command(seat: Seat, item: OutboxItem, number: int) -> None:
    """At one of the last commands of a session: those that sign."""
    other = seat.card(seat.colleague, pin=b"5678")

    def exchange() -> None:
        seat.readers.remove(READER)
        seat.readers.insert(READER, other)

    mine = seat.card(seat.who, Leaving, leave=exchange, at=26 + number % 4, done=bool(number % 2))
    seat.put_in(mine, told=False)
    try:
        seat.open()
        seat.read()
    except CardError:
        pass
    seat.until(item, State.WAITING)

    seat.waits(item)
    assert untouched(other)
    finish(seat, item)


def code_typed_for_the_card_before(seat: Seat, item: OutboxItem, number: int) -> None:
    """The dialog was opened for A; by the time of Enter B's card stands there."""
    other = seat.card(seat.colleague, pin=b"5678")
    seat.put_in(seat.card(seat.who), told=False)
    request = seat.session.open(seat.who).request
    assert request is not None
    seat.take_out(told=False)
    seat.put_in(other, told=False)
    with pytest.raises(CardRemoved):
        seat.type(seat.who, request.number)

    seat.waits(item)
    assert untouched(other)
    assert seat.session.view().state is CardState.CLOSED
    finish(seat, item)


CASES: tuple[Callable[[Seat, OutboxItem, int], None], ...] = (
    blocked_card,
    wrong_code_then_right,
    three_wrong_codes,
    card_of_a_colleague,
    colleague_at_work,
    cards_exchanged_in_a_session,
    cards_exchanged_within_a_command,
    code_typed_for_the_card_before,
)


def test_f34_a_document_never_leaves_by_the_card_of_another(
    clean: Seat, count_turns: Callable[[int, int], int], progress: Callable[[int, int], None]
) -> None:
    times = count_turns(50, 1000)

    for number in range(times):
        CASES[number % len(CASES)](clean, clean.save(), number // len(CASES))
        clean.clean()
        progress(number + 1, times)
    assert clean.deposits() == clean.sent
