"""The contract of the code: what may reach the card."""

import copy
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dmp_core.cards.pin import Pin, PinContract, PinState, Typing
from dmp_core.errors import CardBlocked, CardSilent, PinFormat, PinRefused, PinScanned, PinUnconfirmed, WrongState


def pin(digits: str = "1234") -> Pin:
    return Pin(bytearray(digits, "utf-8"))


@pytest.mark.parametrize("digits", ["1234", "12345", "12345678"])
def test_a_code_of_four_to_eight_digits_goes_to_the_card_once(digits: str) -> None:
    contract = PinContract()
    request = contract.need(3)

    contract.take(request.number, pin(digits), 1.0, last_try=False)

    assert contract.state is PinState.SPENT
    with pytest.raises(WrongState):
        contract.take(request.number, pin(digits), 1.0, last_try=False)


@pytest.mark.parametrize(
    "digits", ["", "123", "123456789", "12345678901234567890", "12a4", "1 34", "١٢٣٤", "12\x004", "１２３４", "-123"]
)
def test_row_101_another_format_never_reaches_the_card(digits: str) -> None:
    contract = PinContract()
    request = contract.need(2)

    with pytest.raises(PinFormat) as refused:
        contract.take(request.number, pin(digits), 1.0, last_try=False)

    assert (contract.request, refused.value.tries_left) == (request, 2)


@pytest.mark.parametrize(
    ("seconds", "dropped"), [(0.0, True), (0.05, True), (0.0999, True), (0.1, False), (2.0, False)]
)
def test_row_101_characters_and_enter_within_100_ms_are_dropped_whole(seconds: float, dropped: bool) -> None:
    contract = PinContract()
    request = contract.need(3)

    if dropped:
        with pytest.raises(PinScanned):
            contract.take(request.number, pin(), seconds, last_try=False)
    else:
        contract.take(request.number, pin(), seconds, last_try=False)

    assert contract.state is (PinState.ASKED if dropped else PinState.SPENT)


def test_the_last_try_needs_an_explicit_confirmation() -> None:
    contract = PinContract()
    request = contract.need(1)

    with pytest.raises(PinUnconfirmed):
        contract.take(request.number, pin(), 1.0, last_try=False)
    contract.take(request.number, pin(), 1.0, last_try=True)

    assert contract.state is PinState.SPENT


def test_a_blocked_card_is_asked_for_nothing() -> None:
    contract = PinContract()

    with pytest.raises(CardBlocked):
        contract.need(0)

    assert (contract.state, contract.request) == (PinState.BLOCKED, None)


def test_the_same_question_keeps_its_number_and_another_one_has_its_own() -> None:
    contract = PinContract()

    first, same, fewer = contract.need(3), contract.need(3), contract.need(2)
    contract.done()
    later = contract.need(2)

    assert first is same
    assert len({first.number, fewer.number, later.number}) == 3


@given(st.lists(st.tuples(st.text(max_size=9), st.floats(0, 5), st.booleans()), max_size=30))
def test_whatever_is_entered_a_try_is_spent_only_by_a_fresh_question(entries: list[tuple[str, float, bool]]) -> None:
    contract, tries, spent = PinContract(), 3, 0
    request = contract.need(tries)

    for digits, seconds, last_try in entries:
        try:
            contract.take(request.number, pin(digits), seconds, last_try=last_try)
        except (PinRefused, WrongState):
            continue
        spent += 1

    assert spent <= 1


def test_a_code_is_wiped_whatever_happens() -> None:
    digits = bytearray(b"1234")

    with pytest.raises(PinFormat), Pin(digits):
        raise PinFormat

    assert digits == bytes(4)


def test_a_code_is_wiped_only_once_the_card_has_read_it() -> None:
    digits = bytearray(b"1234")
    code = Pin(digits)

    with code.lent():
        code.wipe()
        during = bytes(digits)

    assert (during, bytes(digits)) == (b"1234", bytes(4))


def test_a_wiped_code_is_lent_to_no_card() -> None:
    code = pin()
    code.wipe()

    with pytest.raises(CardSilent), code.lent():
        raise AssertionError


def test_a_code_is_neither_shown_nor_copied() -> None:
    code = pin("7391")

    assert "7391" not in f"{code} {code!r}"
    for copied in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError):
            copied(code)
    assert code != pin("7391")


def test_a_dialog_that_sees_each_key_tells_how_long_it_took() -> None:
    typing = Typing()
    for moment, character in enumerate("1234"):
        typing.key(character, 10.0 + moment)

    code, seconds = typing.enter(14.0)
    empty, nothing = typing.enter(15.0)

    assert (bytes(code.encode()), seconds) == (b"1234", 4.0)
    assert (bytes(empty.encode()), nothing) == (b"", 0.1)
