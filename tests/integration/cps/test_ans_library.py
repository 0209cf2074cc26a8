"""Everything with ANS's own PKCS#11 library, where the variable DMP_ANS_PKCS11 says where it lies: CPS3 and CPS4.

It is not free to download, so these tests are skipped with one loud line elsewhere. Both keys stay in the card here:
what OpenSC cannot do (the CPS3's signature key, any CPS4) is done by nothing else.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.hashes import SHA256

from dmp_core.cards.pin import Pin
from dmp_core.errors import CardBlocked, CardMissing, PinWrong
from dmp_core.model.document import RecordStatus
from dmp_core.model.item import State
from dmp_core.services.authentication.card_view import CardState
from dmp_core.simulator.cards.cps3 import Cps3
from dmp_core.simulator.cards.cps4 import Cps4

VARIABLE = "DMP_ANS_PKCS11"
pytestmark = pytest.mark.parametrize("generation", [Cps3, Cps4])


@pytest.fixture(scope="module")
def ans() -> Path:
    path = os.environ.get(VARIABLE, "")
    if not path:
        pytest.skip(f"NO LIBRARY OF ANS: {VARIABLE} names none, the CPS4 was not tried beyond its ATR")
    assert Path(path).is_file(), f"{VARIABLE} names no file"
    return Path(path)


@pytest.fixture
def pharmacy(ans: Path, make_pharmacy: Callable[..., Any]) -> Any:
    pharmacy = make_pharmacy(cps=f'library = "{ans}"')
    pharmacy.work(pharmacy.who)
    return pharmacy


def verified(certificate: bytes, signature: bytes, data: bytes) -> None:
    x509.load_der_x509_certificate(certificate).public_key().verify(signature, data, padding.PKCS1v15(), SHA256())


def test_both_keys_are_found_paired_and_sign(generation, ans, put_in, holder, readers, pin, now) -> None:
    put_in(generation(holder))
    cps = readers(library=ans)

    seen = cps.look(None, now)
    card = cps.open(seen, pin("1234"), now)

    assert (seen.holder.national_id, seen.tries_left) == (holder.practitioner.national_id, 3)
    assert [one.national_id for one in card.exercises] == [one.national_id for one in holder.structures]
    verified(holder.authentication.certificate, card.auth.sign(b"hello"), b"hello")
    verified(holder.signature.certificate, card.sign.sign(b"document"), b"document")


def test_wrong_codes_lower_the_tries_until_the_card_is_blocked(
    generation, ans, put_in, holder, readers, pin, now
) -> None:
    put_in(generation(holder))
    cps = readers(library=ans)

    left = []
    for _ in range(2):
        with pytest.raises(PinWrong) as refused:
            cps.open(cps.look(None, now), pin("9999"), now)
        left.append(refused.value.tries_left)
    with pytest.raises(CardBlocked):
        cps.open(cps.look(None, now), pin("9999"), now)

    assert left == [2, 1]


def test_a_record_is_read_and_a_document_fed_by_the_card_alone(generation, pharmacy, put_in) -> None:
    card = generation(pharmacy.holder())
    put_in(card)

    opened = pharmacy.open()
    status = pharmacy.app.consult.status(pharmacy.patient, pharmacy.who)
    sent = pharmacy.until(pharmacy.confirmed(pharmacy.save()), State.SENT)

    assert (opened.state, status, sent.state) == (CardState.OPEN, RecordStatus.AUTHORISED, State.SENT)
    assert pharmacy.registered() == 1


def test_a_card_that_is_pulled_out_ends_its_session_and_comes_back(generation, pharmacy, put_in, pull_out) -> None:
    card = generation(pharmacy.holder())
    put_in(card)
    pharmacy.open()

    pull_out()
    pharmacy.session.step()
    with pytest.raises(CardMissing):
        pharmacy.app.consult.existence(pharmacy.patient.ins, pharmacy.who)
    put_in(card)

    assert pharmacy.open().state is CardState.OPEN


def test_a_code_of_another_format_never_reaches_the_card(generation, pharmacy, put_in) -> None:
    card = generation(pharmacy.holder())
    put_in(card)
    request = pharmacy.session.open(pharmacy.who).request

    with pytest.raises(Exception, match="DMP-CARD"):
        pharmacy.session.enter(request.number, Pin(bytearray(b"12 34")), 1.0, last_try=False, who=pharmacy.who)

    assert card.pin.tries == 3
