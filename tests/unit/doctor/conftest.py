"""Certificates of a test authority, as PKCS#12 files, for a day that a test chooses."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, load_pem_private_key, pkcs12

from dmp_core.model.practitioner import Structure
from dmp_core.simulator import pki as test_pki
from dmp_core.simulator.pki import KeyPair, Pki

STRUCTURE = Structure(national_id="1990000001", name="PHARMACIE DE DEMONSTRATION")
OTHER = Structure(national_id="1990000002", name="AUTRE PHARMACIE")
START = datetime(2026, 1, 15, 9, 30, tzinfo=UTC)
PASSWORD = b"mot de passe"


@pytest.fixture(scope="session")
def pkis(tmp_path_factory: pytest.TempPathFactory) -> tuple[Pki, Pki]:
    """The first authority, and the one of a renewal a hundred days later."""
    first = test_pki.make(tmp_path_factory.mktemp("first"), [STRUCTURE, OTHER], [], START)
    second = test_pki.make(tmp_path_factory.mktemp("second"), [STRUCTURE], [], START + timedelta(days=100))
    return first, second


@pytest.fixture
def p12(tmp_path: Path) -> Callable[..., Path]:
    """Writes a PKCS#12 file of a pair."""

    def write(
        pair: KeyPair, *, password: bytes | None = PASSWORD, key_of: KeyPair | None = None, name: str = "x"
    ) -> Path:
        certificate = x509.load_pem_x509_certificate(pair.certificate.read_bytes())
        key: Any = load_pem_private_key((key_of or pair).key.read_bytes(), None)
        sealed: Any = BestAvailableEncryption(password) if password else test_pki.NoEncryption()
        file = tmp_path / f"{name}.p12"
        file.write_bytes(
            pkcs12.serialize_key_and_certificates(None, key, None if key_of else certificate, None, sealed)
        )
        return file

    return write
