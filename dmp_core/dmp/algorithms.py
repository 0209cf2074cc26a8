"""What the signature of the VIHF and the DSG manifest share: names of algorithms, the certificate that they carry."""

from collections.abc import Mapping
from typing import Final

from cryptography import x509

from dmp_core.errors import KeyUnusable
from dmp_core.ports import Hash

DS: Final = "http://www.w3.org/2000/09/xmldsig#"
SIGNATURE_METHODS: Final[Mapping[Hash, str]] = {
    Hash.SHA256: "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
    Hash.SHA1: "http://www.w3.org/2000/09/xmldsig#rsa-sha1",
}
DIGEST_METHODS: Final[Mapping[Hash, str]] = {
    Hash.SHA256: "http://www.w3.org/2001/04/xmlenc#sha256",
    Hash.SHA1: "http://www.w3.org/2000/09/xmldsig#sha1",
}


def certificate_of(der: bytes) -> x509.Certificate:
    """The X.509 certificate in `der`. Raises KeyUnusable."""
    try:
        return x509.load_der_x509_certificate(der)
    except ValueError as error:
        raise KeyUnusable("the certificate is unreadable") from error
