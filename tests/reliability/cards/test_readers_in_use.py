"""F36: the service of the readers starts again, a card takes 700 ms to sign, another program keeps the card."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from reliability.cards.seat import READER, Seat

from dmp_core.errors import CardError, CardSilent
from dmp_core.model.item import OutboxItem, State
from dmp_core.services.authentication.card_view import CardState
from dmp_core.simulator.cards.cps3 import Cps3

pytestmark = pytest.mark.reliability

SIGNING = 0.7  # seconds


class Slow(Cps3):
    """Takes its time for each use of a key, as cards of the field do."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, delay=SIGNING, **options)

    def apdu(self, command: bytes) -> bytes | None:
        answer = super().apdu(command)
        time.sleep(self.delay)
        return answer


def open_and_send(seat: Seat, item: OutboxItem) -> None:
    seat.clock.wait(seconds=60)
    seat.open()
    seat.leaves(item)


# ---------------------------------------------------------------- cases


def service_restarted_while_queued(seat: Seat, item: OutboxItem, number: int) -> None:
    seat.waits(item)
    card = seat.card(seat.who)
    seat.put_in(card, told=False)
    seat.readers.serve(False)
    with pytest.raises(CardSilent):
        seat.open()

    seat.waits(item)
    seat.readers.serve(True)
    open_and_send(seat, item)


def service_restarted_in_a_session(seat: Seat, item: OutboxItem, number: int) -> None:
    """The session ends with the service, whether anybody saw it away or not."""
    card = seat.card(seat.who)
    seat.put_in(card, told=False)
    seat.open()
    if number % 2:
        seat.read()
    used = dict(card.done)
    seat.readers.serve(False)
    if number % 3:
        seat.session.step()
    seat.readers.serve(True)

    seat.waits(item)
    seat.session.step()
    assert seat.session.view().state is not CardState.OPEN
    assert dict(card.done) == used
    open_and_send(seat, item)


def service_restarted_under_another_card(seat: Seat, item: OutboxItem, number: int) -> None:
    other = seat.card(seat.colleague, pin=b"5678")
    seat.put_in(seat.card(seat.who), told=False)
    seat.open()
    seat.readers.serve(False)
    seat.readers.insert(READER, other)
    seat.readers.serve(True)

    seat.waits(item)
    assert not other.done and other.pin.tries == 3
    seat.session.step()
    seat.put_in(seat.card(seat.who), told=bool(number % 2))
    open_and_send(seat, item)


def slow_card(seat: Seat, item: OutboxItem, number: int) -> None:
    card = seat.card(seat.who, Slow)
    seat.put_in(card, told=bool(number % 2))
    open_and_send(seat, item)

    assert dict(card.done) == {"authenticate": 1, "sign": 1}


def card_kept_by_another_program(seat: Seat, item: OutboxItem, number: int) -> None:
    seat.waits(item)
    seat.readers.hold(READER)
    seat.put_in(seat.card(seat.who), told=bool(number % 2))
    with pytest.raises(CardSilent):
        seat.open()

    seat.waits(item)
    seat.readers.hold(READER, held=False)
    open_and_send(seat, item)


def card_taken_by_another_program_in_a_session(seat: Seat, item: OutboxItem, number: int) -> None:
    """What it kept us from goes on by itself once it is done: the code is not asked again."""
    card = seat.card(seat.who)
    seat.put_in(card, told=False)
    seat.open()
    if number % 2:
        seat.read()
    seat.readers.hold(READER)
    waiting = seat.waits(item)
    assert waiting.fault is not None and waiting.fault.code == CardSilent.code
    seat.readers.hold(READER, held=False)
    seat.clock.ahead = timedelta(seconds=10)

    seat.until(item, State.SENT)
    seat.leaves(item)
    assert dict(card.done) == {"authenticate": 1, "sign": 1}


CASES: tuple[Callable[[Seat, OutboxItem, int], None], ...] = (
    service_restarted_while_queued,
    service_restarted_in_a_session,
    service_restarted_under_another_card,
    card_kept_by_another_program,
    card_taken_by_another_program_in_a_session,
    slow_card,
)


def test_f36_readers_that_others_use_or_that_start_again_only_delay_a_document(
    clean: Seat, count_turns: Callable[[int, int], int], progress: Callable[[int, int], None]
) -> None:
    times = count_turns(50, 500)

    for number in range(times):
        CASES[number % len(CASES)](clean, clean.save(), number // len(CASES))
        clean.clean()
        progress(number + 1, times)
    assert clean.deposits() == clean.sent


def test_f36_what_is_told_meanwhile_says_what_to_do() -> None:
    assert CardSilent.transient and CardSilent.remedy != CardError.remedy
