"""Ways to the DMP out of the configuration: which certificate opens the connection, which key signs, for each mode."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.x509.oid import NameOID

from dmp_core.config import Config, Insi, KeyFiles, StructureSettings
from dmp_core.errors import ConfigInvalid, KeyUnusable
from dmp_core.identity.client import InsiClient
from dmp_core.identity.insi import TRANSACTION as INSI
from dmp_core.identity.insi_settings import InsiSettings
from dmp_core.identity.psc.direct import DirectPsc
from dmp_core.identity.psc.proxy import ProxyPsc
from dmp_core.identity.psc.settings import ClientAuth, PscSettings
from dmp_core.model.access import Mode
from dmp_core.model.x500 import distinguished_name
from dmp_core.ports import Audit, Clock, IdentityProvider, Ids, WebRequest
from dmp_core.services.authentication.certificates import Certificates
from dmp_core.services.notices import Notice
from dmp_core.services.people.insi import InsiLink
from dmp_core.services.wire.exchange import Link
from dmp_core.transport.file_key import FileSigner, Role
from dmp_core.transport.guarded import GuardedTransport
from dmp_core.transport.key_folder import KeyFolder
from dmp_core.transport.loopback import LoopbackListener
from dmp_core.transport.tls import client_context

if TYPE_CHECKING:
    from dmp_core.transport.https import HttpsTransport


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
        transport=GuardedTransport(_transport(config, auth, clock)),
        signer=FileSigner.from_pem(sign.certificate, sign.key, at=clock.now(), chain=sign.chain),
        issuer=distinguished_name(holder.subject),
        holder=_national_id(holder) if mode is Mode.DIRECT else None,
    )


def key_folder(config: Config, structure: StructureSettings) -> KeyFolder:
    """The certificates that were imported for a structure."""
    return KeyFolder(config.data / "certificates" / structure.national_id)


def with_imported_keys(config: Config, structure: StructureSettings, at: datetime) -> StructureSettings:
    """The structure with the keys that serve at `at`: what was imported stands over what the configuration names."""
    folder = key_folder(config, structure)
    imported = {
        "organisation_auth": folder.current(Role.AUTHENTICATE, at),
        "organisation_sign": folder.current(Role.SIGN, at),
    }
    files = {name: KeyFiles(certificate=one.certificate, key=one.key) for name, one in imported.items() if one}
    return structure.model_copy(update={"keys": structure.keys.model_copy(update=files)}) if files else structure


def certificates_of(
    config: Config,
    structure: StructureSettings,
    *,
    clock: Clock,
    audit: Audit | None,
    tell: Callable[[Notice], None] = lambda _: None,
    renewed: Callable[[], None] = lambda: None,
) -> Certificates:
    """The certificates of a structure, imported or named by the configuration."""
    named = {Role.AUTHENTICATE: structure.keys.organisation_auth, Role.SIGN: structure.keys.organisation_sign}
    return Certificates(
        key_folder(config, structure),
        structure.national_id,
        config.environment,
        connect=lambda certificate, key: try_connection(config, certificate, key, clock),
        clock=clock,
        audit=audit,
        tell=tell,
        renewed=renewed,
        configured={role: files.certificate for role, files in named.items() if files},
    )


def try_connection(config: Config, certificate: Path, key: Path, clock: Clock) -> None:
    """A connection to the DMP with that pair, and a request that asks for nothing. Raises TransportError, CardError."""
    from dmp_core.transport.web import HttpsWeb  # late: see `https_transport`

    context = client_context(certificate=certificate, key=key, authorities=config.dmp.ca)
    web = HttpsWeb(context, clock=clock, http_proxy=config.dmp.proxy)
    try:
        web.send(WebRequest("GET", config.dmp.url))
    finally:
        web.close()


def open_identity_provider(config: Config, structure: StructureSettings, clock: Clock, ids: Ids) -> IdentityProvider:
    """Pro Santé Connect as `[psc]` says. Raises ConfigInvalid, KeyUnusable, ExtraMissing.

    The structure's certificate (ORG_AUTH_CLI) shows who comes: to the vendor's proxy, and where `client_auth` wants it.
    """
    settings = config.psc
    if settings is None:
        raise ConfigInvalid("psc: no section [psc]")
    shown = structure.keys.organisation_auth
    if settings.proxy is None and settings.client_auth is not ClientAuth.TLS:
        shown = None
    elif shown is None:
        raise ConfigInvalid("keys: organisation_auth is needed for Pro Santé Connect")
    from dmp_core.transport.web import HttpsWeb, web_context

    context = web_context(
        authorities=settings.ca, certificate=shown.certificate if shown else None, key=shown.key if shown else None
    )
    web = HttpsWeb(context, clock=clock, http_proxy=settings.http_proxy)
    if settings.proxy is not None:
        return ProxyPsc(settings, web)
    return DirectPsc(settings, web, ids=ids, secret=lambda: _secret(settings), listen=LoopbackListener)


def _secret(settings: PscSettings) -> str | None:
    """The client secret, read when it is needed: it stays in no object."""
    if settings.client_auth is ClientAuth.TLS or settings.secret_file is None:
        return None
    try:
        return settings.secret_file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigInvalid("psc.secret_file cannot be read") from error


def open_insi(structure: StructureSettings, insi: Insi, clock: Clock, ids: Ids) -> InsiLink:
    """The way to INSi. Raises ConfigInvalid where keys are not configured, CardError where they cannot be used."""
    own, shared, direct = insi.keys, structure.keys, insi.mode is Mode.DIRECT
    if direct:
        auth = own.professional_auth or shared.professional_auth
        sign = own.professional_sign or shared.professional_sign
    else:
        auth, sign = own.organisation_auth or shared.organisation_auth, None
    if auth is None or (direct and sign is None):
        raise ConfigInvalid(f"insi: the keys that mode {insi.mode.name.lower()} needs are not configured")
    signer = FileSigner.from_pem(sign.certificate, sign.key, at=clock.now(), chain=sign.chain) if sign else None
    transport = https_transport()(
        insi.url,
        client_context(certificate=auth.certificate, key=auth.key, authorities=insi.ca),
        clock=clock,
        proxy=insi.proxy,
        timeouts={INSI: insi.timeout},
    )
    holder = _certificate(auth)
    return InsiLink(
        mode=insi.mode,
        client=InsiClient(transport, insi_settings(insi, structure), clock=clock, ids=ids, signer=signer),
        transport=transport,
        issuer=signer.subject if signer else distinguished_name(holder.subject),
        holder=_national_id(holder) if direct else None,
    )


def insi_settings(insi: Insi, structure: StructureSettings) -> InsiSettings:
    """What INSi has to be told of this pharmacy."""
    if structure.billing_id is None:
        return insi.settings
    return insi.settings.model_copy(update={"billing_id": structure.billing_id})


def _both(mode: Mode, auth: KeyFiles | None, sign: KeyFiles | None) -> tuple[KeyFiles, KeyFiles]:
    if auth is None or sign is None:
        owner = "professional" if mode is Mode.DIRECT else "organisation"
        raise ConfigInvalid(f"keys: {owner}_auth and {owner}_sign are both needed in mode {mode.name.lower()}")
    return auth, sign


def https_transport() -> "type[HttpsTransport]":
    """Imported at the first question: httpx costs a start 100 ms and 3 MB, and a bridge that rests sends nothing."""
    from dmp_core.transport.https import HttpsTransport

    return HttpsTransport


def _transport(config: Config, auth: KeyFiles, clock: Clock) -> "HttpsTransport":
    return https_transport()(
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
