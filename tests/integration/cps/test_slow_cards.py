"""Cards that are slow or mute, a service that starts again (F36): a clear error in five seconds, and it goes on."""

import time

import pytest

from dmp_core.cards import pkcs11
from dmp_core.errors import CardError, CardSilent
from dmp_core.model.document import RecordStatus
from dmp_core.services.authentication.card_view import CardState, Ended
from dmp_core.simulator.cards.cps3 import Cps3


class Mute(Cps3):
    """Answers no command of that instruction for half a minute."""

    def __init__(self, holder, *, instruction: int) -> None:
        super().__init__(holder)
        self._instruction = instruction
        self._last = 0

    def apdu(self, command: bytes) -> bytes | None:
        self._last = command[1]
        return super().apdu(command)

    @property
    def delay(self) -> float:
        return 30.0 if self._last == self._instruction else 0.0


def test_f36_a_card_that_takes_700_ms_for_a_signature_is_waited_for(pharmacy, put_in) -> None:
    put_in(Cps3(pharmacy.holder(), delay=0.7))
    pharmacy.open()

    status = pharmacy.app.consult.existence(pharmacy.patient.ins, pharmacy.who).status

    assert status is RecordStatus.AUTHORISED


@pytest.mark.parametrize("instruction", [0xB0, 0x20, 0x88], ids=["a file", "the code", "a signature"])
def test_f36_a_card_that_never_answers_is_an_error_within_five_seconds(pharmacy, put_in, pull_out, instruction) -> None:
    put_in(Mute(pharmacy.holder(), instruction=instruction))

    with pytest.raises(CardError) as mute:
        pharmacy.session.open(pharmacy.who)
        pharmacy.type()
        pharmacy.app.consult.existence(pharmacy.patient.ins, pharmacy.who)
    pull_out()
    put_in(Cps3(pharmacy.holder()))

    assert isinstance(mute.value, CardSilent)
    assert pkcs11.CALL < 5, "what one use of a card is given"
    assert eventually_open(pharmacy)


def test_f36_a_service_that_starts_again_is_found_again(pharmacy, pcsc, put_in) -> None:
    put_in(Cps3(pharmacy.holder()))
    pharmacy.open()

    pcsc.stop()
    pharmacy.session.step()
    ended = pharmacy.session.view().ended
    pcsc.start()
    pcsc.slots[0].insert(Cps3(pharmacy.holder()))

    assert ended in (Ended.REMOVED, Ended.RESET)
    assert eventually_open(pharmacy)


def eventually_open(pharmacy) -> bool:
    """The card is usable again as soon as the library lets go of the one that was mute."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            return pharmacy.open().state is CardState.OPEN
        except CardError:
            continue
    return False
