"""Each certificate in a file: dates, use, key, structure, chain, revocation."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.x509.oid import ExtensionOID

from dmp_core.errors import CardError, DmpError
from dmp_core.model.access import Environment
from dmp_core.services.doctor.finding import Finding, error, info, of_error, ok, warning
from dmp_core.services.doctor.setup import PairFiles, Setup
from dmp_core.transport import certificate as reading
from dmp_core.transport.certificate import DAMAGE, Described
from dmp_core.transport.file_key import FileSigner, Role

WARNED: Final = 60
_MOST_ISSUERS: Final = 8
_USES: Final = {Role.AUTHENTICATE: "ouvrir la connexion", Role.SIGN: "signer"}
Fetch = Callable[[str], bytes]
"""The bytes at an address (http or https). Raises DmpError."""


def check(setup: Setup, at: datetime, fetch: Fetch) -> Iterator[Finding]:
    """What is to be said of each pair."""
    if not setup.pairs:
        yield info("certificates.files", "Aucun certificat en fichier : les clés sont dans la carte.")
    for pair in setup.pairs:
        try:
            described = reading.read_pem(pair.certificate)
        except CardError as met:
            yield of_error("certificates.file", met, f"{pair.label} : ")
            continue
        yield from _dates(pair, described, at)
        yield from _use(pair, described, at)
        yield from _owner(setup, pair, described)
        yield from _trust(setup, pair, described, at, fetch)


def _dates(pair: PairFiles, described: Described, at: datetime) -> Iterator[Finding]:
    name, left = "certificates.dates", described.days_left(at)
    remedy = "Commandez son renouvellement auprès de l’ANS, puis « dmp certificate import »."
    if at > described.last:
        yield error(name, f"{pair.label} : expiré depuis le {described.last:%d/%m/%Y}.", remedy)
    elif at < described.first:
        yield error(
            name,
            f"{pair.label} : valable à partir du {described.first:%d/%m/%Y} seulement.",
            "Vérifiez la date de l’ordinateur, ou attendez ce jour.",
        )
    elif left < WARNED:
        yield warning(name, f"{pair.label} : expire le {described.last:%d/%m/%Y}, dans {left} jours.", remedy)
    else:
        yield ok(name, f"{pair.label} : valable jusqu’au {described.last:%d/%m/%Y}.")


def _use(pair: PairFiles, described: Described, at: datetime) -> Iterator[Finding]:
    """The certificate is made for what it is configured for, and its key is its own."""
    name = "certificates.use"
    if described.role is not pair.role:
        made = "rien de cela" if described.role is None else f"« {_USES[described.role]} »"
        yield error(
            name,
            f"{pair.label} : configuré pour « {_USES[pair.role]} », fait pour {made}.",
            "Échangez les deux certificats dans la configuration (AUTH_CLI et SIGN).",
        )
        return
    if not described.is_valid(at):
        return
    try:
        FileSigner.from_pem(pair.certificate, pair.key, at=at, role=pair.role)
    except CardError as met:
        yield of_error(name, met, f"{pair.label} : ")
    else:
        yield ok(name, f"{pair.label} : sert à {_USES[pair.role]}, la clé est la sienne.")


def _owner(setup: Setup, pair: PairFiles, described: Described) -> Iterator[Finding]:
    name = "certificates.structure"
    if pair.structure is not None and pair.structure not in described.structures:
        yield error(
            name,
            f"{pair.label} : délivré à une autre structure que la pharmacie configurée ({pair.structure}).",
            "Vérifiez le numéro FINESS ou SIRET de la configuration, et le fichier reçu de l’ANS.",
        )
    elif pair.structure is not None:
        yield ok(name, f"{pair.label} : délivré à la pharmacie configurée.")
    if described.is_test is (setup.environment is Environment.PRODUCTION):
        kind = "de test" if described.is_test else "réel"
        yield error(
            "certificates.environment",
            f"{pair.label} : certificat {kind} dans l’environnement « {setup.environment} ».",
            "Utilisez un certificat de test hors production, celui de la pharmacie en production.",
        )


def _trust(setup: Setup, pair: PairFiles, described: Described, at: datetime, fetch: Fetch) -> Iterator[Finding]:
    """Up to a root, as far as issuers are known here; then whether the issuer revoked it."""
    files = [pair.certificate, *([pair.chain] if pair.chain else []), *(one.ca for one in setup.services if one.ca)]
    known = [issuer for file in files for issuer in _issuers(file)]
    chain, complete = _chain(described.certificate, known)
    if complete:
        yield ok("certificates.chain", f"{pair.label} : chaîne complète jusqu’à la racine.")
    else:
        yield warning(
            "certificates.chain",
            f"{pair.label} : l’émetteur « {described.issuer} » n’est pas fourni, la chaîne n’a pas été vérifiée.",
            "Ajoutez les certificats des autorités IGC-Santé (clé « chain » de la configuration).",
        )
    yield from _revocation(pair, described.certificate, chain[1] if len(chain) > 1 else None, at, fetch)


def _issuers(file: Path) -> Sequence[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(file.read_bytes())
    except (OSError, *DAMAGE):
        return ()


def _chain(leaf: x509.Certificate, known: Sequence[x509.Certificate]) -> tuple[list[x509.Certificate], bool]:
    """The leaf and its issuers, each signature verified; whether a root is at the end."""
    chain = [leaf]
    while len(chain) < _MOST_ISSUERS:
        last = chain[-1]
        if last.subject == last.issuer:
            return chain, True
        issuer = next((one for one in known if _issued(last, one)), None)
        if issuer is None:
            return chain, False
        chain.append(issuer)
    return chain, False


def _issued(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (InvalidSignature, *DAMAGE):
        return False
    return True


def _revocation(
    pair: PairFiles, leaf: x509.Certificate, issuer: x509.Certificate | None, at: datetime, fetch: Fetch
) -> Iterator[Finding]:
    name = "certificates.revocation"
    addresses = _lists(leaf)
    if not addresses:
        yield info(name, f"{pair.label} : le certificat ne nomme pas de liste de révocation.")
        return
    try:
        data = fetch(addresses[0])
        revoked = _read_list(data)
    except (DmpError, ValueError) as met:
        reason = f" ({met.code})" if isinstance(met, DmpError) else ""
        yield warning(
            name,
            f"{pair.label} : la liste de révocation n’a pas pu être lue{reason}.",
            "Autorisez l’accès aux listes de l’IGC-Santé depuis ce poste, ou vérifiez la révocation auprès de l’ANS.",
        )
        return
    if issuer is None or not revoked.is_signature_valid(issuer.public_key()):  # type: ignore[arg-type]  # of an authority
        yield warning(
            name,
            f"{pair.label} : la liste de révocation n’est pas signée par l’émetteur connu.",
            "Ajoutez les certificats des autorités IGC-Santé, puis recommencez.",
        )
    elif revoked.get_revoked_certificate_by_serial_number(leaf.serial_number) is not None:
        yield error(
            name, f"{pair.label} : certificat révoqué.", "Demandez un nouveau certificat à l’ANS, puis importez-le."
        )
    elif revoked.next_update_utc is not None and revoked.next_update_utc < at:
        yield warning(
            name,
            f"{pair.label} : la liste de révocation lue est périmée.",
            "Vérifiez la date de l’ordinateur, puis recommencez plus tard.",
        )
    else:
        yield ok(name, f"{pair.label} : non révoqué.")


def _lists(certificate: x509.Certificate) -> list[str]:
    """The addresses of the revocation list, http and https alone."""
    try:
        points = certificate.extensions.get_extension_for_oid(ExtensionOID.CRL_DISTRIBUTION_POINTS).value
    except (x509.ExtensionNotFound, *DAMAGE):
        return []
    assert isinstance(points, x509.CRLDistributionPoints), "of that OID"
    names = [
        name.value
        for point in points
        for name in point.full_name or ()
        if isinstance(name, x509.UniformResourceIdentifier)
    ]
    return [name for name in names if name.startswith(("http://", "https://"))]


def _read_list(data: bytes) -> x509.CertificateRevocationList:
    """DER, or PEM. Raises ValueError."""
    return x509.load_pem_x509_crl(data) if data.startswith(b"-----") else x509.load_der_x509_crl(data)
