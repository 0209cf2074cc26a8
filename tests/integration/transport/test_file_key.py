from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from dmp_core.errors import KeyUnusable
from dmp_core.ports import Hash, Signer
from dmp_core.transport.file_key import FileSigner, Role, Usage

NOW = datetime(2026, 1, 15, tzinfo=UTC)
PEM = serialization.Encoding.PEM
CLEAR = serialization.NoEncryption()
NON_REPUDIATION = frozenset({Usage.NON_REPUDIATION})
CPS = x509.Name(
    [
        x509.RelativeDistinguishedName([x509.NameAttribute(NameOID.COUNTRY_NAME, "FR")]),
        x509.RelativeDistinguishedName([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "ASIP-SANTE, TEST")]),
        x509.RelativeDistinguishedName([x509.NameAttribute(NameOID.STATE_OR_PROVINCE_NAME, "Rhône (69)")]),
        x509.RelativeDistinguishedName(
            [
                x509.NameAttribute(NameOID.GIVEN_NAME, "HÉLÈNE"),
                x509.NameAttribute(NameOID.COMMON_NAME, "899700000123"),
            ]
        ),
    ]
)


@pytest.fixture(scope="module")
def sign_files(pki) -> Path:
    """Certificates of one signing key: good, authenticating, without usage, expired, with the names of a CPS."""
    pki.issue("intermediate", "ca", ca=True, usage=("key_cert_sign",))
    pki.issue("sign", "intermediate", usage=("content_commitment",))
    pki.issue("sign-digital", "intermediate", key="sign", usage=("digital_signature",))
    pki.issue("auth", "ca", key="sign", usage=("digital_signature",), eku=ExtendedKeyUsageOID.CLIENT_AUTH)
    pki.issue("for-servers", "ca", key="sign", usage=("digital_signature",), eku=ExtendedKeyUsageOID.SERVER_AUTH)
    pki.issue("encrypts", "ca", key="sign", usage=("key_encipherment",))
    pki.issue("without-usage", "ca", key="sign")
    pki.issue("sign-cps", "ca", key="sign", subject=CPS, usage=("content_commitment",))
    chain = pki.file("sign.pem").read_bytes() + pki.file("ca.pem").read_bytes()
    pki.file("sign-chain.pem").write_bytes(chain + pki.file("intermediate.pem").read_bytes())
    return pki.folder


def signer(folder: Path, certificate: str = "sign.pem", key: str = "sign.key", **options: object) -> FileSigner:
    return FileSigner.from_pem(folder / certificate, folder / key, **{"at": NOW, **options})


def test_a_file_signer_is_a_signer(sign_files) -> None:
    made: Signer = signer(sign_files)

    assert made.subject == "CN=sign"
    assert made.chain == ()


@pytest.mark.parametrize(("name", "algorithm"), [(Hash.SHA256, hashes.SHA256()), (Hash.SHA1, hashes.SHA1())])
def test_what_it_signs_verifies_with_its_certificate(sign_files, name, algorithm) -> None:
    made = signer(sign_files)

    signature = made.sign(b"data", name)

    public = x509.load_der_x509_certificate(made.certificate).public_key()
    public.verify(signature, b"data", padding.PKCS1v15(), algorithm)


def test_the_chain_is_ordered_nearest_first_whatever_the_file_says(pki, sign_files) -> None:
    made = signer(sign_files, "sign-chain.pem")

    names = [x509.load_der_x509_certificate(der).subject.rfc4514_string() for der in made.chain]
    assert names == ["CN=intermediate", "CN=ca"]


def test_the_chain_may_stand_in_a_file_of_its_own(sign_files) -> None:
    made = signer(sign_files, chain=sign_files / "intermediate.pem")

    assert len(made.chain) == 1


def test_a_pkcs12_file_opens_with_its_password_alone(pki, sign_files, tmp_path) -> None:
    others = [pki.issued["intermediate"]]
    secret = serialization.BestAvailableEncryption(b"secret")
    data = pkcs12.serialize_key_and_certificates(b"x", pki.key("sign"), pki.issued["sign"], others, secret)
    (tmp_path / "sign.p12").write_bytes(data)

    made = FileSigner.from_pkcs12(tmp_path / "sign.p12", password=b"secret", at=NOW)

    assert (made.subject, len(made.chain)) == ("CN=sign", 1)
    for wrong in (b"other", None):
        with pytest.raises(KeyUnusable, match="password"):
            FileSigner.from_pkcs12(tmp_path / "sign.p12", password=wrong, at=NOW)


def test_an_encrypted_key_opens_with_its_password_alone(pki, sign_files, tmp_path) -> None:
    secret = serialization.BestAvailableEncryption(b"secret")
    data = pki.key("sign").private_bytes(PEM, serialization.PrivateFormat.PKCS8, secret)
    (tmp_path / "locked.key").write_bytes(data)

    assert signer(sign_files, key=str(tmp_path / "locked.key"), password=b"secret").subject == "CN=sign"
    for wrong in (b"other", None):
        with pytest.raises(KeyUnusable, match="password"):
            signer(sign_files, key=str(tmp_path / "locked.key"), password=wrong)


@pytest.mark.parametrize(
    ("certificate", "key", "reason"),
    [
        ("absent.pem", "sign.key", "cannot be read"),
        ("sign.pem", "absent.key", "cannot be read"),
        ("sign.key", "sign.key", "damaged"),
        ("sign.pem", "sign.pem", "damaged"),
        ("sign.pem", "server.key", "not of one pair"),
        ("encrypts.pem", "sign.key", "keyUsage"),
        ("without-usage.pem", "sign.key", "keyUsage"),
        ("auth.pem", "sign.key", "TLS client"),
    ],
)
def test_a_key_that_cannot_serve_is_refused_with_the_reason(sign_files, certificate, key, reason) -> None:
    with pytest.raises(KeyUnusable, match=reason):
        signer(sign_files, certificate, key)


def test_the_instant_decides_whether_a_certificate_is_valid(sign_files) -> None:
    with pytest.raises(KeyUnusable, match="expired on 2045-01-01"):
        signer(sign_files, at=datetime(2045, 1, 2, tzinfo=UTC))
    with pytest.raises(KeyUnusable, match="valid from 2020-01-01"):
        signer(sign_files, at=datetime(2019, 12, 31, tzinfo=UTC))


def test_the_usage_asked_for_is_configurable(sign_files) -> None:
    assert signer(sign_files, "sign-digital.pem").subject == "CN=sign-digital"
    with pytest.raises(KeyUnusable, match="nonRepudiation"):
        signer(sign_files, "sign-digital.pem", usages=NON_REPUDIATION)
    assert signer(sign_files, usages=NON_REPUDIATION).subject == "CN=sign"


def test_a_key_that_authenticates_is_asked_for_another_usage(sign_files) -> None:
    assert signer(sign_files, "auth.pem", role=Role.AUTHENTICATE).subject == "CN=auth"
    with pytest.raises(KeyUnusable, match="digitalSignature"):
        signer(sign_files, "sign.pem", role=Role.AUTHENTICATE)
    with pytest.raises(KeyUnusable, match="does not authenticate"):
        signer(sign_files, "for-servers.pem", role=Role.AUTHENTICATE)


def test_a_key_that_is_no_rsa_key_is_refused(sign_files, tmp_path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    (tmp_path / "ec.key").write_bytes(key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, CLEAR))

    with pytest.raises(KeyUnusable, match="RSA"):
        signer(sign_files, key=str(tmp_path / "ec.key"))


def test_the_subject_begins_with_its_most_specific_part_and_is_spelt_as_the_dmp_expects(sign_files) -> None:
    made = signer(sign_files, "sign-cps.pem")

    first, rest = made.subject.split(",", 1)
    assert set(first.split("+")) == {"CN=899700000123", "GN=HÉLÈNE"}
    assert rest == "ST=Rhône (69),O=ASIP-SANTE\\, TEST,C=FR"


def test_a_given_name_may_be_written_by_its_number_as_java_does(sign_files) -> None:
    made = signer(sign_files, "sign-cps.pem", given_name_as_oid=True)

    first, rest = made.subject.split(",", 1)
    assert set(first.split("+")) == {"CN=899700000123", "2.5.4.42=#0c0848c3894cc3884e45"}
    assert rest == "ST=Rhône (69),O=ASIP-SANTE\\, TEST,C=FR"
