"""A pharmacy that runs on its card: emulated CPS3, pcscd, OpenSC, mutual TLS, the simulated DMP."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from cards import OPENSC

from dmp_core.cards.pin import Pin
from dmp_core.errors import (
    CardBlocked,
    CardError,
    CardMissing,
    CardRemoved,
    CardSilent,
    CardUnreadable,
    PinFormat,
    PinNeeded,
    PinScanned,
    PinUnconfirmed,
    PinWrong,
    ProfessionalMissing,
    StructureNotOnCard,
    WrongState,
)
from dmp_core.model.document import RecordStatus
from dmp_core.model.item import State, WaitReason
from dmp_core.model.practitioner import Who
from dmp_core.services.authentication.card_view import CardState, Ended
from dmp_core.services.notices import CardSessionChanged, PinAsked
from dmp_core.simulator.cards.cps3 import Cps3
from dmp_core.simulator.cards.holder import Holder


@pytest.fixture
def card(pharmacy) -> Cps3:
    return Cps3(pharmacy.holder())


@pytest.fixture
def other_card(pharmacy, make_holder) -> Cps3:
    """A card of a colleague, of the simulator's authority."""
    return Cps3(make_holder("899700000055", pki=pharmacy.simulator.pki), serial="2800123464")


# ---------------------------------------------------------------- reading in direct mode


def test_the_code_is_asked_when_it_is_first_needed_and_the_record_is_read_then(pharmacy, put_in, card) -> None:
    put_in(card)
    assert pharmacy.told(PinAsked) == []

    with pytest.raises(PinNeeded):
        pharmacy.app.consult.status(pharmacy.patient, pharmacy.who)
    with pytest.raises(PinNeeded):
        pharmacy.app.consult.status(pharmacy.patient, pharmacy.who)
    asked = pharmacy.told(PinAsked)
    opened = pharmacy.type()
    status = pharmacy.app.consult.status(pharmacy.patient, pharmacy.who)

    assert status is RecordStatus.AUTHORISED
    assert [(one.request.tries_left, one.holder.national_id) for one in asked] == [
        (3, pharmacy.practitioner.national_id)
    ]
    assert (opened.state, opened.structure) == (CardState.OPEN, pharmacy.counter.structure.national_id)
    assert dict(card.done) == {"authenticate": 1}


def test_one_card_operation_serves_a_hundred_consultations(pharmacy, put_in, card) -> None:
    put_in(card)
    pharmacy.open()

    with ThreadPoolExecutor(4) as network:
        asked = [network.submit(pharmacy.app.consult.existence, pharmacy.patient.ins, pharmacy.who) for _ in range(100)]
        statuses = {one.result().status for one in asked}

    assert statuses == {RecordStatus.AUTHORISED}
    assert pharmacy.fault.asked.count("TD0.2") == 100
    assert dict(card.done) == {"authenticate": 1}


def test_another_session_costs_another_handshake(pharmacy, put_in, card) -> None:
    put_in(card)

    for _ in range(2):
        pharmacy.open()
        pharmacy.app.consult.existence(pharmacy.patient.ins, pharmacy.who)
        pharmacy.session.close()

    assert dict(card.done) == {"authenticate": 2}


# ---------------------------------------------------------------- the code


def test_row_101_nothing_that_no_hand_typed_reaches_the_card(pharmacy, put_in, card) -> None:
    put_in(card)
    pharmacy.session.open(pharmacy.who)

    for digits, seconds, refusal in (
        ("3401234567890", 0.04, PinScanned),
        ("1234", 0.099, PinScanned),
        ("12345678901234567890", 3.0, PinFormat),
        ("abcd", 3.0, PinFormat),
        ("12\0\0", 3.0, PinFormat),
        ("", 3.0, PinFormat),
        ("١٢٣٤", 3.0, PinFormat),
    ):
        with pytest.raises(refusal) as refused:
            pharmacy.type(digits, seconds=seconds)
        assert refused.value.tries_left == 3

    assert card.pin.tries == 3
    assert pharmacy.type().state is CardState.OPEN


def test_row_101_one_entry_is_one_try_and_the_last_one_is_confirmed(pharmacy, put_in, card) -> None:
    put_in(card)
    first = pharmacy.session.open(pharmacy.who).request
    left = []

    for _ in range(2):
        with pytest.raises(PinWrong) as wrong:
            pharmacy.type("0000")
        left.append((wrong.value.tries_left, card.pin.tries))
    with pytest.raises(WrongState):
        pharmacy.session.enter(first.number, Pin(bytearray(b"0000")), 1.0, last_try=True, who=pharmacy.who)
    with pytest.raises(PinUnconfirmed):
        pharmacy.type("1234")
    tries_after_all = card.pin.tries
    opened = pharmacy.type("1234", last_try=True)

    assert left == [(2, 2), (1, 1)]
    assert [one.request.tries_left for one in pharmacy.told(PinAsked)] == [3, 2, 1]
    assert tries_after_all == 1
    assert (opened.state, card.pin.tries) == (CardState.OPEN, 3)


def test_a_blocked_card_is_explained_and_no_code_is_asked(pharmacy, put_in, card) -> None:
    put_in(card)
    pharmacy.session.open(pharmacy.who)
    for _ in range(2):
        with pytest.raises(PinWrong):
            pharmacy.type("0000")
    with pytest.raises(CardBlocked):
        pharmacy.type("0000", last_try=True)

    view = pharmacy.session.view()

    assert (view.state, view.request) == (CardState.BLOCKED, None)
    assert pharmacy.told(PinAsked)[-1].request is None
    with pytest.raises(CardBlocked):
        pharmacy.session.open(pharmacy.who)
    with pytest.raises(CardBlocked):
        pharmacy.app.consult.existence(pharmacy.patient.ins, pharmacy.who)


def test_a_dialog_that_is_closed_is_not_opened_again_by_itself(pharmacy, put_in, card) -> None:
    put_in(card)
    with pytest.raises(PinNeeded):
        pharmacy.app.consult.existence(pharmacy.patient.ins, pharmacy.who)

    pharmacy.session.close()
    for _ in range(3):
        with pytest.raises(PinNeeded):
            pharmacy.app.consult.existence(pharmacy.patient.ins, pharmacy.who)

    assert len(pharmacy.told(PinAsked)) == 1
    assert pharmacy.open().state is CardState.OPEN


def test_the_code_is_in_no_log_and_no_error(pharmacy, put_in, card, caplog) -> None:
    caplog.set_level("DEBUG")
    put_in(card)
    pharmacy.session.open(pharmacy.who)

    with pytest.raises(PinWrong) as wrong:
        pharmacy.type("7391")
    pharmacy.type("1234")

    assert "7391" not in caplog.text + repr(wrong.value) + str(wrong.value.as_data())


# ---------------------------------------------------------------- the end of a session


def test_a_card_that_is_pulled_out_ends_its_session(pharmacy, put_in, pull_out, card) -> None:
    put_in(card)
    pharmacy.open()
    pharmacy.app.consult.existence(pharmacy.patient.ins, pharmacy.who)

    pull_out()
    pharmacy.session.step()
    view = pharmacy.session.view()

    assert (view.state, view.ended, view.holder) == (CardState.CLOSED, Ended.REMOVED, None)
    with pytest.raises(CardMissing):
        pharmacy.app.consult.existence(pharmacy.patient.ins, pharmacy.who)
    assert pharmacy.told(CardSessionChanged)[-1].view.ended is Ended.REMOVED


@pytest.mark.parametrize("told", [True, False], ids=["the readers tell", "nobody tells"])
def test_row_065_a_card_that_comes_back_is_asked_for_its_code_and_makes_a_new_handshake(
    pharmacy, put_in, pull_out, card, told
) -> None:
    put_in(card)
    pharmacy.open()
    pharmacy.app.consult.existence(pharmacy.patient.ins, pharmacy.who)

    pull_out()
    put_in(card)
    if told:
        pharmacy.session.card_changed(present=False)
    pharmacy.session.step()
    with pytest.raises(PinNeeded):
        pharmacy.app.consult.existence(pharmacy.patient.ins, pharmacy.who)
    pharmacy.open()
    pharmacy.app.consult.existence(pharmacy.patient.ins, pharmacy.who)

    assert pharmacy.told(CardSessionChanged)[-2].view.ended in (Ended.REMOVED, Ended.RESET)
    assert dict(card.done) == {"authenticate": 2}


def test_another_professionals_card_is_not_taken_for_the_first(pharmacy, put_in, pull_out, card, other_card) -> None:
    put_in(card)
    pharmacy.open()

    pull_out()
    put_in(other_card)
    pharmacy.session.step()

    assert pharmacy.session.view().state is CardState.CLOSED
    with pytest.raises(ProfessionalMissing):
        pharmacy.app.consult.existence(pharmacy.patient.ins, pharmacy.who)
    with pytest.raises(ProfessionalMissing):
        pharmacy.session.open(pharmacy.who)
    assert len(pharmacy.told(PinAsked)) == 1
    pharmacy.work(colleague(pharmacy.who))
    assert pharmacy.session.open(colleague(pharmacy.who)).state is CardState.PIN


def test_a_session_ends_when_nobody_uses_it(pharmacy, put_in, card) -> None:
    put_in(card)
    pharmacy.open()
    pharmacy.clock.wait(minutes=29)
    pharmacy.app.consult.existence(pharmacy.patient.ins, pharmacy.who)

    pharmacy.clock.wait(minutes=29)
    still = pharmacy.session.step()
    pharmacy.clock.wait(minutes=2)
    pharmacy.session.step()

    assert still is not None
    assert pharmacy.session.view().ended is Ended.IDLE
    with pytest.raises(PinNeeded):
        pharmacy.app.consult.existence(pharmacy.patient.ins, pharmacy.who)


def test_a_session_ends_when_another_professional_takes_the_counter(pharmacy, put_in, card) -> None:
    put_in(card)
    pharmacy.open()

    pharmacy.work(colleague(pharmacy.who))

    with pytest.raises(ProfessionalMissing):
        pharmacy.app.consult.existence(pharmacy.patient.ins, colleague(pharmacy.who))
    pharmacy.session.step()
    assert pharmacy.session.view().ended is Ended.PROFESSIONAL
    pharmacy.work(pharmacy.who)
    assert pharmacy.open().state is CardState.OPEN


def test_f33_a_card_pulled_at_any_moment_of_its_opening_is_a_clear_error(pharmacy, put_in, pull_out, holder) -> None:
    """At each command that the card gets until its session is open."""
    results = set()
    for count in (1, 5, 20, 40, 60, 80, 100, 130, 160, 200):
        card = Leaving(pharmacy.holder(), after=count)
        put_in(card)
        try:
            pharmacy.session.open(pharmacy.who)
            results.add(pharmacy.type().state)
        except CardError as error:
            results.add(type(error))
        pharmacy.session.close()
        pull_out()

    assert results <= {CardState.OPEN, CardMissing, CardRemoved, CardSilent, CardUnreadable}
    put_in(Cps3(pharmacy.holder()))
    assert pharmacy.open().state is CardState.OPEN


# ---------------------------------------------------------------- feeding, with the signature key in SoftHSM2


def test_a_document_waits_for_its_card_and_leaves_when_it_is_open(feeding_pharmacy, put_in) -> None:
    pharmacy = feeding_pharmacy
    card = Cps3(pharmacy.holder())
    item = pharmacy.confirmed(pharmacy.save())
    waiting = pharmacy.until(item, State.WAITING)
    awaited = pharmacy.session.view().awaited

    put_in(card)
    pharmacy.open()
    sent = pharmacy.until(item, State.SENT)

    assert (waiting.reason, waiting.fault.code) == (WaitReason.CARD, "DMP-CARD-011")
    assert [(one.family, one.documents) for one in awaited] == [(pharmacy.practitioner.family, 1)]
    assert sent.state is State.SENT
    assert (pharmacy.registered(), dict(card.done)) == (1, {"authenticate": 1})


def test_documents_that_wait_ask_for_the_code_as_soon_as_the_card_comes(feeding_pharmacy, put_in) -> None:
    pharmacy = feeding_pharmacy
    pharmacy.until(pharmacy.confirmed(pharmacy.save()), State.WAITING)

    put_in(Cps3(pharmacy.holder()))
    pharmacy.session.card_changed(present=True)

    assert [one.request.tries_left for one in pharmacy.told(PinAsked)] == [3]


def test_f34_the_documents_of_one_professional_never_leave_by_the_card_of_another(feeding_pharmacy, put_in) -> None:
    pharmacy = feeding_pharmacy
    theirs = colleague(pharmacy.who)
    item = pharmacy.confirmed(pharmacy.save(who=theirs))

    put_in(Cps3(pharmacy.holder()))
    pharmacy.open()
    waiting = pharmacy.until(item, State.WAITING)

    assert (waiting.reason, pharmacy.registered()) == (WaitReason.CARD, 0)
    assert [(one.family, one.documents) for one in pharmacy.session.view().awaited] == [(theirs.author.family, 1)]


def test_a_hundred_fed_documents_cost_a_hundred_and_one_card_operations(feeding_pharmacy, put_in) -> None:
    pharmacy = feeding_pharmacy
    card = Cps3(pharmacy.holder())
    put_in(card)
    pharmacy.open()
    opened = pharmacy.session.card()

    items = [pharmacy.confirmed(pharmacy.save(f"save-{n}", f"record-{n}")) for n in range(100)]
    while any(pharmacy.app.outbox.get(item.id).state is not State.SENT for item in items):
        pharmacy.clock.wait(seconds=1)
        pharmacy.app.delivery.step()

    assert pharmacy.registered() == 100
    assert (card.done["authenticate"], opened.auth.operations, opened.sign.operations) == (1, 1, 100)
    assert opened.operations <= 101


def test_an_assertion_is_signed_by_the_signature_key_where_the_configuration_says_so(
    make_pharmacy, soft_tokens, soft_token, soft, put_in
) -> None:
    pharmacy = make_pharmacy(
        cps=f'library = "{OPENSC}"\nsign_library = "{soft}"', extra="[vihf]\nsigned_in_direct = true"
    )
    soft_tokens.make(pharmacy.holder(), soft_token(aut="", certificates=("sig",)))
    pharmacy.work(pharmacy.who)
    card = Cps3(pharmacy.holder())
    put_in(card)
    pharmacy.open()

    for _ in range(3):
        pharmacy.app.consult.existence(pharmacy.patient.ins, pharmacy.who)

    opened = pharmacy.session.card()
    assert (opened.auth.operations, opened.sign.operations) == (1, 3)


@pytest.mark.parametrize(("strict", "state"), [("true", None), ("false", CardState.OPEN)])
def test_a_card_of_another_structure_is_refused_unless_the_configuration_allows_it(
    make_pharmacy, put_in, strict, state
) -> None:
    pharmacy = make_pharmacy(cps=f'library = "{OPENSC}"\nstructure_on_card = {strict}')
    pharmacy.work(pharmacy.who)
    elsewhere = pharmacy.counter.structure.model_copy(update={"national_id": "1990000009", "name": "AILLEURS"})
    put_in(Cps3(Holder.of(pharmacy.simulator.pki, pharmacy.practitioner, elsewhere)))

    if state is None:
        with pytest.raises(StructureNotOnCard):
            pharmacy.open()
        assert pharmacy.session.view().state is CardState.CLOSED
    else:
        assert pharmacy.open().state is state


def test_where_the_card_names_several_structures_the_one_of_the_seat_is_in_use(pharmacy, put_in) -> None:
    own = pharmacy.counter.structure
    other = own.model_copy(update={"national_id": "1990000009", "name": "AILLEURS"})
    put_in(Cps3(Holder.of(pharmacy.simulator.pki, pharmacy.practitioner, other, own)))

    view = pharmacy.open()

    assert [one.national_id for one in view.structures] == ["1990000009", own.national_id]
    assert view.structure == own.national_id
    with pytest.raises(StructureNotOnCard):
        pharmacy.session.open(pharmacy.who, "1990000009")


# ----------------------------------------------------------------


def colleague(who: Who) -> Who:
    author = who.author.model_copy(update={"national_id": "899700000055", "family": "ADJOINTE", "given": "LOU"})
    operator = who.operator.model_copy(update={"id": "operator-2", "practitioner": author})
    return who.model_copy(update={"operator": operator, "author": author})


class Leaving(Cps3):
    """A card that answers `after` commands, then never again: as one that is pulled while it works."""

    def __init__(self, holder, *, after: int) -> None:
        super().__init__(holder)
        self._left = after

    def apdu(self, command: bytes) -> bytes | None:
        self._left -= 1
        return super().apdu(command) if self._left >= 0 else b"\x6f\x00"
