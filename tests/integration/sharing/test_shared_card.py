"""A counter without a reader feeds and reads by the emulated CPS of another, whose code its holder types there."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from dmp_core.cards.pin import Pin
from dmp_core.errors import CardMissing, PinNeeded, PinWrong, ProfessionalMissing, SeatRefuses
from dmp_core.model.item import State, WaitReason
from dmp_core.services import notices
from dmp_core.services.authentication.card_view import CardState, Ended
from dmp_core.simulator.cards.cps3 import Cps3
from dmp_core.simulator.cards.holder import Holder
from dmp_core.simulator.pki import Authority
from dmp_core.testing.readers import EmulatedReaders

READER = "Lecteur"
HAND = 1.5  # seconds from the first character to Enter


@dataclass
class CardCounter:
    """`comptoir 2`, its reader, and the card of who works there."""

    side: Any
    readers: EmulatedReaders
    card: Cps3

    def put_in(self, card: Cps3 | None = None) -> None:
        self.readers.insert(READER, card or self.card)
        self.side.app.cards.step()

    def pull_out(self) -> None:
        self.readers.remove(READER)
        self.side.app.cards.step()
        self.side.app.cps.step()

    def type(self, digits: bytes = b"1234") -> CardState:
        asked = self.side.app.cps.open(self.side.who).request
        pin = Pin(bytearray(digits))
        return self.side.app.cps.enter(asked.number, pin, HAND, last_try=False, who=self.side.who).state


@pytest.fixture
def two(make: Any, serve: Any) -> tuple[Any, CardCounter]:
    """`comptoir 1` without a reader, `comptoir 2` with an empty one; not yet paired."""
    simulator, _, counterside = make
    readers = EmulatedReaders(READER)
    first = counterside("comptoir 1", card=False)
    second = counterside("comptoir 2", card=True, readers=readers, extra="read_under_anothers_card = true")
    serve(second)
    holder = Holder.of(simulator.pki, second.practitioner, second.counter.structure)
    return first, CardCounter(second, readers, Cps3(holder))


def wait_until(seen: Callable[[], bool]) -> None:
    """What another thread of the app does is seen within a minute."""
    end = time.monotonic() + 60
    while not seen():
        assert time.monotonic() < end
        time.sleep(0.02)


def pair(first: Any, second: Any) -> None:
    """`comptoir 2` shares, and both know each other."""
    address = f"127.0.0.1:{second.enable()}"
    second.sharing.pair(None, second.who)
    code = first.sharing.pair(address, first.who).pairing.code
    first.sharing.confirm(code, first.who)
    second.sharing.confirm(code, second.who)


def lend(first: Any, there: CardCounter) -> None:
    """The card is in, its code typed, and `comptoir 1` may use it."""
    there.put_in()
    there.type()
    pair(first, there.side)


# ---------------------------------------------------------------- to share


def test_a_card_is_shared_once_its_code_was_typed_where_it_is(two: Any) -> None:
    _, there = two
    with pytest.raises(CardMissing):
        there.side.enable()
    there.put_in()
    with pytest.raises(PinNeeded):
        there.side.enable()
    with pytest.raises(PinWrong):
        there.type(b"9999")

    state = there.type()
    port = there.side.enable()

    assert (state, port > 0) == (CardState.OPEN, True)
    assert there.card.pin.tries == 3
    assert there.side.sharing.show(there.side.who).holder.endswith("Titulaire")


def test_nobody_shares_the_card_of_a_colleague(two: Any) -> None:
    _, there = two
    there.put_in()
    there.type()
    colleague = there.side.but(national_id="899700000055")

    with pytest.raises(ProfessionalMissing):
        there.side.sharing.enable(there.side.soon(), colleague)


# ---------------------------------------------------------------- to feed


def test_a_document_of_the_counter_without_a_reader_is_signed_by_the_card(two: Any, make: Any) -> None:
    first, there = two
    lend(first, there)
    item = first.waiting()
    before = dict(there.card.done)

    first.sharing.borrow_step()
    handed = first.get(item)
    (received,) = there.side.there()
    there.side.until(received, State.SENT)
    first.sharing.borrow_step()

    assert handed.fault.sentence.endswith("est au comptoir 2.")
    assert first.get(item).state is State.SENT
    assert (before, dict(there.card.done)) == ({}, {"authenticate": 1, "sign": 1})


def test_a_document_waits_at_the_counter_whose_card_was_pulled_until_its_code_is_typed_again(two: Any) -> None:
    first, there = two
    lend(first, there)
    item = first.waiting()
    first.sharing.borrow_step()

    there.pull_out()
    (received,) = there.side.there()
    waiting = there.side.until(received, State.WAITING)
    ended = there.side.app.cps.view().ended
    there.put_in()
    wait_until(lambda: len(there.side.told(notices.PinAsked)) == 2)  # by itself: a document waits for the card
    there.type()
    there.side.until(received, State.SENT)
    first.sharing.borrow_step()

    assert (waiting.reason, ended) == (WaitReason.CARD, Ended.REMOVED)
    assert first.get(item).state is State.SENT


def test_the_card_of_a_colleague_put_in_its_place_signs_nothing(two: Any, make: Any, tmp_path: Any) -> None:
    first, there = two
    lend(first, there)
    item = first.waiting()
    first.sharing.borrow_step()
    colleague = there.side.but(national_id="899700000055", family="ADJOINTE").author
    pki = make[0].pki
    Authority.load(pki.authority).issue_to(pki, colleague)
    other = Cps3(Holder.of(pki, colleague, there.side.counter.structure), serial="2800123464")

    there.pull_out()
    there.put_in(other)
    there.side.deliver()
    first.sharing.borrow_step()

    (received,) = there.side.there()
    assert (received.state, received.reason) == (State.WAITING, WaitReason.CARD)
    assert first.get(item).state is State.HANDED
    assert (dict(other.done), other.pin.tries) == ({}, 3)


# ---------------------------------------------------------------- to read


def test_a_record_is_read_here_by_one_handshake_of_the_card_there(two: Any) -> None:
    first, there = two
    lend(first, there)
    first.waiting()
    first.sharing.borrow_step()
    there.side.deliver()

    listed = first.sharing.consult("list", first.patient, first.who)
    for _ in range(3):
        first.sharing.consult("fetch", first.patient, first.who, unique_id=listed.rows[0].unique_id)

    assert there.card.done["authenticate"] == 1
    (used, *_) = [one for one in there.side.app.audit.records() if one["action"] == "sharing.list"]
    assert (used["operator"], used["holder"]) == (first.who.operator.id, there.side.practitioner.national_id)


def test_nothing_is_read_here_once_the_card_there_was_pulled(two: Any) -> None:
    first, there = two
    lend(first, there)

    there.pull_out()

    with pytest.raises(SeatRefuses) as refused:
        first.sharing.consult("list", first.patient, first.who)
    assert refused.value.origin == CardMissing.code


def test_what_was_read_by_the_card_goes_with_its_session(two: Any) -> None:
    first, there = two
    lend(first, there)
    first.waiting()
    first.sharing.borrow_step()
    there.side.deliver()
    reading = there.side.app.consult
    (row,) = reading.listing(there.side.patient, there.side.who, "all").whole().rows
    reading.fetch(there.side.patient, there.side.who, row.unique_id)

    there.pull_out()

    with pytest.raises(CardMissing):
        reading.fetch(there.side.patient, there.side.who, row.unique_id)
