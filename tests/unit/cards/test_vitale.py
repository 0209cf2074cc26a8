"""The free zone of a carte Vitale, and what a card may say instead."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dmp_core.cards import vitale
from dmp_core.errors import CardError, VitaleUnreadable
from dmp_core.model.beneficiary import Beneficiary
from dmp_core.simulator.cards import liars
from dmp_core.simulator.cards.tlv import tlv
from dmp_core.simulator.cards.vitale import DURAND, Vitale1, Vitale2

FAMILY = (
    DURAND,
    ("DURAND", "PAUL", "20120229", "112027505600127"),
    ("D'HÉRÉ-ÇA", "ANNE-ZOÉ", "19691300", "269054958815780"),
)


class Line:
    """A line to an emulated card."""

    def __init__(self, card: object) -> None:
        self._answer: Callable[[bytes], bytes | None] = card.apdu  # type: ignore[attr-defined]

    def transmit(self, command: bytes) -> bytes:
        return self._answer(command) or b""


def test_the_persons_of_a_card_are_read_in_its_order() -> None:
    people = vitale.read(Line(Vitale2(FAMILY)))

    assert [(each.family, each.given, each.birth_date) for each in people] == [person[:3] for person in FAMILY]
    assert people[0].nir == "269054958815780"


def test_a_card_that_names_more_than_one_answer_holds_is_read_whole() -> None:
    people = vitale.read(Line(Vitale2(FAMILY * 5)))

    assert len(people) == 15
    assert people[14].given == "ANNE-ZOÉ"


def test_a_number_with_a_wrong_key_is_left_out_and_the_person_stays() -> None:
    people = vitale.read(Line(Vitale2([("DURAND", "MARIE", "19690713", "269054958815781")])))

    assert people == (Beneficiary(family="DURAND", given="MARIE", birth_date="19690713"),)


@pytest.mark.parametrize(
    "card",
    [
        liars.WrongLengths(Vitale2()),
        liars.Garbage(Vitale2()),
        liars.Refusing(Vitale2()),
        liars.empty_vitale(),
        Vitale1(),
        Vitale2([("", "MARIE", "19690713", "269054958815780")]),
        Vitale2([("DURAND", "MARIE", "13/07/69", "269054958815780")]),
        Vitale2([DURAND] * 32),
    ],
    ids=["lengths", "garbage", "refusing", "empty", "vitale1", "no-name", "no-date", "crowd"],
)
def test_a_card_that_lies_is_unreadable(card: object) -> None:
    with pytest.raises(VitaleUnreadable):
        vitale.read(Line(card))


def test_more_numbers_than_persons_are_no_card() -> None:
    number = tlv(0x65, tlv(0x93, b"269054958815780"))
    person = tlv(0x65, tlv(0x80, b"DURAND"), tlv(0x81, b"MARIE"))

    with pytest.raises(VitaleUnreadable):
        vitale.beneficiaries(person, number * 2)


def test_an_answer_without_end_is_given_up() -> None:
    class Endless:
        def apdu(self, _command: bytes) -> bytes:
            return b"\0\x61\xff"

    with pytest.raises(VitaleUnreadable):
        vitale.read(Line(Endless()))


@settings(max_examples=300)
@given(st.binary(max_size=300), st.binary(max_size=300))
def test_any_two_files_give_persons_or_one_error(identities: bytes, numbers: bytes) -> None:
    try:
        people = vitale.beneficiaries(identities, numbers)
    except VitaleUnreadable as error:
        assert error.detail
    else:
        assert all(person.family and person.given for person in people)


@settings(max_examples=300)
@given(st.data())
def test_a_good_card_with_changed_bytes_gives_persons_or_one_error(data: st.DataObject) -> None:
    content = bytearray(Vitale2(FAMILY).content())
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))

    try:
        people = vitale.beneficiaries(bytes(content), b"")
    except VitaleUnreadable:
        people = ()

    assert len(people) <= 31


@settings(max_examples=200)
@given(st.lists(st.binary(max_size=258), min_size=1, max_size=30))
def test_any_answers_at_all_give_persons_or_a_card_error(answers: list[bytes]) -> None:
    class Any:
        at = 0

        def apdu(self, _command: bytes) -> bytes:
            self.at += 1
            return answers[self.at % len(answers)]

    try:
        vitale.read(Line(Any()))
    except CardError as error:
        assert error.code.startswith("DMP-CARD-")


def test_no_value_of_the_card_stands_in_the_error() -> None:
    with pytest.raises(VitaleUnreadable) as caught:
        vitale.read(Line(Vitale2([("DURAND", "MARIE", "SECRET99", "269054958815780")])))

    assert "SECRET99" not in f"{caught.value} {caught.value.as_data()}"
