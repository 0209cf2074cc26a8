"""The emulated cards answer as the facts say: PIN, keys, files, lies. Keys are checked by their certificates."""

from hashlib import sha256
from typing import Any

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import NameOID

from dmp_core.simulator.cards import liars
from dmp_core.simulator.cards.cps3 import DIGEST_INFO, Cps3, Cps3Contactless, padded
from dmp_core.simulator.cards.cps4 import Cps4
from dmp_core.simulator.cards.holder import CardKey
from dmp_core.simulator.counter import Counter

DIGEST = sha256(b"abc").digest()
VERIFY = bytes.fromhex("0020000104")
PKCS1 = padding.PKCS1v15()
PSS = padding.PSS(padding.MGF1(SHA256()), 32)


def ask(card: Any, command: str | bytes) -> bytes:
    """The whole answer, GET RESPONSE included."""
    raw = bytes.fromhex(command) if isinstance(command, str) else command
    answer = card.apdu(raw)
    data = b""
    while answer[-2] == 0x61:
        data += answer[:-2]
        answer = card.apdu(bytes((0, 0xC0, 0, 0, answer[-1])))
    return data + answer


def public(key: CardKey) -> rsa.RSAPublicKey:
    found = x509.load_der_x509_certificate(key.certificate).public_key()
    assert isinstance(found, rsa.RSAPublicKey)
    return found


@pytest.fixture
def open_cps3(cps3: Cps3) -> Cps3:
    assert ask(cps3, VERIFY + b"1234") == b"\x90\x00"
    return cps3


@pytest.fixture
def open_cps4(cps4: Cps4) -> Cps4:
    assert ask(cps4, b"\x01" + VERIFY[1:] + b"1234") == b"\x90\x00"
    return cps4


def test_a_wrong_pin_costs_one_try_and_the_third_blocks(cps3: Cps3) -> None:
    answers = [ask(cps3, VERIFY + b"0000") for _ in range(4)]

    assert answers == [b"\x63\xc2", b"\x63\xc1", b"\x69\x83", b"\x69\x83"]
    assert ask(cps3, VERIFY + b"1234") == b"\x69\x83"


def test_tries_stay_over_a_reset_and_success_does_not(open_cps3: Cps3) -> None:
    ask(open_cps3, VERIFY + b"0000")
    open_cps3.reset()

    assert ask(open_cps3, "00200001") == b"\x63\xc2"


def test_the_authentication_key_signs_what_the_card_pads(open_cps3: Cps3) -> None:
    signature = ask(open_cps3, bytes.fromhex("0088000033") + DIGEST_INFO[32] + DIGEST)[:-2]

    public(open_cps3.holder.authentication).verify(signature, DIGEST, PKCS1, Prehashed(SHA256()))
    assert open_cps3.done == {"authenticate": 1}


def test_the_signature_key_signs_a_hash_that_the_card_ends(open_cps3: Cps3) -> None:
    start = bytes.fromhex("6A09E667BB67AE853C6EF372A54FF53A510E527F9B05688C1F83D9AB5BE0CD19")
    state = start + bytes(8)
    ask(open_cps3, bytes.fromhex("002A90A02F90") + bytes([40]) + state + b"\x80\x03abc")
    signature = ask(open_cps3, "002A9E9A00")[:-2]

    public(open_cps3.holder.signature).verify(signature, b"abc", PKCS1, SHA256())


def test_no_key_works_before_the_pin(cps3: Cps3) -> None:
    assert ask(cps3, bytes.fromhex("0088000033") + DIGEST_INFO[32] + DIGEST) == b"\x69\x82"
    assert cps3.done == {}


def test_a_key_takes_the_time_that_it_was_given(holder: Any) -> None:
    card = Cps3(holder, delay=0.7)
    ask(card, VERIFY + b"1234")
    before = card.delay
    ask(card, bytes.fromhex("0088000033") + DIGEST_INFO[32] + DIGEST)

    assert (before, card.delay) == (0.0, 0.0)  # GET RESPONSE, which came last, takes none
    card.apdu(bytes.fromhex("0088000033") + DIGEST_INFO[32] + DIGEST)
    assert card.delay == 0.7


def test_the_cps4_pads_nothing_for_its_authentication_key(open_cps4: Cps4) -> None:
    block = padded(DIGEST_INFO[32] + DIGEST)
    chained = bytes.fromhex("112A8086C8") + block[:200], bytes.fromhex("012A808638") + block[200:]
    ask(open_cps4, chained[0])
    signature = ask(open_cps4, chained[1])[:-2]

    public(open_cps4.holder.authentication).verify(signature, DIGEST, PKCS1, Prehashed(SHA256()))


@pytest.mark.parametrize(
    ("environment", "scheme", "key"),
    [
        ("012281B6049102" + "2820", PKCS1, "authentication"),
        ("012281B6049102" + "2C20", PSS, "authentication"),
        ("012281B6049102" + "2810", PKCS1, "signature"),
        ("012281B6049102" + "2CA0", PSS, "authentication"),
    ],
)
def test_the_cps4_signs_with_the_key_and_the_scheme_of_its_environment(
    open_cps4: Cps4, environment: str, scheme: Any, key: str
) -> None:
    ask(open_cps4, environment)
    signature = ask(open_cps4, bytes.fromhex("012A9E9A20") + DIGEST)[:-2]

    public(getattr(open_cps4.holder, key)).verify(signature, DIGEST, scheme, Prehashed(SHA256()))


def test_the_holder_is_the_pharmacist_of_the_counter(cps3: Cps3, counter: Counter) -> None:
    subject = x509.load_der_x509_certificate(cps3.holder.authentication.certificate).subject
    person = counter.operator.practitioner

    assert person is not None
    assert subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value == person.national_id
    assert len(subject.rdns[-1]) == 4  # title, SN, GN, CN in one RDN


def test_laid_on_a_contactless_reader_a_cps_has_neither_pin_nor_keys(holder: Any) -> None:
    card = Cps3Contactless(holder)

    assert ask(card, VERIFY + b"1234") == b"\x6d\x00"
    assert ask(card, bytes.fromhex("0088000033") + DIGEST_INFO[32] + DIGEST) == b"\x6d\x00"


def test_wrong_certificates_do_not_fit_the_keys_of_their_card(holder: Any) -> None:
    card = liars.with_wrong_certificates(holder)
    ask(card, VERIFY + b"1234")
    signature = ask(card, bytes.fromhex("0088000033") + DIGEST_INFO[32] + DIGEST)[:-2]

    with pytest.raises(InvalidSignature):
        public(card.holder.authentication).verify(signature, DIGEST, PKCS1, Prehashed(SHA256()))


@pytest.mark.parametrize("kind", [Cps3, Cps4, Cps3Contactless])
def test_any_command_has_an_answer(holder: Any, kind: Any) -> None:
    card = kind(holder)
    ask(card, VERIFY + b"1234")
    raws = [bytes((0x00, ins, p1, 0xB6, *body)) for ins in range(256) for p1 in (0, 0x90, 0x9E) for body in BODIES]

    answers = [card.apdu(raw) for raw in [b"", b"\0", *raws]]

    assert all(answer is not None and len(answer) >= 2 for answer in answers)


BODIES = ((), (0,), (5, 1), (2, 0x91, 0), (1, 0xBF), (3, 0x90, 1, 7), (2, 0x3F, 0, 0))
