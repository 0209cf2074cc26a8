"""F36: the PC/SC service starts again, and another card stands where the first one stood: they are told apart.

OpenSC does not notice it by itself: it would name the first holder, and show the first one's code to the second card.
"""

import pytest

from dmp_core.errors import CardError, CardRemoved, ProfessionalMissing
from dmp_core.services.authentication.card_view import CardState, Ended
from dmp_core.simulator.cards.cps3 import Cps3


@pytest.fixture
def other(make_holder) -> Cps3:
    """A colleague's card with the same serial number and another code."""
    return Cps3(make_holder(), pin=b"9999")


def restart(pcsc) -> None:
    pcsc.stop()
    pcsc.start()


@pytest.mark.parametrize("turns", range(3))
def test_the_card_that_stands_there_afterwards_is_read_anew(
    pcsc, put_in, pull_out, cps3, other, readers, pin, now, turns
) -> None:
    cps = readers()
    put_in(cps3)
    cps.look(None, now)

    restart(pcsc)
    for _ in range(turns):
        put_in(cps3)
        pull_out()
    put_in(other)
    seen = cps.look(None, now)

    assert seen.holder.national_id == other.holder.practitioner.national_id
    assert cps.open(seen, pin("9999"), now).auth.sign(b"abc")


def test_a_code_that_was_asked_before_is_not_shown_afterwards(pcsc, put_in, cps3, other, readers, pin, now) -> None:
    cps = readers()
    put_in(cps3)
    seen = cps.look(None, now)

    restart(pcsc)
    put_in(other)
    with pytest.raises(CardRemoved):
        cps.open(seen, pin("1234"), now)

    assert not cps.present(seen)
    assert (other.pin.tries, dict(other.done)) == (3, {})


def test_an_open_card_signs_no_more_and_its_code_is_shown_to_nobody(
    pcsc, put_in, cps3, other, readers, pin, now
) -> None:
    cps = readers()
    put_in(cps3)
    card = cps.open(cps.look(None, now), pin("1234"), now)

    restart(pcsc)
    put_in(other)
    with pytest.raises(CardRemoved):
        card.auth.sign(b"abc")

    assert card.lost and not card.alive()
    assert (other.pin.tries, dict(other.done)) == (3, {})


def test_a_library_that_another_part_of_the_program_used_before_is_started_anew(
    pcsc, put_in, cps3, other, readers, now
) -> None:
    import pkcs11
    from cards import OPENSC

    readers().module("authentication").forget()
    put_in(cps3)
    assert len(list(pkcs11.lib(str(OPENSC)).get_tokens())) == 1

    restart(pcsc)
    put_in(other)

    assert readers().look(None, now).holder.national_id == other.holder.practitioner.national_id


def test_the_session_ends_though_nobody_saw_the_service_away(pharmacy, pcsc, put_in, make_holder) -> None:
    put_in(Cps3(pharmacy.holder()))
    pharmacy.open()
    colleague = Cps3(make_holder(pki=pharmacy.simulator.pki), pin=b"9999")

    restart(pcsc)
    put_in(colleague)
    with pytest.raises(CardError):
        pharmacy.app.consult.existence(pharmacy.patient.ins, pharmacy.who)
    pharmacy.session.step()
    with pytest.raises(ProfessionalMissing):
        pharmacy.session.open(pharmacy.who)

    assert (pharmacy.session.view().state, pharmacy.session.view().ended) == (CardState.CLOSED, Ended.REMOVED)
    assert (colleague.pin.tries, dict(colleague.done)) == (3, {})


def test_a_card_that_another_program_keeps_is_silent_until_it_is_given_back(
    pcsc, put_in, cps3, readers, pin, now
) -> None:
    from smartcard import scard

    restart(pcsc)  # no handle of an earlier test is left
    reader = put_in(cps3)
    _, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
    either = scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
    taken, handle, _ = scard.SCardConnect(context, reader, scard.SCARD_SHARE_EXCLUSIVE, either)
    assert taken == scard.SCARD_S_SUCCESS

    with pytest.raises(CardError) as kept:
        readers().look(None, now)
    scard.SCardDisconnect(handle, scard.SCARD_LEAVE_CARD)
    scard.SCardReleaseContext(context)
    cps = readers()
    card = cps.open(cps.look(None, now), pin("1234"), now)

    assert kept.value.sentence and kept.value.remedy
    assert card.auth.sign(b"abc")
