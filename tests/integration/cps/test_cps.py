"""The CPS through real PKCS#11 libraries: OpenSC over an emulated CPS3 in pcscd, SoftHSM2 with the keys of a CPS4."""

from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.hashes import SHA1, SHA256

from dmp_core.errors import (
    CardBlocked,
    CardError,
    CardExpired,
    CardLibraryMissing,
    CardMissing,
    CardRemoved,
    CardUnreadable,
    CardWrongEnvironment,
    PinWrong,
    SignatureKeyUnavailable,
)
from dmp_core.model.access import Environment
from dmp_core.ports import Hash
from dmp_core.simulator.cards.cps3 import Cps3

ME = "899700000001"


def verified(certificate: bytes, signature: bytes, data: bytes, hashed=SHA256) -> None:
    x509.load_der_x509_certificate(certificate).public_key().verify(signature, data, padding.PKCS1v15(), hashed())


# ---------------------------------------------------------------- CPS3, pcscd, OpenSC


def test_the_holder_is_read_before_any_code(put_in, cps3, readers, now) -> None:
    put_in(cps3)

    seen = readers().look(None, now)

    person = cps3.holder.practitioner
    assert seen.holder.national_id == person.national_id
    assert (seen.holder.family, seen.holder.given) == (person.family, person.given)
    assert (seen.holder.title, seen.holder.profession, seen.holder.section) == ("Pharmacien", "21", person.section)
    assert seen.tries_left == 3


def test_the_authentication_key_of_a_cps3_signs_what_was_hashed_outside(put_in, cps3, readers, pin, now) -> None:
    put_in(cps3)
    cps = readers()

    card = cps.open(cps.look(None, now), pin("1234"), now)
    signature = card.auth.sign(b"abc")
    card.close()

    verified(cps3.holder.authentication.certificate, signature, b"abc")
    assert (card.operations, cps3.done["authenticate"], cps3.done["sign"]) == (1, 1, 0)


def test_the_structures_of_exercise_are_read_after_the_code(put_in, cps3, readers, pin, now, counter) -> None:
    put_in(cps3)
    cps = readers()

    card = cps.open(cps.look(None, now), pin("1234"), now)

    assert [(one.national_id, one.name, one.sector) for one in card.exercises] == [
        (counter.structure.national_id, counter.structure.name, "SA33")
    ]


def test_opensc_cannot_use_the_signature_key_of_a_cps3_and_says_so(put_in, cps3, readers, pin, now) -> None:
    put_in(cps3)
    cps = readers()
    card = cps.open(cps.look(None, now), pin("1234"), now)

    with pytest.raises(SignatureKeyUnavailable):
        card.sign.sign(b"abc")

    assert card.auth.sign(b"abc")


def test_the_signature_key_may_come_from_another_library(
    put_in, cps3, readers, pin, now, soft_tokens, soft_token, soft
) -> None:
    put_in(cps3)
    soft_tokens.make(cps3.holder, soft_token(aut="", certificates=("sig",)))
    cps = readers(sign_library=soft)

    card = cps.open(cps.look(None, now), pin("1234"), now)

    verified(cps3.holder.signature.certificate, card.sign.sign(b"document"), b"document")
    verified(cps3.holder.authentication.certificate, card.auth.sign(b"hello"), b"hello")
    assert cps3.done["sign"] == 0


def test_row_101_wrong_codes_lower_the_tries_until_the_card_is_blocked(put_in, cps3, readers, pin, now) -> None:
    put_in(cps3)
    cps = readers()
    left = []

    for _ in range(2):
        seen = cps.look(None, now)
        with pytest.raises(PinWrong) as wrong:
            cps.open(seen, pin("0000"), now)
        left.append((wrong.value.tries_left, cps.look(None, now).tries_left))
    with pytest.raises(CardBlocked):
        cps.open(cps.look(None, now), pin("0000"), now)

    assert left == [(2, 2), (1, 1)]
    assert cps.look(None, now).tries_left == 0
    with pytest.raises(CardBlocked):
        cps.open(cps.look(None, now), pin("1234"), now)


def test_an_empty_reader_holds_no_card(pcsc, readers, now) -> None:
    with pytest.raises(CardMissing):
        readers().look(None, now)


def test_a_card_that_is_pulled_out_signs_no_more_even_when_it_comes_back(
    put_in, pull_out, cps3, readers, pin, now
) -> None:
    put_in(cps3)
    cps = readers()
    seen = cps.look(None, now)
    card = cps.open(seen, pin("1234"), now)

    pull_out()
    gone = cps.present(seen)
    put_in(cps3)

    assert gone is False
    with pytest.raises(CardRemoved):
        card.auth.sign(b"abc")
    assert card.lost
    card.close()
    again = cps.open(cps.look(None, now), pin("1234"), now)
    assert again.auth.sign(b"abc")


def test_a_card_that_takes_the_place_of_another_is_never_shown_its_code(
    put_in, pull_out, cps3, make_holder, readers, pin, now
) -> None:
    """OpenSC remembers the code and shows it again by itself: to whatever card stands there."""
    other = Cps3(make_holder(), serial="2800123464", pin=b"9999")
    put_in(cps3)
    cps = readers()
    card = cps.open(cps.look(None, now), pin("1234"), now)

    pull_out()
    put_in(other)
    with pytest.raises(CardRemoved):
        card.auth.sign(b"abc")

    assert (other.pin.tries, dict(other.done)) == (3, {})


# ---------------------------------------------------------------- a CPS4's identifiers, SoftHSM2


@pytest.mark.parametrize(
    ("aut_id", "sig_id"),
    [("20", "10"), ("e828bd080f8025000001ff001002", "e828bd080f8025000001ff001001")],
    ids=["CPS4", "CPS4 that emulates a CPS3"],
)
def test_keys_are_found_by_label_and_paired_by_their_identifier(
    soft_tokens, soft_token, soft, holder, readers, pin, now, aut_id, sig_id
) -> None:
    soft_tokens.make(holder, soft_token(aut_id=aut_id, sig_id=sig_id))
    cps = readers(library=soft)

    card = cps.open(cps.look(None, now), pin("1234"), now)

    verified(holder.authentication.certificate, card.auth.sign(b"a"), b"a")
    verified(holder.signature.certificate, card.sign.sign(b"b", Hash.SHA1), b"b", SHA1)
    assert card.auth.certificate == holder.authentication.certificate
    assert card.sign.certificate == holder.signature.certificate


def test_a_card_whose_certificates_are_exchanged_is_refused(
    soft_tokens, soft_token, soft, holder, readers, pin, now
) -> None:
    soft_tokens.make(holder, soft_token(crossed=True))
    cps = readers(library=soft)

    with pytest.raises(CardUnreadable, match="another use"):
        cps.open(cps.look(None, now), pin("1234"), now)


def test_a_card_whose_key_is_not_its_certificates_signs_nothing(
    soft_tokens, soft_token, soft, holder, make_holder, readers, pin, now
) -> None:
    liar = make_holder("899700000001")
    soft_tokens.make(
        replace(holder, authentication=replace(liar.authentication, key=holder.authentication.key)), soft_token()
    )
    cps = readers(library=soft)
    card = cps.open(cps.look(None, now), pin("1234"), now)

    with pytest.raises(CardUnreadable, match="not the key"):
        card.auth.sign(b"abc")


def test_two_keys_of_two_people_are_refused(soft_tokens, soft_token, soft, holder, make_holder, readers, pin, now):
    other = make_holder()
    soft_tokens.make(replace(holder, signature=other.signature), soft_token())
    cps = readers(library=soft)

    with pytest.raises(CardUnreadable, match="two people"):
        cps.open(cps.look(None, now), pin("1234"), now)


def test_among_two_cards_the_one_of_the_professional_at_work_is_taken(
    soft_tokens, soft_token, soft, holder, make_holder, readers, now
) -> None:
    other = make_holder()
    soft_tokens.make(holder, soft_token(label="A"))
    soft_tokens.make(other, soft_token(label="B"))
    cps = readers(library=soft)

    assert cps.look(other.practitioner.national_id, now).holder.national_id == other.practitioner.national_id
    assert cps.look(holder.practitioner.national_id, now).holder.national_id == holder.practitioner.national_id
    with pytest.raises(CardMissing, match="2 cards"):
        cps.look(None, now)


def test_a_card_without_signature_key_still_opens_connections(
    soft_tokens, soft_token, soft, holder, readers, pin, now
) -> None:
    soft_tokens.make(holder, soft_token(sig="", certificates=("aut",)))
    cps = readers(library=soft)

    card = cps.open(cps.look(None, now), pin("1234"), now)

    assert card.auth.sign(b"abc")
    with pytest.raises(SignatureKeyUnavailable):
        card.sign.sign(b"abc")


@pytest.mark.parametrize("days", [(-30, -1), (1, 30)], ids=["expired", "not yet valid"])
def test_a_card_outside_its_dates_is_refused_before_any_code(
    soft_tokens, soft_token, soft, make_holder, readers, now, days
) -> None:
    first, last = (now + timedelta(days=day) for day in days)
    soft_tokens.make(make_holder("899700000077", (first, last)), soft_token())

    with pytest.raises(CardExpired):
        readers(library=soft).look(None, now)


def test_a_test_card_is_refused_in_production(soft_tokens, soft_token, soft, holder, readers, now) -> None:
    soft_tokens.make(holder, soft_token())

    with pytest.raises(CardWrongEnvironment):
        readers(library=soft, environment=Environment.PRODUCTION).look(None, now)


def test_a_damaged_certificate_is_a_clear_error(soft_tokens, soft_token, soft, holder, readers, now) -> None:
    damaged = replace(holder.authentication, certificate=holder.authentication.certificate[:-200])
    soft_tokens.make(replace(holder, authentication=damaged), soft_token())

    with pytest.raises(CardUnreadable):
        readers(library=soft).look(None, now)


@pytest.mark.parametrize("value", [b"\xee\xff\xff", b"", b"\xee\x80" + bytes(50), b"\x1f" * 40, bytes(300)])
def test_data_that_lies_is_left_aside(soft_tokens, soft_token, soft, holder, readers, pin, now, value) -> None:
    soft_tokens.make(holder, soft_token(data=(("CPS_INFO_PS", value), ("CPS_ACTIVITY_01_PS", value))))
    cps = readers(library=soft)

    card = cps.open(cps.look(None, now), pin("1234"), now)

    assert (card.holder.section, card.exercises) == (None, ())


def test_a_library_that_is_none_is_refused(tmp_path, readers, now) -> None:
    file = tmp_path / "libcps.so"
    file.write_bytes(b"no library")

    with pytest.raises(CardLibraryMissing):
        readers(library=file).look(None, now)
    with pytest.raises(CardLibraryMissing):
        readers(library=tmp_path / "absent.so").look(None, now)


def test_every_error_of_the_cards_has_a_sentence_of_its_own() -> None:
    kinds, found = [CardError], []
    while kinds:
        kind = kinds.pop()
        found.append(kind)
        kinds += kind.__subclasses__()

    assert len({kind.code for kind in found}) == len({kind.sentence for kind in found}) == len(found)
