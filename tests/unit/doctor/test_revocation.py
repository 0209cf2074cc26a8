"""Whether a certificate was revoked: its issuer's list, fetched where it says, believed only where it is signed."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from dmp_core.errors import Unreachable
from dmp_core.model.access import Environment
from dmp_core.services.doctor import certificates
from dmp_core.services.doctor.finding import Severity
from dmp_core.services.doctor.setup import Libraries, PairFiles, Setup
from dmp_core.simulator import pki as test_pki
from dmp_core.simulator.pki import Authority, KeyPair
from dmp_core.testing.clock import ManualClock
from dmp_core.transport.file_key import Role

URL = "http://igc-sante.example/crl/ACI-EL-ORG.crl"
HERE = "1990000001"


@pytest.fixture(scope="session")
def pair(pkis: Any, tmp_path_factory: pytest.TempPathFactory) -> KeyPair:
    """A certificate that names a list."""
    folder = tmp_path_factory.mktemp("revocation")
    pair = KeyPair(folder / "auth.pem", folder / "auth.key")
    point = x509.DistributionPoint([x509.UniformResourceIdentifier(URL)], None, None, None)
    uses = [*test_pki._authentication(), x509.CRLDistributionPoints([point])]
    subject = [[(x509.oid.NameOID.ORGANIZATIONAL_UNIT_NAME, HERE)]]
    Authority.load(pkis[0].authority).issue(pair, subject, uses)
    return pair


def revocations(authority: Authority, at: datetime, *revoked: int, days: int = 7) -> bytes:
    builder = x509.CertificateRevocationListBuilder().issuer_name(authority.certificate.subject)
    builder = builder.last_update(at - timedelta(days=1)).next_update(at + timedelta(days=days))
    for number in revoked:
        one = x509.RevokedCertificateBuilder().serial_number(number).revocation_date(at - timedelta(days=1)).build()
        builder = builder.add_revoked_certificate(one)
    return builder.sign(authority.key, SHA256()).public_bytes(Encoding.DER)


@pytest.fixture
def examine(pkis: Any, pair: KeyPair, tmp_path: Path, clock: ManualClock) -> Callable[..., Any]:
    def run(answer: bytes | Exception) -> Any:
        asked: list[str] = []

        def fetch(url: str) -> bytes:
            asked.append(url)
            if isinstance(answer, Exception):
                raise answer
            return answer

        files = PairFiles("AUTH", Role.AUTHENTICATE, pair.certificate, pair.key, pkis[0].authority.certificate, HERE)
        setup = Setup(
            environment=Environment.SIMULATION,
            structure=HERE,
            data=tmp_path,
            uses_card=False,
            libraries=Libraries(),
            stunnel=None,
            pairs=(files,),
            services=(),
            clock_tolerance=timedelta(minutes=2),
        )
        findings = list(certificates.check(setup, clock.now(), fetch))
        assert asked == [URL]
        return next(one for one in findings if one.check == "certificates.revocation")

    return run


def serial(pair: KeyPair) -> int:
    return x509.load_pem_x509_certificate(pair.certificate.read_bytes()).serial_number


def test_a_certificate_that_is_not_on_the_list_serves(examine: Any, pkis: Any, clock: ManualClock) -> None:
    listed = revocations(Authority.load(pkis[0].authority), clock.now(), 12345)

    assert examine(listed).severity is Severity.OK


def test_one_that_is_on_the_list_is_an_error(examine: Any, pkis: Any, pair: KeyPair, clock: ManualClock) -> None:
    listed = revocations(Authority.load(pkis[0].authority), clock.now(), serial(pair))

    finding = examine(listed)

    assert (finding.severity, "révoqué" in finding.text) == (Severity.ERROR, True)


def test_another_authority_s_list_proves_nothing(examine: Any, pkis: Any, clock: ManualClock) -> None:
    forged = revocations(Authority.load(pkis[1].authority), clock.now())

    assert examine(forged).severity is Severity.WARNING


def test_a_list_that_is_out_of_date_is_told(examine: Any, pkis: Any, clock: ManualClock) -> None:
    old = revocations(Authority.load(pkis[0].authority), clock.now() - timedelta(days=30), days=1)

    assert "périmée" in examine(old).text


@pytest.mark.parametrize("answer", [b"", b"<html>", b"-----BEGIN X509 CRL-----\n", Unreachable("x")])
def test_a_list_that_cannot_be_read_is_told(examine: Any, answer: Any) -> None:
    assert examine(answer).severity is Severity.WARNING
