"""The files of an emulated CPS3: those of the card itself, the PKCS#15 application, and the holder's data.

Paths, labels and identifiers: ANS Cryptolib CPS 5.2.2 (external specification, source), OpenSC issue 2267. The layout
of CPS_NAME_PS and CPS_INFO_PS is not public: tags of ours, the last four characters of CPS_INFO_PS are the speciality.
"""

from dataclasses import dataclass
from typing import Final

from dmp_core.model.practitioner import Structure
from dmp_core.simulator.cards.holder import Holder
from dmp_core.simulator.cards.tlv import NULL, bits, integer, octets, oid, sequence, tlv, utf8

AID: Final = bytes.fromhex("E828BD080F8025000001FF0010")
AID_CONTACTLESS: Final = bytes.fromhex("E828BD080F8025000001FF0020")
ISSUER: Final = "8025000001"
APPLICATION: Final = "0001"
FILES_OF_ACTIVITIES: Final = tuple(f"d1{number:02x}" for number in range(0x20, 0x30))
FREE: Final = (("CPS_NAME_PS", "d104"), ("CPS_INFO_PS", "d106"))
"""Label and file of what anybody may read of the holder."""
Place = tuple[str, str]
"""The directory ("" for the MF, APPLICATION) and the file identifier, hexadecimal."""


@dataclass(frozen=True, slots=True)
class KeyPlace:
    """How a key is named: the last byte of CKA_ID, and its reference in commands."""

    id: int
    reference: int


@dataclass(frozen=True, slots=True)
class Layout:
    """What differs between the generations."""

    signature: KeyPlace
    authentication: KeyPlace
    token: str


def files(holder: Holder, serial: str, layout: Layout) -> dict[Place, bytes]:
    """All files that can be read. `serial`: ten hexadecimal digits after the issuer's."""
    return {("", name): value for name, value in _card_files(serial).items()} | {
        (APPLICATION, name): value for name, value in (_directory(holder, layout) | _data(holder)).items()
    }


def private_files(holder: Holder) -> frozenset[Place]:
    """The files that want the PIN: where the holder works."""
    return frozenset((APPLICATION, name) for name, _ in _activities(holder))


def _card_files(serial: str) -> dict[str, bytes]:
    sizes = b"\x02\x02\x00\xff" * 4
    return {
        "d003": tlv(0x5A, bytes.fromhex(ISSUER + serial)),
        "2f00": tlv(0x61, tlv(0x4F, AID), tlv(0x50, b"CPS"), tlv(0x51, bytes.fromhex("3F00" + APPLICATION))),
        "2f01": b"\x80"
        + tlv(0x43, b"\xb8")
        + tlv(0x46, bytes.fromhex("04B0ECC100000000"))
        + tlv(0x47, bytes.fromhex("940180"))
        + tlv(0xE0, sizes),
    }


def _directory(holder: Holder, layout: Layout) -> dict[str, bytes]:
    """ODF, token, PIN, keys, certificates of PKCS#15."""
    lists = ((0xA8, "7005"), (0xA0, "7001"), (0xA1, "7002"), (0xA4, "7004"), (0xA7, "7006"))
    signature, authentication = layout.signature, layout.authentication
    return {
        "5031": b"".join(tlv(tag, _path(name)) for tag, name in lists),
        "5032": _token(layout.token),
        "7005": _pin(),
        "7001": _private_key("CPS_PRIV_SIG", signature, 9) + _private_key("CPS_PRIV_AUT", authentication, 1, 2),
        "7002": b"",
        "7004": _certificate("Certificat de Signature CPS", signature, "d001")
        + _certificate("Certificat d'Authentification CPS", authentication, "d002"),
        "d001": holder.signature.certificate,
        "d002": holder.authentication.certificate,
    }


def _data(holder: Holder) -> dict[str, bytes]:
    """The holder's data objects, and the list of them."""
    person = holder.practitioner
    free = (_object(*each) for each in FREE)
    private = (_object(activity_label(rank), name, True) for rank, (name, _) in enumerate(_activities(holder), 1))
    return {
        "d104": tlv(0xEA, tlv(0x80, person.family.encode()), tlv(0x81, person.given.encode())),
        "d106": tlv(0xEB, tlv(0x80, person.national_id.encode()), tlv(0x81, f"{person.section or '':<4}".encode())),
        **dict(_activities(holder)),
        "7006": b"".join((*free, *private)),
    }


def activity_label(rank: int) -> str:
    """Of the data object of a place where the holder works, from 1 on; it wants the PIN."""
    return f"CPS_ACTIVITY_{rank:02d}_PS"


def _activities(holder: Holder) -> list[tuple[str, bytes]]:
    return [(name, _activity(each)) for name, each in zip(FILES_OF_ACTIVITIES, holder.structures, strict=False)]


def _activity(structure: Structure) -> bytes:
    values = ((0x84, structure.name), (0x85, structure.national_id), (0x86, structure.sector))
    return tlv(0xEE, *(tlv(tag, text.encode()) for tag, text in values))


def _token(label: str) -> bytes:
    algorithms = (
        (0x220, (6,), "1.3.14.3.2.26", 0x10),
        (0x250, (6,), "2.16.840.1.101.3.4.2.1", 0x40),
        (0x06, (1,), "1.2.840.113549.1.1.5", 0x12),
        (0x40, (1,), "1.2.840.113549.1.1.11", 0x42),
        (0x01, (5,), "1.2.840.113549.1.1.1", 0x1A),
        (0x01, (1,), "1.2.840.113549.1.1.1", 0x02),
    )
    known = [
        sequence(integer(rank), integer(mechanism), NULL, bits(*uses), oid(dotted), integer(reference))
        for rank, (mechanism, uses, dotted, reference) in enumerate(algorithms, 1)
    ]
    return sequence(
        integer(0), octets(b"\0"), utf8("SIMULATEUR DMP"), tlv(0x80, label.encode()), bits(1), tlv(0xA2, *known)
    )


def _pin() -> bytes:
    digits = sequence(
        bits(0, 1, 4), tlv(0x0A, b"\x01"), integer(4), integer(8), integer(8), tlv(0x80, b"\x01"),
        octets(b"\xff"), sequence(octets(bytes.fromhex("3F00"))),
    )  # fmt: skip
    return sequence(sequence(utf8("Code porteur"), bits(0, 1)), sequence(octets(b"\x01")), tlv(0xA1, digits))


def _private_key(label: str, place: KeyPlace, *uses: int) -> bytes:
    return sequence(
        sequence(utf8(label), bits(0), octets(b"\x01")),
        sequence(octets(_identifier(place)), bits(*uses), bits(0, 2, 3), integer(place.reference)),
        tlv(0xA1, sequence(_path(""), integer(2048))),
    )


def _certificate(label: str, place: KeyPlace, name: str) -> bytes:
    return sequence(
        sequence(utf8(label), bits(1)), sequence(octets(_identifier(place))), tlv(0xA1, sequence(_path(name)))
    )


def _object(label: str, name: str, private: bool = False) -> bytes:
    access = (bits(0), octets(b"\x01")) if private else (bits(1),)
    return sequence(sequence(utf8(label), *access), sequence(utf8("CPS")), tlv(0xA1, _path(name)))


def _identifier(place: KeyPlace) -> bytes:
    return AID + bytes([place.id])


def _path(name: str) -> bytes:
    return sequence(octets(bytes.fromhex("3F00" + APPLICATION + name)))
