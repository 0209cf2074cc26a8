"""The enveloped XML signature of the VIHF, by signxml."""

from typing import cast

from cryptography.hazmat.primitives.asymmetric import rsa
from lxml import etree
from signxml.algorithms import CanonicalizationMethod, DigestAlgorithm, SignatureMethod
from signxml.exceptions import SignXMLException
from signxml.signer import XMLSigner

from dmp_core.dmp.algorithms import DIGEST_METHODS, DS, SIGNATURE_METHODS, certificate_of
from dmp_core.errors import KeyUnusable
from dmp_core.ports import Hash, Signer
from dmp_core.xml import Element


def sign_enveloped(root: Element, signer: Signer, *, hash_name: Hash) -> Element:
    """`root` (a SAML assertion with its `ID`) with a ds:Signature behind its first child, as the SAML schema orders it.

    Exclusive C14N; transforms enveloped-signature and exclusive C14N; the whole certificate in X509Data.
    Raises CardError.
    """
    root.insert(1, etree.Element(f"{{{DS}}}Signature", {"Id": "placeholder"}, nsmap={"ds": DS}))
    xml_signer = _XmlSigner(
        signature_algorithm=SignatureMethod(SIGNATURE_METHODS[hash_name]),
        digest_algorithm=DigestAlgorithm(DIGEST_METHODS[hash_name]),
        c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0,
    )
    try:
        signed: Element = xml_signer.sign(
            root,
            key=cast(rsa.RSAPrivateKey, _KeyOfSigner(signer, hash_name)),
            cert=[certificate_of(signer.certificate)],
            reference_uri=f"#{root.get('ID')}",
            id_attribute="ID",
        )
    except SignXMLException as error:
        raise KeyUnusable("the VIHF could not be signed", origin=type(error).__name__) from error
    return signed


class _XmlSigner(XMLSigner):
    def check_deprecated_methods(self) -> None:
        """SHA-1 is refused by default of the settings, and a choice where they name it."""


class _KeyOfSigner:
    """What signxml calls a private key: it only ever calls `sign`, so the key can stay in its card."""

    def __init__(self, signer: Signer, hash_name: Hash) -> None:
        self._signer = signer
        self._hash_name = hash_name

    def sign(self, data: bytes, padding: object, algorithm: object) -> bytes:  # noqa: ARG002 - signxml's signature
        return self._signer.sign(data, self._hash_name)
