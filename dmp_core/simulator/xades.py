"""The IHE DSG signature of a submission set: SignedInfo verified by signxml, the manifest's digests by us.

No library checks the digests of a `ds:Manifest`. Only what signxml says it verified (`signed_xml`) is read.
Shape: `dmp_protocol.md` section 5.9 (IHE ITI TF-3 5.5, XAdES 1.1.1).
"""

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from cryptography import x509
from lxml import etree
from signxml.algorithms import CanonicalizationMethod, DigestAlgorithm, SignatureMethod
from signxml.exceptions import SignXMLException
from signxml.verifier import SignatureConfiguration, XMLVerifier

from dmp_core import xml
from dmp_core.errors import XmlRefused
from dmp_core.model.oids import Xds
from dmp_core.simulator.reasons import Reason
from dmp_core.simulator.submission import Entry, Submission
from dmp_core.simulator.value_sets import SIGNATURE_CLASS
from dmp_core.xml import Element

CONSTANT_DIGEST: Final = "AA=="  # of the submission set itself, which has no bytes
PURPOSE: Final = "1.2.840.10065.1.12.1.14"  # source

_CODE: Final = "XDSRepositoryMetadataError"
_DS: Final = "http://www.w3.org/2000/09/xmldsig#"
_C14N_COMMENTS: Final = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments"
_C14N: Final = frozenset(method.value for method in CanonicalizationMethod)
_PARTS: Final = [f"{{{_DS}}}{name}" for name in ("SignedInfo", "SignatureValue", "KeyInfo")]
_REFERENCE_TYPES: Final = {f"{_DS}Manifest", "http://uri.etsi.org/01903/v1.1.1#SignedProperties"}
_SIGNXML_ERRORS: Final = (  # what signxml lets through on malformed signatures, beside its own tree
    SignXMLException,
    etree.LxmlError,
    AttributeError,
    KeyError,
    NotImplementedError,
    TypeError,
    ValueError,
)
_DIGESTS: Final = {
    "http://www.w3.org/2001/04/xmlenc#sha256": "sha256",
    "http://www.w3.org/2001/04/xmlenc#sha512": "sha512",
    f"{_DS}sha1": "sha1",
}


@dataclass(frozen=True, slots=True)
class SignatureCheck:
    """What is wrong with a signature, and the certificate (DER) that it verified against; b'' where none did."""

    reasons: tuple[Reason, ...]
    certificate: bytes = field(default=b"", repr=False)


class _Wrong(Exception):
    """A signature that cannot be looked at any further; the text is the rule."""


def signature_entry(submission: Submission) -> Entry | None:
    """The entry of the signature document (`Signature01`): the one of class *Digital Signature*."""
    found = (
        entry
        for entry in submission.entries
        if any(code.code == SIGNATURE_CLASS.code for code in entry.codes.get(Xds.CLASS_CODE, ()))
    )
    return next(found, None)


def check_signature(signature: bytes, submission: Submission, *, lenient: bool = False) -> SignatureCheck:
    """Every fault of a DSG signature document. `lenient` accepts SHA-1.

    The certificate's chain, dates and key usage are the caller's to check.
    """
    try:
        root = xml.parse(signature)
        certificate = _certificate(root)
        manifest, properties = _verified(root, certificate, lenient=lenient)
        rules = (
            *_manifest_rules(manifest, submission, lenient=lenient),
            *_property_rules(root, properties, certificate, lenient=lenient),
        )
    except XmlRefused as error:
        return SignatureCheck((_reason(f"XML refusé : {error.detail}"),))
    except _Wrong as error:
        return SignatureCheck((_reason(str(error)),))
    return SignatureCheck(tuple(_reason(rule) for rule in rules), certificate)


def _reason(rule: str) -> Reason:
    return Reason(_CODE, f"Signature XAdES : {rule}", "Signature01")


def _certificate(root: Element) -> bytes:
    """DER of the first certificate of KeyInfo: the signer's."""
    parts = [child.tag for child in xml.children(root)]
    if root.tag != f"{{{_DS}}}Signature" or parts[:3] != _PARTS or set(parts[3:]) != {f"{{{_DS}}}Object"}:
        raise _Wrong("ds:Signature avec SignedInfo, SignatureValue, KeyInfo puis des Object attendu")
    text = xml.text_of(root.find(f"{{{_DS}}}KeyInfo/{{{_DS}}}X509Data/{{{_DS}}}X509Certificate"))
    try:
        der = base64.b64decode("".join(text.split()), validate=True)
        x509.load_der_x509_certificate(der)
    except ValueError:
        raise _Wrong("certificat absent ou illisible") from None
    return der


def _verified(root: Element, certificate: bytes, *, lenient: bool) -> tuple[Element, Element]:
    """The Manifest and the SignedProperties, as they were signed."""
    signer = x509.load_der_x509_certificate(certificate)
    try:
        results = XMLVerifier().verify(
            root,
            x509_cert=signer,
            validate_schema=False,  # DSG puts the purpose as plain text where the schema wants an element
            expect_config=_configuration(signer, lenient=lenient),
        )
    except _SIGNXML_ERRORS as error:
        raise _Wrong(f"signature refusée ({type(error).__name__})") from None
    if not isinstance(results, list):
        raise _Wrong("deux références attendues")
    signed = [result.signed_xml for result in results if result.signed_xml is not None]
    named = {xml.local_name(element): element for element in signed}
    references = list(results[0].signature_xml.iterfind(f"{{{_DS}}}SignedInfo/{{{_DS}}}Reference"))
    if set(named) != {"Manifest", "SignedProperties"} or {one.get("Type") for one in references} != _REFERENCE_TYPES:
        raise _Wrong("deux références attendues : Manifest et SignedProperties")
    if any(
        transform.get("Algorithm") not in _C14N for one in references for transform in one.iter(f"{{{_DS}}}Transform")
    ):
        raise _Wrong("seules les transformations C14N sont admises")
    return named["Manifest"], named["SignedProperties"]


def _configuration(signer: x509.Certificate, *, lenient: bool) -> SignatureConfiguration:
    """RSA with SHA-2, two references. The clock is neutralised: dates are checked by whoever knows the time."""
    digests = {DigestAlgorithm.SHA256, DigestAlgorithm.SHA512}
    methods = {SignatureMethod.RSA_SHA256, SignatureMethod.RSA_SHA512}
    if lenient:
        digests.add(DigestAlgorithm.SHA1)
        methods.add(SignatureMethod.RSA_SHA1)
    at: datetime = signer.not_valid_before_utc
    return SignatureConfiguration(
        location="./",
        expect_references=2,
        signature_methods=frozenset(methods),
        digest_algorithms=frozenset(digests),
        verification_time=at,
        default_reference_c14n_method=CanonicalizationMethod.CANONICAL_XML_1_0,
    )


def _manifest_rules(manifest: Element, submission: Submission, *, lenient: bool) -> Iterator[str]:
    """The set's constant first reference, then one right digest for each document and for nothing else."""
    references = list(xml.children(manifest, f"{{{_DS}}}Reference"))
    uris = [reference.get("URI", "") for reference in references]
    signature = signature_entry(submission)
    documents = {
        f"urn:oid:{entry.unique_id}": submission.documents.get(entry.id)
        for entry in submission.entries
        if entry is not signature
    }
    own = f"urn:oid:{submission.set.unique_id}" if submission.set else ""
    if len(set(uris)) != len(uris):
        yield "référence en double dans le manifeste"
    if own not in uris:
        yield "le manifeste ne nomme pas le lot de soumission"
    if not documents.keys() <= set(uris):
        yield "un document n’est pas dans le manifeste"
    if not set(uris) <= {own, *documents}:
        yield "le manifeste nomme un document qui n’est pas dans le lot"
    for reference, uri in zip(references, uris, strict=True):
        if uri == own and _digest_value(reference) != CONSTANT_DIGEST:
            yield f"empreinte du lot de soumission : {CONSTANT_DIGEST} attendu"
        elif uri != own and (data := documents.get(uri)) is not None:
            yield from _document_rules(reference, data, lenient=lenient)


def _child(element: Element, name: str) -> Element | None:
    """By local name: XAdES 1.1.1 has digests of its own namespace where later versions take those of XMLDSig."""
    return next((child for child in xml.children(element) if xml.local_name(child) == name), None)


def _digest_value(element: Element) -> str:
    return "".join(xml.text_of(_child(element, "DigestValue")).split())


def _digest_name(element: Element, *, lenient: bool) -> str | None:
    method = _child(element, "DigestMethod")
    name = _DIGESTS.get("" if method is None else method.get("Algorithm", ""))
    return name if lenient or name != "sha1" else None


def _document_rules(reference: Element, data: bytes, *, lenient: bool) -> Iterator[str]:
    transforms = [element.get("Algorithm") for element in reference.iter(f"{{{_DS}}}Transform")]
    name = _digest_name(reference, lenient=lenient)
    if transforms != [_C14N_COMMENTS]:
        yield "transformation C14N avec commentaires attendue pour chaque document"
    if name is None:
        yield "algorithme d’empreinte refusé dans le manifeste"
        return
    try:
        canonical = etree.tostring(xml.parse(data).getroottree(), method="c14n", with_comments=True)
    except XmlRefused:
        yield "un document signé n’est pas du XML"
        return
    if base64.b64encode(hashlib.new(name, canonical).digest()).decode() != _digest_value(reference):
        yield "l’empreinte d’un document diffère de celle du manifeste"


def _property_rules(root: Element, properties: Element, certificate: bytes, *, lenient: bool) -> Iterator[str]:
    """XAdES 1.1.1: time, the signer's certificate among SigningCertificate, implied policy; purpose of IHE DSG."""
    named = {xml.local_name(element) for element in properties.iter()}
    if not {"SigningTime", "SigningCertificate", "SignaturePolicyImplied"} <= named:
        yield "SigningTime, SigningCertificate et SignaturePolicyImplied attendus"
    certificates = [element for element in properties.iter() if xml.local_name(element) == "CertDigest"]
    names = [_digest_name(element, lenient=lenient) for element in certificates]
    if not any(
        name and base64.b64encode(hashlib.new(name, certificate).digest()).decode() == _digest_value(element)
        for element, name in zip(certificates, names, strict=True)
    ):
        yield "SigningCertificate ne désigne pas le certificat signataire"
    purposes = [element for element in root.iter() if element.get("Id") == "purposeOfSignature"]
    if [str(element.xpath("string()")).strip() for element in purposes] != [PURPOSE]:
        yield f"purposeOfSignature : {PURPOSE} attendu"
