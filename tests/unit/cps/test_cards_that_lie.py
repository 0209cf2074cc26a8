"""What a card says is checked before it is believed: certificates, BER-TLV, structures of exercise."""

import contextlib
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from hypothesis import given
from hypothesis import strategies as st

from dmp_core.cards import ber, cps_data, igc_sante
from dmp_core.cards.cps_data import Exercise
from dmp_core.cards.igc_sante import CardKey
from dmp_core.errors import CardExpired, CardUnreadable

NOW = datetime(2026, 1, 15, tzinfo=UTC)
BITS = (
    "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
    "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
)  # fmt: skip
PERSON = (
    (NameOID.TITLE, "Pharmacien"),
    (NameOID.SURNAME, "TITULAIRE"),
    (NameOID.GIVEN_NAME, "CAMILLE"),
    (NameOID.COMMON_NAME, "899700000001"),
)
KEY = rsa.generate_private_key(65537, 2048)


def certificate(
    *last,
    uses=("digital_signature",),
    client=True,
    key=KEY,
    issuer="TEST AC IGC-SANTE FORT PERSONNES",
    organisation="ASIP-SANTE",
    extensions=(),
    ca=False,
) -> bytes:
    subject = x509.Name(
        [
            x509.RelativeDistinguishedName([x509.NameAttribute(NameOID.COUNTRY_NAME, "FR")]),
            x509.RelativeDistinguishedName([x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation)]),
            x509.RelativeDistinguishedName([x509.NameAttribute(oid, value) for oid, value in last or PERSON]),
        ]
    )
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOW - timedelta(days=10))
        .not_valid_after(NOW + timedelta(days=10))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(**{bit: bit in uses for bit in BITS}), critical=True)
    )
    if client:
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
    for oid, value in extensions:
        builder = builder.add_extension(x509.UnrecognizedExtension(x509.ObjectIdentifier(oid), value), critical=False)
    return builder.sign(KEY, hashes.SHA256()).public_bytes(Encoding.DER)


# ---------------------------------------------------------------- certificates of IGC-Santé


def test_a_name_of_several_values_gives_the_holder() -> None:
    read = igc_sante.read(certificate())

    assert read is not None
    assert (read.national_id, read.family, read.given) == ("899700000001", "TITULAIRE", "CAMILLE")
    assert (read.title, read.profession, read.key, read.is_test) == ("Pharmacien", "21", CardKey.AUTHENTICATION, True)


def test_an_employees_card_has_neither_family_nor_given_name() -> None:
    """PDT-INF-617: IGC-Santé puts none; the O and the CN stand for them."""
    read = igc_sante.read(certificate((NameOID.COMMON_NAME, "1234/5678"), organisation="PHARMACIE DE LA GARE"))

    assert read is not None
    assert (read.family, read.given, read.national_id) == ("PHARMACIE DE LA GARE", "1234/5678", "1234/5678")


@pytest.mark.parametrize(
    ("uses", "client", "key"),
    [
        (("digital_signature",), True, CardKey.AUTHENTICATION),
        (("digital_signature", "content_commitment"), True, CardKey.AUTHENTICATION),
        (("content_commitment",), False, CardKey.SIGNATURE),
        (("digital_signature",), False, None),
        (("key_encipherment",), False, None),
        (("content_commitment",), True, None),
    ],
)
def test_what_a_key_may_do_stands_in_its_certificate(uses, client, key) -> None:
    read = igc_sante.read(certificate(uses=uses, client=client))

    assert (read.key if read else None) is key


@pytest.mark.parametrize("title", ["Préparateur en pharmacie", "préparateur en pharmacie (officine)"])
def test_a_profession_is_found_by_its_label(title) -> None:
    read = igc_sante.read(certificate((NameOID.TITLE, title), *PERSON[1:]))

    assert read is not None
    assert read.profession == "39"


def test_the_private_extensions_are_read_by_a_table_and_never_by_chance() -> None:
    read = igc_sante.read(
        certificate(
            (NameOID.TITLE, "?"),
            *PERSON[1:],
            extensions=(
                ("1.2.250.1.71.1.2.7", b"\x0c\x0221"),
                ("1.2.250.1.71.4.2.5", b"\x30\x03\x13\x01D"),
                ("1.2.250.1.71.9.9", b"\x0c\xff"),
            ),
        )
    )

    assert read is not None
    assert (read.profession, read.section) == ("21", "D")


def test_a_key_that_is_too_weak_or_not_rsa_is_refused() -> None:
    for key in (rsa.generate_private_key(65537, 1024), ec.generate_private_key(ec.SECP256R1())):
        with pytest.raises(CardUnreadable):
            igc_sante.read(certificate(key=key))


def test_an_authority_is_no_holder() -> None:
    assert igc_sante.read(certificate(ca=True)) is None


def test_dates_are_checked_on_both_sides() -> None:
    read = igc_sante.read(certificate())
    assert read is not None

    read.check_dates(NOW)
    for day in (-11, 11):
        with pytest.raises(CardExpired):
            read.check_dates(NOW + timedelta(days=day))


@given(st.binary(max_size=200))
def test_bytes_that_are_no_certificate_are_a_clear_error(data) -> None:
    with pytest.raises(CardUnreadable):
        igc_sante.read(data)


WHOLE = certificate()


@pytest.mark.filterwarnings("ignore")  # cryptography warns of a serial number below one
@given(st.integers(0, len(WHOLE) - 1), st.integers(0, 255))
def test_a_certificate_with_one_changed_byte_is_read_or_refused(place, byte) -> None:
    changed = bytearray(WHOLE)
    changed[place] = byte

    with contextlib.suppress(CardUnreadable):
        igc_sante.read(bytes(changed))


# ---------------------------------------------------------------- data objects


def tlv(tag: int, value: bytes) -> bytes:
    return bytes([tag, len(value)]) + value


def test_an_activity_names_a_structure() -> None:
    data = tlv(0xEE, tlv(0x84, b"PHARMACIE") + tlv(0x85, b"1990000001") + tlv(0x86, b"SA33")) + b"\xff\xff"

    assert cps_data.exercise(data) == Exercise("1990000001", "PHARMACIE", "SA33")


@pytest.mark.parametrize("number", [b"", b"123", b"9990000001", b"1990000001\0\0x", b"<script>", b"\xff\xfe"])
def test_a_number_that_is_no_structures_names_none(number) -> None:
    assert cps_data.exercise(tlv(0xEE, tlv(0x85, number))) is None


def test_activities_may_have_holes_and_repetitions() -> None:
    def activity(number: bytes) -> bytes:
        return tlv(0xEE, tlv(0x85, number))

    objects = [
        ("CPS_ACTIVITY_07_PS", activity(b"3123456789012345"[:15])),
        ("CPS_ACTIVITY_02_PS", activity(b"1990000001")),
        ("CPS_ACTIVITY_09_PS", activity(b"1990000001")),
        ("CPS_SIT_FACT", activity(b"1990000009")),
        ("CPS_ACTIVITY_11_PS", b"\xee\x7f"),
    ]

    assert [one.national_id for one in cps_data.exercises(objects)] == ["1990000001", "312345678901234"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (tlv(0xEB, tlv(0x80, b"899700000001") + tlv(0x81, b"SM26")), "SM26"),
        (tlv(0xEB, tlv(0x81, b"  D ")), "D"),
        (tlv(0xEB, tlv(0x81, b"SM26 SC03")), "SC03"),
        (tlv(0xEB, tlv(0x81, b"0000")), None),
        (b"", None),
        (b"\xeb\x50", None),
    ],
)
def test_a_speciality_stands_at_the_end_of_the_information(data, code) -> None:
    assert cps_data.speciality(data) == code


@given(st.binary(max_size=300))
def test_whatever_a_card_writes_nothing_but_a_clear_error_comes_of_it(data) -> None:
    assert cps_data.exercise(data) is None or isinstance(cps_data.exercise(data), Exercise)
    cps_data.speciality(data)
    with contextlib.suppress(CardUnreadable):
        list(ber.leaves(data))


def test_elements_that_hold_each_other_without_end_are_not_followed() -> None:
    data = b""
    for _ in range(40):
        data = tlv(0xEE, data) if len(data) < 120 else data

    assert len(list(ber.leaves(data))) == 1


def test_an_object_larger_than_a_card_is_refused() -> None:
    with pytest.raises(CardUnreadable):
        ber.read(bytes(70_000))
