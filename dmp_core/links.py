"""Ways to the DMP out of the configuration: which certificate opens the connection, which key signs, for each mode."""

from cryptography import x509
from cryptography.x509.oid import NameOID

from dmp_core.config import Config, KeyFiles, StructureSettings
from dmp_core.errors import ConfigInvalid, KeyUnusable
from dmp_core.model.access import Mode
from dmp_core.model.x500 import distinguished_name
from dmp_core.ports import Clock
from dmp_core.services.exchange import Link
from dmp_core.transport.file_key import FileSigner
from dmp_core.transport.https import HttpsTransport
from dmp_core.transport.tls import client_context


def open_link(config: Config, structure: StructureSettings, mode: Mode, clock: Clock) -> Link:
    """The link of `mode`. Raises ConfigInvalid where keys are not configured, CardError where they cannot be used."""
    keys = structure.keys
    if mode is Mode.DIRECT:
        auth, sign = _both(mode, keys.professional_auth, keys.professional_sign)
    else:
        auth, sign = _both(mode, keys.organisation_auth, keys.organisation_sign)
    holder = _certificate(auth)
    return Link(
        mode=mode,
        transport=_transport(config, auth, clock),
        signer=FileSigner.from_pem(sign.certificate, sign.key, at=clock.now(), chain=sign.chain),
        issuer=distinguished_name(holder.subject),
        holder=_national_id(holder) if mode is Mode.DIRECT else None,
    )


def _both(mode: Mode, auth: KeyFiles | None, sign: KeyFiles | None) -> tuple[KeyFiles, KeyFiles]:
    if auth is None or sign is None:
        owner = "professional" if mode is Mode.DIRECT else "organisation"
        raise ConfigInvalid(f"keys: {owner}_auth and {owner}_sign are both needed in mode {mode.name.lower()}")
    return auth, sign


def _transport(config: Config, auth: KeyFiles, clock: Clock) -> HttpsTransport:
    return HttpsTransport(
        config.dmp.url,
        client_context(certificate=auth.certificate, key=auth.key, authorities=config.dmp.ca),
        clock=clock,
        proxy=config.dmp.proxy,
        timeouts=config.dmp.timeouts,
    )


def _certificate(files: KeyFiles) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(files.certificate.read_bytes())
    except (OSError, ValueError) as error:
        raise KeyUnusable("the certificate that opens the connection cannot be read") from error


def _national_id(certificate: x509.Certificate) -> str:
    """PS_IdNat of a card: the common name of its certificate (IGC-Santé, « Cartes CPS »). Raises KeyUnusable."""
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    if not names:
        raise KeyUnusable("the certificate of the card names nobody")
    return str(names[0].value)
