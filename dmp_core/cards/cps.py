"""The CPS: who holds it, where they practise, and its two keys as signers. CPS3, CPS4, and a CPS4 that emulates a CPS3.

What differs between them is never asked by name: keys are found by label and paired with their certificate by CKA_ID
(a CPS3 ends them in 01 and 02, a CPS4 in 10 and 20), and both sign by CKM_RSA_PKCS over a DigestInfo, the one way that
the CPS3's authentication key knows. So RSA-PSS, and TLS 1.3 with it, is never used, though a CPS4 could.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.x509 import load_der_x509_certificate

from dmp_core.cards import cps_data, igc_sante, libraries
from dmp_core.cards.cps_data import Exercise
from dmp_core.cards.igc_sante import CardCertificate, CardKey
from dmp_core.cards.pin import Pin
from dmp_core.cards.pkcs11 import Module, OpenToken, SeenToken
from dmp_core.errors import (
    CardError,
    CardMissing,
    CardRemoved,
    CardUnreadable,
    CardWrongEnvironment,
    SignatureKeyUnavailable,
)
from dmp_core.model.access import Environment
from dmp_core.model.x500 import distinguished_name
from dmp_core.ports import CardCalls, Hash

LABELS: Final = {CardKey.AUTHENTICATION: "CPS_PRIV_AUT", CardKey.SIGNATURE: "CPS_PRIV_SIG"}
_DIGEST_INFO: Final = {
    Hash.SHA256: bytes.fromhex("3031300d060960864801650304020105000420"),
    Hash.SHA1: bytes.fromhex("3021300906052b0e03021a05000414"),
}
"""What stands before the digest in a DigestInfo (RFC 8017, 9.2)."""


@dataclass(frozen=True, slots=True)
class Holder:
    """The professional whom a card names. `profession`: TRE_G15; `section`: TRE_G05, or a doctor's speciality."""

    national_id: str = field(repr=False)
    family: str = field(repr=False)
    given: str = field(repr=False)
    title: str = ""
    profession: str | None = None
    section: str | None = None


@dataclass(frozen=True, slots=True)
class SeenCps:
    """A CPS in a reader, before its code: who holds it, and how many tries are left (0: blocked)."""

    holder: Holder
    tries_left: int
    model: str
    token: SeenToken = field(repr=False)
    certificate: CardCertificate = field(repr=False)


class CardSigner:
    """A `Signer` whose key stays in the card. Each signature is checked before it is used: a card may lie."""

    def __init__(self, certificate: CardCertificate, token: OpenToken | None) -> None:
        """`token` None: this key cannot be used here, its certificate can be shown."""
        self._token = token
        self._certificate = certificate
        self._label = LABELS[certificate.key]
        self._public_key = certificate.public_key
        self.certificate: bytes = certificate.der
        self.chain: Sequence[bytes] = ()
        self.subject: str = distinguished_name(load_der_x509_certificate(certificate.der).subject)
        self.operations = 0
        self.lost = False

    def check_dates(self, at: datetime) -> None:
        """Raises CardExpired where its certificate is not valid at `at`."""
        self._certificate.check_dates(at)

    def sign(self, data: bytes, hash_name: Hash = Hash.SHA256) -> bytes:
        """RSASSA-PKCS1-v1_5 of `data`, one operation of the card. Raises CardError."""
        digest = hashlib.new(hash_name, data, usedforsecurity=False).digest()
        return self.sign_digest_info(_DIGEST_INFO[hash_name] + digest)

    def sign_digest_info(self, digest_info: bytes) -> bytes:
        """RSASSA-PKCS1-v1_5 of what was hashed already, as TLS has it. Raises CardError."""
        if self._token is None:
            raise SignatureKeyUnavailable(f"{self._label} was not found with its certificate")
        self.operations += 1
        try:
            signature = self._token.sign(self._label, digest_info)
        except CardRemoved:
            self.lost = True
            raise
        self._check(signature, digest_info)
        return signature

    def _check(self, signature: bytes, digest_info: bytes) -> None:
        try:
            signed = self._public_key.recover_data_from_signature(signature, padding.PKCS1v15(), None)
        except (InvalidSignature, ValueError) as error:
            raise CardUnreadable(f"{self._label} is not the key of its certificate") from error
        if signed != digest_info:
            raise CardUnreadable(f"{self._label} signed something else")


class OpenCps:
    """A CPS that accepted its code."""

    def __init__(self, seen: SeenCps, auth: CardSigner, sign: CardSigner, tokens: Sequence[OpenToken]) -> None:
        self.holder = seen.holder
        self.auth = auth
        self.sign = sign
        self.auth_id: bytes = tokens[0].key_ids[LABELS[CardKey.AUTHENTICATION]]
        self.exercises: tuple[Exercise, ...] = cps_data.exercises(tokens[0].data)
        self._tokens = tokens

    @property
    def operations(self) -> int:
        """Uses of a private key so far."""
        return self.auth.operations + self.sign.operations

    @property
    def lost(self) -> bool:
        """True once the card was found gone, or reset by another program."""
        return self.auth.lost or self.sign.lost

    def alive(self) -> bool:
        """False once the card left its reader, even if it came back, or was reset; no key is used to know it."""
        return not self.lost and all(token.alive() for token in self._tokens)

    def check_dates(self, at: datetime) -> None:
        """Raises CardExpired once a certificate ended, be it in the middle of a session."""
        self.auth.check_dates(at)
        self.sign.check_dates(at)

    def close(self) -> None:
        """Log out. Never raises."""
        for token in self._tokens:
            token.close()


class CpsReaders:
    """Finds the CPS in the readers of this seat, through the libraries of the configuration or those installed."""

    def __init__(
        self,
        calls: CardCalls,
        environment: Environment,
        *,
        library: Path | None = None,
        auth_library: Path | None = None,
        sign_library: Path | None = None,
    ) -> None:
        """A library for one key stands over `library`. Nothing is loaded yet."""
        self._calls = calls
        self._environment = environment
        self._paths = {
            CardKey.AUTHENTICATION: auth_library or library,
            CardKey.SIGNATURE: sign_library or library,
        }
        self._modules: dict[Path, Module] = {}

    def look(self, wanted: str | None, at: datetime) -> SeenCps:
        """The CPS in the readers; where there are several, the one of `wanted` (PS_IdNat).

        Raises CardMissing, CardExpired, CardWrongEnvironment, CardUnreadable, CardSilent, CardLibraryMissing.
        """
        found = [card for token in self.module(CardKey.AUTHENTICATION).tokens() if (card := _seen(token))]
        mine = [card for card in found if card.holder.national_id == wanted]
        if not found or (len(found) > 1 and not mine):
            raise CardMissing(f"{len(found)} cards, none of the professional at work" if found else "")
        chosen = (mine or found)[0]
        self._check(chosen, at)
        return chosen

    def present(self, seen: SeenCps) -> bool:
        """True as long as a card is where `seen` was."""
        return self.module(CardKey.AUTHENTICATION).present(seen.token)

    def forget(self) -> None:
        """A card or its reader went: what the libraries remember of it is not believed. No card is asked."""
        for module in tuple(self._modules.values()):
            module.forget()

    def tries_left(self, seen: SeenCps) -> int:
        """What the card allows now. Raises CardRemoved."""
        return self.module(CardKey.AUTHENTICATION).tries_left(seen.token)

    def open(self, seen: SeenCps, pin: Pin, at: datetime) -> OpenCps:
        """Show the code to the card, once for each library, the authentication key's first.

        Raises PinRefused, CardUnreadable where the card is not what it seemed, CardRemoved, CardSilent, CardExpired.
        """
        auth = self.module(CardKey.AUTHENTICATION).login(seen.token, pin)
        tokens = [auth]
        try:
            certificate = _paired(auth, CardKey.AUTHENTICATION)
            if certificate is None or certificate.national_id != seen.holder.national_id:
                raise CardUnreadable("no authentication key with its certificate: a card laid on a contactless reader?")
            return OpenCps(seen, CardSigner(certificate, auth), self._sign(seen, tokens, pin, at), tokens)
        except CardError:
            for token in tokens:
                token.close()
            raise

    def module(self, key: CardKey) -> Module:
        """The library that serves `key`, loaded at its first use. Raises CardLibraryMissing, ExtraMissing."""
        path = libraries.find(self._paths[key])
        if path not in self._modules:
            self._modules[path] = Module(path, self._calls)
        return self._modules[path]

    def _sign(self, seen: SeenCps, tokens: list[OpenToken], pin: Pin, at: datetime) -> CardSigner:
        """The signature key of the same holder. Where there is none, a card still reads the DMP."""
        module = self.module(CardKey.SIGNATURE)
        if module is not self.module(CardKey.AUTHENTICATION):
            other = next((token for token in module.tokens() if _signs_for(token, seen.holder)), None)
            if other is None:
                return CardSigner(seen.certificate, None)
            tokens.append(module.login(other, pin))
        certificate = _paired(tokens[-1], CardKey.SIGNATURE)
        if certificate is None:
            return CardSigner(seen.certificate, None)
        if certificate.national_id != seen.holder.national_id:
            raise CardUnreadable("the two keys of the card name two people")
        certificate.check_dates(at)
        return CardSigner(certificate, tokens[-1])

    def _check(self, card: SeenCps, at: datetime) -> None:
        card.certificate.check_dates(at)
        if card.certificate.is_test is (self._environment is Environment.PRODUCTION):
            raise CardWrongEnvironment("a test card" if card.certificate.is_test else "a real card")


def _seen(token: SeenToken) -> SeenCps | None:
    """The CPS that a token is, by its certificates; None where it is something else. Raises CardUnreadable."""
    certificates = [read for one in token.certificates if (read := igc_sante.read(one.der))]
    signing = {one.national_id for one in certificates if one.key is CardKey.SIGNATURE}
    auth = [one for one in certificates if one.key is CardKey.AUTHENTICATION]
    chosen = next((one for one in auth if one.national_id in signing), auth[0] if auth else None)
    if chosen is None:
        return None
    return SeenCps(_holder(chosen, token), token.tries_left, token.model, token, chosen)


def _holder(certificate: CardCertificate, token: SeenToken) -> Holder:
    info = dict(token.data).get(cps_data.INFO)
    return Holder(
        certificate.national_id,
        certificate.family,
        certificate.given,
        certificate.title,
        certificate.profession,
        certificate.section or (cps_data.speciality(info) if info else None),
    )


def _signs_for(token: SeenToken, holder: Holder) -> bool:
    certificates = [read for one in token.certificates if (read := igc_sante.read(one.der))]
    return any(one.key is CardKey.SIGNATURE and one.national_id == holder.national_id for one in certificates)


def _paired(token: OpenToken, key: CardKey) -> CardCertificate | None:
    """The certificate of that key: the key by its label, the certificate by the key's CKA_ID, both for the same use.

    Raises CardUnreadable where the certificate beside the key is made for the other use.
    """
    key_id = token.key_ids.get(LABELS[key])
    if key_id is None:
        return None
    der = next((one.der for one in token.certificates if one.id == key_id), None)
    certificate = igc_sante.read(der) if der is not None else None
    if certificate is not None and certificate.key is not key:
        raise CardUnreadable(f"the certificate of {LABELS[key]} is made for another use")
    return certificate
