"""Row 101: one entry by a human is one try at most, whatever is typed and however often a program asks."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from dmp_core.card_thread import CardThread
from dmp_core.cards.pin import Pin, PinContract
from dmp_core.errors import CardBlocked, PinFormat, PinRefused, PinUnconfirmed, PinWrong, WrongState
from dmp_core.model.access import Environment
from dmp_core.simulator.cards.cps3 import Cps3
from dmp_core.simulator.cards.holder import Holder
from dmp_core.simulator.counter import demo_counter
from dmp_core.simulator.pki import make
from dmp_core.testing.cps import EmulatedCps
from dmp_core.testing.readers import EmulatedReaders

NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def holder(tmp_path_factory: pytest.TempPathFactory) -> Holder:
    counter = demo_counter()
    practitioner = counter.operator.practitioner
    assert practitioner is not None
    folder: Path = tmp_path_factory.mktemp("rows-pki")
    return Holder.of(make(folder, [counter.structure], [practitioner], NOW), practitioner, counter.structure)


@pytest.mark.parametrize(
    "typed",
    ["12345678901234567890", "123", "12a4", "12\x0034", "1234\n", "١٢٣٤", " 1234", ""],
    ids=[f"row-101-{number}" for number in range(8)],
)
def test_what_is_no_code_never_reaches_the_card(typed: str) -> None:
    contract = PinContract()
    request = contract.need(3)

    with pytest.raises(PinFormat):
        contract.take(request.number, Pin(bytearray(typed, "utf-8")), 1.0, last_try=False)


def test_a_program_that_asks_in_a_loop_spends_one_try_row_101(holder: Holder) -> None:
    readers, thread = EmulatedReaders("Lecteur 1"), CardThread()
    card = Cps3(holder)
    readers.insert("Lecteur 1", card)
    cps, contract = EmulatedCps(readers, thread, Environment.SIMULATION), PinContract()
    seen = cps.look(None, NOW)
    request = contract.need(seen.tries_left)
    spent = 0

    for _ in range(10):
        pin = Pin(bytearray(b"9999"))
        try:
            contract.take(request.number, pin, 1.0, last_try=False)
        except WrongState:
            continue
        with pytest.raises(PinWrong):
            cps.open(seen, pin, NOW)
        spent += 1
    thread.close()

    assert (spent, card.pin.tries) == (1, 2)


def test_the_last_try_needs_a_confirmation_and_then_the_card_is_blocked_row_101(holder: Holder) -> None:
    readers, thread = EmulatedReaders("Lecteur 1"), CardThread()
    card = Cps3(holder)
    card.pin.tries = 1
    readers.insert("Lecteur 1", card)
    cps, contract = EmulatedCps(readers, thread, Environment.SIMULATION), PinContract()
    seen = cps.look(None, NOW)
    request = contract.need(seen.tries_left)

    with pytest.raises(PinUnconfirmed):
        contract.take(request.number, Pin(bytearray(b"9999")), 1.0, last_try=False)
    untouched = card.pin.tries
    request = contract.need(seen.tries_left)
    contract.take(request.number, Pin(bytearray(b"9999")), 1.0, last_try=True)
    with pytest.raises(CardBlocked):
        cps.open(seen, Pin(bytearray(b"9999")), NOW)
    thread.close()

    assert (untouched, card.pin.tries) == (1, 0)
    assert issubclass(CardBlocked, PinRefused)
