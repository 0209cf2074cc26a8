"""The test authority, whom it trusts, and how names are compared."""

import stat
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from dmp_core.simulator import dn
from dmp_core.simulator.pki import Pki
from dmp_core.simulator.trust import CertificateRefused


def uses(pair):
    certificate = x509.load_pem_x509_certificate(pair.certificate.read_bytes())
    usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    try:
        extended = list(certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)
    except x509.ExtensionNotFound:
        extended = []
    return usage.digital_signature, usage.content_commitment, extended


def test_each_certificate_is_made_for_its_use(kit):
    client = [ExtendedKeyUsageOID.CLIENT_AUTH]

    assert uses(kit.pki.organisation_auth(kit.pharmacy)) == (True, False, client)
    assert uses(kit.pki.organisation_sign(kit.pharmacy)) == (True, True, [])
    assert uses(kit.pki.professional_auth(kit.pharmacist)) == (True, False, client)
    assert uses(kit.pki.professional_sign(kit.pharmacist)) == (False, True, [])
    assert uses(kit.pki.server) == (True, False, [ExtendedKeyUsageOID.SERVER_AUTH])


def test_a_structure_is_named_in_ou_and_a_professional_in_cn(kit):
    pharmacy = kit.client(kit.pki.organisation_auth(kit.pharmacy))
    pharmacist = kit.client(kit.pki.professional_auth(kit.pharmacist))

    assert (pharmacy.identifier, pharmacy.is_person, pharmacy.authenticates) == (kit.pharmacy, False, True)
    assert (pharmacist.identifier, pharmacist.is_person, pharmacist.signs) == (kit.pharmacist, True, False)


def test_private_files_are_their_owners_alone(kit):
    keys = list(kit.pki.folder.rglob("*.key"))

    assert len(keys) == 2 + 4 + 4
    assert {stat.S_IMODE(key.stat().st_mode) for key in keys} == {0o600}


def test_a_folder_without_an_authority_is_told(tmp_path):
    with pytest.raises(FileNotFoundError):
        Pki.load(tmp_path)


def test_an_authority_is_found_again(kit):
    assert Pki.load(kit.pki.folder).server == kit.pki.server


@pytest.mark.parametrize("days", [-40, 4000])
def test_a_certificate_outside_its_dates_is_refused(kit, days):
    with pytest.raises(CertificateRefused):
        kit.trust.identify(kit.der(kit.pki.server), kit.at + timedelta(days=days))


def test_foreign_self_signed_and_unreadable_certificates_are_refused(kit):
    for der in (
        kit.der(kit.foreign.professional_auth(kit.pharmacist)),
        kit.der(kit.foreign.authority),
        kit.der(kit.pki.authority),
        b"",
        b"\x30\x03\x02\x01\x00",
    ):
        with pytest.raises(CertificateRefused):
            kit.trust.identify(der, kit.at)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("CN=a,OU=b,C=FR", "CN=a, OU=b, C=FR"),
        ("ST=Rhône (69),C=FR", "S=Rhône (69),C=FR"),
        ("ST=Rhône (69)", "ST=Rh\\C3\\B4ne (69)"),
        ("GN=JEANNE+SN=DUPONT+CN=8", "CN=8+SURNAME=DUPONT+GIVENNAME=JEANNE"),
        ("GN=JEANNE", "G=JEANNE"),
        ("GN=JEANNE", "2.5.4.42=#0C064A45414E4E45"),
        ("GN=JEANNE", "OID.2.5.4.42=#13064a45414e4e45"),
        ("O=A\\, B", 'O="A, B"'),
        ("O=A\\, B", "O=A\\2C B"),
        ("CN=Two  spaces", "CN=two spaces"),
    ],
)
def test_spellings_of_one_name_are_equal(one, other):
    assert dn.parse(one) == dn.parse(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("CN=a,OU=b", "OU=b,CN=a"), ("CN=a,OU=b", "CN=a+OU=b"), ("CN=a", "CN=a,C=FR"), ("CN=a", "OU=a"), ("CN=a", "CN=b")],
)
def test_different_names_are_different(one, other):
    assert dn.parse(one) != dn.parse(other)


@pytest.mark.parametrize("text", ["", "CN", "XX=a", "CN=a,", 'CN="a', "CN=a\\", "CN=#0C", "CN=#zz", "CN=\\FF"])
def test_what_is_no_name_is_refused(text):
    with pytest.raises(ValueError):
        dn.parse(text)
