"""The signature of a submission set: an IHE DSG manifest in XAdES 1.1.1, as section 5.9 of the notes describes it.

No library builds this shape, and none checks the digests of a manifest: the code is our own, and so is its check.
Sources: IHE DSG (TF Supplement of 2005), ETSI TS 101 903 v1.1.1, official message examples of the DMP.
"""

import hashlib
from base64 import b64encode
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from lxml import etree

from dmp_core import xml
from dmp_core.dmp.algorithms import DIGEST_METHODS, DS, SIGNATURE_METHODS, certificate_of
from dmp_core.dmp.vihf import instant
from dmp_core.model import limits
from dmp_core.model.x500 import distinguished_name
from dmp_core.ports import Hash, Signer
from dmp_core.xml import Element

XADES: Final = "http://uri.etsi.org/01903/v1.1.1#"
C14N_WITH_COMMENTS: Final = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments"
PURPOSE_SOURCE: Final = "1.2.840.10065.1.12.1.14"  # ASTM E1762: the source signs
_MANIFEST_ID: Final = "IHEManifest"
_PROPERTIES_ID: Final = "S0-SignedProperties"
_NO_DIGEST: Final = "AA=="  # of the submission set, which is no document: a constant of DSG in the DMP


def manifest_signature(
    submission_set_id: str,
    references: Sequence[tuple[str, bytes]],
    *,
    signer: Signer,
    at: datetime,
    signature_hash: Hash = Hash.SHA256,
) -> bytes:
    """The signature document of a submission set. `references`: uniqueId and bytes (XML) of each document in it.

    Raises CardError where the key fails, XmlRefused where a document is no XML.
    """
    root = etree.Element(_ds("Signature"), {"Id": "S0"}, nsmap={"ds": DS})
    signed_info = etree.SubElement(root, _ds("SignedInfo"))
    value = etree.SubElement(root, _ds("SignatureValue"))
    data = etree.SubElement(etree.SubElement(root, _ds("KeyInfo")), _ds("X509Data"))
    etree.SubElement(data, _ds("X509Certificate")).text = b64encode(signer.certificate).decode()
    manifest = _add_manifest(root, submission_set_id, references, signature_hash)
    _add_purpose(root)
    properties = _add_signed_properties(root, signer, instant(at), signature_hash)
    _fill_signed_info(signed_info, manifest, properties, signature_hash)
    value.text = b64encode(signer.sign(canonical(signed_info), signature_hash)).decode()
    return xml.serialize(root)


def document_digest(document: bytes, hash_name: Hash) -> str:
    """Base64 digest of an XML document over its C14N with comments, as the manifest lists it."""
    root = xml.parse(document, limit=limits.FED_DOCUMENT)
    return _digest(etree.tostring(root.getroottree(), method="c14n", with_comments=True), hash_name)


def canonical(element: Element) -> bytes:
    """C14N 1.0 with comments of `element` where it stands."""
    return etree.tostring(element, method="c14n", with_comments=True)


def _add_manifest(root: Element, set_id: str, references: Sequence[tuple[str, bytes]], hash_name: Hash) -> Element:
    manifest = etree.SubElement(etree.SubElement(root, _ds("Object")), _ds("Manifest"), {"Id": _MANIFEST_ID})
    _add_reference(manifest, f"urn:oid:{set_id}", _NO_DIGEST, hash_name, transform=False)
    for unique_id, document in references:
        _add_reference(manifest, f"urn:oid:{unique_id}", document_digest(document, hash_name), hash_name)
    return manifest


def _add_purpose(root: Element) -> None:
    properties = etree.SubElement(etree.SubElement(root, _ds("Object")), _ds("SignatureProperties"))
    purpose = etree.SubElement(properties, _ds("SignatureProperty"), {"Id": "purposeOfSignature", "Target": "#S0"})
    purpose.text = PURPOSE_SOURCE


def _add_signed_properties(root: Element, signer: Signer, now: str, hash_name: Hash) -> Element:
    holder = etree.SubElement(root, _ds("Object"))
    qualifying = etree.SubElement(holder, _xades("QualifyingProperties"), {"Target": "#S0"}, nsmap={"xades": XADES})
    signed = etree.SubElement(qualifying, _xades("SignedProperties"), {"Id": _PROPERTIES_ID})
    properties = etree.SubElement(signed, _xades("SignedSignatureProperties"))
    etree.SubElement(properties, _xades("SigningTime")).text = now
    certificates = etree.SubElement(properties, _xades("SigningCertificate"))
    for der in (signer.certificate, *signer.chain):
        _add_certificate(certificates, der, hash_name)
    policy = etree.SubElement(properties, _xades("SignaturePolicyIdentifier"))
    etree.SubElement(policy, _xades("SignaturePolicyImplied"))
    return signed


def _add_certificate(parent: Element, der: bytes, hash_name: Hash) -> None:
    """In XAdES 1.1.1 the digest's elements stand in the namespace of XAdES, those of the issuer in XMLDSig's."""
    certificate = certificate_of(der)
    entry = etree.SubElement(parent, _xades("Cert"))
    digest = etree.SubElement(entry, _xades("CertDigest"))
    etree.SubElement(digest, _xades("DigestMethod"), {"Algorithm": DIGEST_METHODS[hash_name]})
    etree.SubElement(digest, _xades("DigestValue")).text = _digest(der, hash_name)
    issuer = etree.SubElement(entry, _xades("IssuerSerial"))
    etree.SubElement(issuer, _ds("X509IssuerName")).text = distinguished_name(certificate.issuer)
    etree.SubElement(issuer, _ds("X509SerialNumber")).text = str(certificate.serial_number)


def _fill_signed_info(signed_info: Element, manifest: Element, properties: Element, hash_name: Hash) -> None:
    etree.SubElement(signed_info, _ds("CanonicalizationMethod"), {"Algorithm": C14N_WITH_COMMENTS})
    etree.SubElement(signed_info, _ds("SignatureMethod"), {"Algorithm": SIGNATURE_METHODS[hash_name]})
    digest = _digest(canonical(manifest), hash_name)
    _add_reference(signed_info, f"#{_MANIFEST_ID}", digest, hash_name, kind=f"{DS}Manifest")
    digest = _digest(canonical(properties), hash_name)
    _add_reference(signed_info, f"#{_PROPERTIES_ID}", digest, hash_name, kind=f"{XADES}SignedProperties")


def _add_reference(
    parent: Element, uri: str, digest: str, hash_name: Hash, *, kind: str | None = None, transform: bool = True
) -> None:
    attributes = {"URI": uri} if kind is None else {"Type": kind, "URI": uri}
    reference = etree.SubElement(parent, _ds("Reference"), attributes)
    if transform:
        transforms = etree.SubElement(reference, _ds("Transforms"))
        etree.SubElement(transforms, _ds("Transform"), {"Algorithm": C14N_WITH_COMMENTS})
    etree.SubElement(reference, _ds("DigestMethod"), {"Algorithm": DIGEST_METHODS[hash_name]})
    etree.SubElement(reference, _ds("DigestValue")).text = digest


def _digest(data: bytes, hash_name: Hash) -> str:
    return b64encode(hashlib.new(hash_name, data, usedforsecurity=hash_name is not Hash.SHA1).digest()).decode()


def _ds(tag: str) -> str:
    return f"{{{DS}}}{tag}"


def _xades(tag: str) -> str:
    return f"{{{XADES}}}{tag}"
