"""F33: the card is pulled, or its reader unplugged, at each command of a session that opens, reads, and feeds.

DMP_CARD_CAMPAIGN (`python3 run.py reliability cards`): 50 turns a command in the place of 3.
"""

from collections.abc import Callable

import pytest
from reliability.cards.props import Leaving
from reliability.cards.seat import READER, Seat

from dmp_core.errors import CardError, CardMissing, CardRemoved, CardSilent, DmpError, PinNeeded
from dmp_core.model.item import OutboxItem, State
from dmp_core.services.authentication.card_view import CardState

pytestmark = pytest.mark.reliability

WAYS = (("remove", False), ("remove", True), ("unplug", False), ("unplug", True))
"""How the card goes, and whether the command was done, its answer lost."""
CLEAR = (CardMissing, CardRemoved, CardSilent, PinNeeded)


def session(seat: Seat, item: OutboxItem) -> list[DmpError]:
    """What a professional does with a card, as far as it goes: what they were told on the way."""
    told: list[DmpError] = []
    for step in (seat.open, seat.read):
        try:
            step()
        except DmpError as error:
            told.append(error)
    seat.until(item, State.SENT, State.WAITING)
    return told


def commands(seat: Seat) -> int:
    """How many a whole session has."""
    item = seat.save()
    card = seat.card(seat.who, Leaving, leave=lambda: None, at=0, done=True)
    seat.put_in(card, told=False)

    assert session(seat, item) == []
    seat.leaves(item)
    assert card.done == {"authenticate": 1, "sign": 1}
    seat.clean()
    return card.asked


def turn(seat: Seat, at: int, way: tuple[str, bool], *, told: bool) -> None:
    """The card goes at one command, and comes back; `told`: the thread of the readers saw it go."""
    how, done = way
    item = seat.save()
    card = seat.card(seat.who, Leaving, leave=lambda: getattr(seat.readers, how)(READER), at=at, done=done)
    seat.put_in(card, told=False)

    errors = session(seat, item)

    assert card.asked == at, "the card was there until then, and not one command longer"
    assert all(isinstance(error, CLEAR) and error.sentence and error.remedy for error in errors), errors
    waiting = seat.waits(item)
    assert waiting.fault is not None and waiting.fault.code in {kind.code for kind in CLEAR}
    assert card.pin.tries == 3

    if told:
        seat.session.card_changed(present=False)
    seat.session.step()
    assert seat.session.view().state is CardState.CLOSED
    seat.put_in(seat.card(seat.who), told=told)
    seat.clock.wait(seconds=3)  # what the readers said is looked at again
    seat.open()
    seat.leaves(item)
    seat.clean()


def test_f33_a_card_that_leaves_at_any_command_loses_nothing_and_its_document_leaves_once(
    clean: Seat, count_turns: Callable[[int, int], int], progress: Callable[[int, int], None]
) -> None:
    number, times = commands(clean), count_turns(3, 50)

    assert number > 25, "an application, its files, the code, two keys"
    for at in range(1, number + 1):
        for time in range(times):
            turn(clean, at, WAYS[(at + time) % len(WAYS)], told=bool((at + time) // len(WAYS) % 2))
        progress(at, number)
    assert clean.deposits() == clean.sent


def test_f33_every_error_of_a_card_that_leaves_is_a_sentence_for_the_counter() -> None:
    assert all(issubclass(kind, CardError) and kind.remedy != CardError.remedy for kind in CLEAR)
