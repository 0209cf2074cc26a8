"""Distinguished names, compared by what they say and not by how they are spelt (RFC 4514, RFC 2253, Java, Windows)."""

import re
from typing import Final

from cryptography import x509

Dn = tuple[frozenset[tuple[str, str]], ...]

_OIDS: Final = {
    "C": "2.5.4.6",
    "CN": "2.5.4.3",
    "DC": "0.9.2342.19200300.100.1.25",
    "G": "2.5.4.42",
    "GIVENNAME": "2.5.4.42",
    "GN": "2.5.4.42",
    "L": "2.5.4.7",
    "O": "2.5.4.10",
    "OU": "2.5.4.11",
    "S": "2.5.4.8",
    "SERIALNUMBER": "2.5.4.5",
    "SN": "2.5.4.4",
    "ST": "2.5.4.8",
    "STREET": "2.5.4.9",
    "SURNAME": "2.5.4.4",
    "T": "2.5.4.12",
    "TITLE": "2.5.4.12",
    "UID": "0.9.2342.19200300.100.1.1",
}
_PIECE: Final = re.compile(r"(?:[^\\,;+\"]|\\[0-9A-Fa-f]{2}|\\.|\"(?:[^\"\\]|\\.)*\")*", re.DOTALL)
_ESCAPES: Final = re.compile(r"(?:\\[0-9A-Fa-f]{2})+|\\(.)", re.DOTALL)


def of_certificate(name: x509.Name) -> Dn:
    """The name of a certificate, most specific first, as `parse` gives it."""
    return tuple(
        frozenset((attribute.oid.dotted_string, _same(str(attribute.value))) for attribute in rdn)
        for rdn in reversed(list(name.rdns))
    )


def parse(text: str) -> Dn:
    """A name written most specific first. `S` means `ST`, `G` and `GIVENNAME` mean `GN`; OIDs and `#hex` are read.

    Raises ValueError.
    """
    rdns: list[frozenset[tuple[str, str]]] = []
    rdn: list[tuple[str, str]] = []
    place = 0
    while True:
        piece = _PIECE.match(text, place)
        assert piece is not None
        rdn.append(_attribute(piece[0]))
        place = piece.end()
        if text[place : place + 1] != "+":
            rdns.append(frozenset(rdn))
            rdn = []
        if place == len(text):
            return tuple(rdns)
        if text[place] not in ",;+":
            raise ValueError("a name is broken off by an unpaired quote or backslash")
        place += 1


def _attribute(piece: str) -> tuple[str, str]:
    kind, equals, value = piece.partition("=")
    kind = kind.strip().upper().removeprefix("OID.")
    if not equals or not (kind in _OIDS or re.fullmatch(r"[0-9]+(\.[0-9]+)+", kind)):
        raise ValueError("an attribute type of a name is unknown")
    return _OIDS.get(kind, kind), _same(_value(value.strip()))


def _value(text: str) -> str:
    if text.startswith("#"):
        return _of_der(bytes.fromhex(text[1:]))
    if len(text) >= 2 and text[0] == text[-1] == '"':
        text = text[1:-1]
    return _ESCAPES.sub(lambda run: run[1] or bytes.fromhex(run[0].replace("\\", "")).decode(), text)


def _of_der(der: bytes) -> str:
    """The text of a DER string of less than 128 bytes: UTF8String, PrintableString, TeletexString, IA5String."""
    if len(der) < 2 or der[0] not in (0x0C, 0x13, 0x14, 0x16) or der[1] != len(der) - 2:
        raise ValueError("a value of a name is no short DER string")
    return der[2:].decode("latin-1" if der[0] == 0x14 else "utf-8")


def _same(value: str) -> str:
    """What `caseIgnoreMatch` compares (X.520): case and runs of spaces do not count."""
    return " ".join(value.split()).casefold()
