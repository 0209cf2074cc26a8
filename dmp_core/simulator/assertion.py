"""The one SAML assertion of a request, with its XML signature verified: what is returned is what was signed.

signxml verifies; the shape of the signature, its certificate's issuer and use, and the uniqueness of everything are
checked here first. OASIS SAML 2.0 core 5.4; W3C XMLDSig best practices; signature wrapping: Somorovsky 2012.
"""

import base64
import binascii
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from cryptography.exceptions import InvalidSignature
from lxml import etree
from signxml.algorithms import DigestAlgorithm, SignatureMethod
from signxml.exceptions import SignXMLException
from signxml.verifier import SignatureConfiguration, XMLVerifier

from dmp_core.errors import XmlRefused
from dmp_core.simulator.faults import invalid_certificate, invalid_vihf
from dmp_core.simulator.trust import CertificateRefused, Holder, Trust
from dmp_core.xml import Element, is_element, local_name, namespace, parse, text_of

SAML: Final = "urn:oasis:names:tc:SAML:2.0:assertion"
ASSERTION: Final = f"{{{SAML}}}Assertion"
_DS: Final = "http://www.w3.org/2000/09/xmldsig#"
_SIGNATURE: Final = f"{{{_DS}}}Signature"
_EXCLUSIVE: Final = "http://www.w3.org/2001/10/xml-exc-c14n#"
_TRANSFORMS: Final = ["http://www.w3.org/2000/09/xmldsig#enveloped-signature", _EXCLUSIVE]
_INCLUSIVE_PREFIXES: Final = f"{{{_EXCLUSIVE}}}InclusiveNamespaces"
_METHODS: Final = frozenset({SignatureMethod.RSA_SHA256})
_DIGESTS: Final = frozenset({DigestAlgorithm.SHA256})
_LIBRARY_ERRORS: Final = (
    SignXMLException, InvalidSignature, etree.LxmlError, ValueError, TypeError, AttributeError, KeyError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Assertion:
    """An assertion that may be read. `signer` is None where it bears no signature."""

    root: Element = field(repr=False)
    id: str
    signer: Holder | None


def read_assertion(security: Element | None, trust: Trust, *, at: datetime, sha1: bool = False) -> Assertion:
    """The assertion in `wsse:Security`. Raises Refused: malformed, ambiguous, or signed by whom or how it must not."""
    if security is None:
        raise invalid_vihf("l'en-tête wsse:Security est absent")
    element = _only_assertion(security)
    identifier = _unique_id(element)
    signature = _only_signature(element)
    if any(not is_element(node) for node in element.iter()):
        raise invalid_vihf("commentaire ou instruction de traitement dans l'assertion")
    alone = etree.tostring(element, with_tail=False)
    if signature is None:
        return Assertion(_parse(alone), identifier, None)
    certificate = _certificate(signature, identifier)
    signer = _signer(certificate, trust, at)
    return Assertion(_verified(alone, signer, identifier, at=at, sha1=sha1), identifier, signer)


def _only_assertion(security: Element) -> Element:
    """Exactly one in the whole message, directly in the header."""
    everywhere = [node for node in _message(security).iter() if local_name(node) in ("Assertion", "EncryptedAssertion")]
    if len(everywhere) != 1 or everywhere[0].getparent() is not security or everywhere[0].tag != ASSERTION:
        raise invalid_vihf("une assertion SAML 2.0 et une seule, dans wsse:Security")
    return everywhere[0]


def _unique_id(assertion: Element) -> str:
    """The ID, which no attribute of that name in any spelling bears elsewhere in the message."""
    identifier = assertion.get("ID", "")
    bearers = [
        node
        for node in _message(assertion).iter("{*}*")
        for name, value in node.attrib.items()
        if etree.QName(name).localname.lower() == "id" and value == identifier
    ]
    if not identifier or len(bearers) != 1:
        raise invalid_vihf("l'attribut ID est absent ou n'est pas unique")
    return identifier


def _only_signature(assertion: Element) -> Element | None:
    """The signature, found as a child wherever it stands among them (`dmp_protocol.md` 12). None where unsigned."""
    everywhere = [node for node in _message(assertion).iter() if local_name(node) == "Signature"]
    signatures = [node for node in everywhere if node.tag == _SIGNATURE]
    if not everywhere:
        return None
    if len(everywhere) != 1 or len(signatures) != 1 or signatures[0].getparent() is not assertion:
        raise invalid_vihf("une signature au plus, directement dans l'assertion")
    return signatures[0]


def _message(node: Element) -> Element:
    return node.getroottree().getroot()


def _certificate(signature: Element, identifier: str) -> bytes:
    """The signer's certificate, DER, of a signature that has exactly the shape of `dmp_protocol.md` 3.4."""
    info, _, key_info = _exactly(signature, "SignedInfo", "SignatureValue", "KeyInfo")
    canonical, _, reference = _exactly(info, "CanonicalizationMethod", "SignatureMethod", "Reference")
    transforms, _, _ = _exactly(reference, "Transforms", "DigestMethod", "DigestValue")
    if canonical.get("Algorithm") != _EXCLUSIVE or len(canonical) > 1:
        raise invalid_vihf("canonicalisation exclusive attendue")
    if reference.get("URI") != f"#{identifier}":
        raise invalid_vihf("la signature ne porte pas sur son assertion")
    if [node.get("Algorithm") for node in transforms] != _TRANSFORMS or any(
        local_name(node) != "Transform" or [child.tag for child in node] not in ([], [_INCLUSIVE_PREFIXES])
        for node in transforms
    ):
        raise invalid_vihf("transformations permises : enveloped-signature puis exc-c14n")
    (data,) = _exactly(key_info, "X509Data")
    certificate = data.find(f"{{{_DS}}}X509Certificate")
    try:
        return base64.b64decode("".join(text_of(certificate).split()), validate=True)
    except (binascii.Error, XmlRefused):
        raise invalid_certificate("illisible") from None


def _exactly(parent: Element, *names: str) -> list[Element]:
    found = list(parent)
    if [(namespace(node), local_name(node)) for node in found] != [(_DS, name) for name in names]:
        raise invalid_vihf(f"{local_name(parent)} doit contenir {', '.join(names)}, rien d'autre")
    return found


def _signer(der: bytes, trust: Trust, at: datetime) -> Holder:
    try:
        signer = trust.identify(der, at)
    except CertificateRefused:
        raise invalid_certificate("autorité, dates ou clé refusées") from None
    if not signer.signs:
        raise invalid_certificate("Not a valid signature certificate")
    return signer


def _verified(alone: bytes, signer: Holder, identifier: str, *, at: datetime, sha1: bool) -> Element:
    """The assertion as parsed from the very bytes that were digested."""
    methods = _METHODS | ({SignatureMethod.RSA_SHA1} if sha1 else set())
    digests = _DIGESTS | ({DigestAlgorithm.SHA1} if sha1 else set())
    wanted = SignatureConfiguration(
        location="./", signature_methods=methods, digest_algorithms=digests, verification_time=at
    )
    try:
        result = XMLVerifier().verify(
            alone,
            x509_cert=signer.certificate,
            id_attribute="ID",
            expect_config=wanted,
            validate_schema=False,  # its schema refuses InclusiveNamespaces; the shape was checked above
        )
    except _LIBRARY_ERRORS as error:
        raise invalid_vihf("la signature n'est pas vérifiée") from error
    root = result.signed_xml if not isinstance(result, list) else None
    if root is None or root.tag != ASSERTION or root.get("ID") != identifier:
        raise invalid_vihf("la signature ne porte pas sur son assertion")
    return root


def _parse(alone: bytes) -> Element:
    try:
        return parse(alone)
    except XmlRefused as error:
        raise invalid_vihf("assertion illisible") from error
