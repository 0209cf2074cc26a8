"""The emulated CPS3 in a real PC/SC reader, driven by OpenSC's own module and tools."""

from hashlib import sha256

import pkcs11
import pytest
from cards import OPENSC, PutIn
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from pkcs11 import Attribute, Mechanism, ObjectClass

from dmp_core.simulator.cards.cps3 import DIGEST_INFO, Cps3
from dmp_core.simulator.cards.holder import Holder

DIGEST = DIGEST_INFO[32] + sha256(b"abc").digest()


def _token() -> pkcs11.Token:
    return next(iter(pkcs11.lib(str(OPENSC)).get_tokens()))


def test_opensc_signs_with_the_authentication_key_of_the_holder(put_in: PutIn, cps3: Cps3) -> None:
    put_in(cps3)

    with _token().open(user_pin="1234") as session:
        key = session.get_key(object_class=ObjectClass.PRIVATE_KEY, label="CPS_PRIV_AUT")
        signature = key.sign(DIGEST, mechanism=Mechanism.RSA_PKCS)

    public = x509.load_der_x509_certificate(cps3.holder.authentication.certificate).public_key()
    assert isinstance(public, rsa.RSAPublicKey)
    public.verify(signature, b"abc", padding.PKCS1v15(), SHA256())
    assert cps3.done["authenticate"] == 1


def test_opensc_lists_keys_certificates_and_data_by_their_labels(put_in: PutIn, cps3: Cps3) -> None:
    put_in(cps3)

    with _token().open(user_pin="1234") as session:
        labels = {
            each[Attribute.LABEL]
            for kind in (ObjectClass.PRIVATE_KEY, ObjectClass.CERTIFICATE, ObjectClass.DATA)
            for each in session.get_objects({Attribute.CLASS: kind})
        }

    assert labels == {
        "CPS_PRIV_SIG", "CPS_PRIV_AUT", "Certificat de Signature CPS", "Certificat d'Authentification CPS",
        "CPS_NAME_PS", "CPS_INFO_PS", "CPS_ACTIVITY_01_PS",
    }  # fmt: skip


def test_the_tries_of_the_pin_stay_when_the_card_is_pulled(put_in: PutIn, cps3: Cps3) -> None:
    put_in(cps3)

    with pytest.raises(pkcs11.PinIncorrect):
        _token().open(user_pin="0000")

    assert cps3.pin.tries == 2


@pytest.mark.parametrize("digits", ["1234", "123456", "12345678"])
def test_opensc_shows_a_pin_of_four_to_eight_digits(put_in: PutIn, holder: Holder, digits: str) -> None:
    card = Cps3(holder, pin=digits.encode())
    put_in(card)

    with _token().open(user_pin=digits):
        assert card.pin.verified


@pytest.mark.parametrize("digits", ["123", "123456789"])
def test_opensc_spends_no_try_on_a_pin_of_another_length(put_in: PutIn, cps3: Cps3, digits: str) -> None:
    put_in(cps3)

    with pytest.raises(pkcs11.PKCS11Error):
        _token().open(user_pin=digits)

    assert cps3.pin.tries == 3
