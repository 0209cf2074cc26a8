"""Names of certificates as text: RFC 2253, most specific part first, in the spelling that the DMP expects."""

from collections.abc import Mapping
from typing import Final

from cryptography import x509
from cryptography.x509.oid import NameOID, ObjectIdentifier

_SPELLINGS: Final[Mapping[ObjectIdentifier, str]] = {
    NameOID.STATE_OR_PROVINCE_NAME: "ST",
    NameOID.GIVEN_NAME: "GN",
    NameOID.SURNAME: "SN",
    NameOID.TITLE: "T",
    NameOID.SERIAL_NUMBER: "SERIALNUMBER",
}
_DER_GIVEN_NAME: Final = bytes.fromhex("060355042a")  # OID 2.5.4.42; the DER of the value stands behind it


def distinguished_name(name: x509.Name, *, given_name_as_oid: bool = False) -> str:
    """`CN=…,OU=…,O=…,ST=Rhône (69),C=FR`; parts of a multi-valued RDN are joined by `+`.

    `given_name_as_oid` writes a given name as `2.5.4.42=#<DER>`, as Java does, instead of `GN=…`: the DMP was seen
    with both, and no public text decides.
    """
    if not given_name_as_oid:
        return name.rfc4514_string(dict(_SPELLINGS))
    return ",".join("+".join(_part(attribute) for attribute in rdn) for rdn in reversed(name.rdns))


def _part(attribute: x509.NameAttribute[str | bytes]) -> str:
    if attribute.oid != NameOID.GIVEN_NAME:
        return attribute.rfc4514_string(dict(_SPELLINGS))
    value = x509.Name([attribute]).public_bytes().partition(_DER_GIVEN_NAME)[2]
    return f"{attribute.oid.dotted_string}=#{value.hex()}"
