import hashlib
import subprocess
from base64 import b64decode, b64encode
from io import BytesIO
from shutil import which

import pytest
from cryptography import x509
from lxml import etree
from signxml import SignatureConfiguration, XMLVerifier
from signxml.algorithms import DigestAlgorithm, SignatureMethod

from dmp_core.dmp import td21_feed, xades
from dmp_core.errors import XmlRefused
from dmp_core.model.document import Submission
from dmp_core.ports import Hash
from dmp_core.testing.clock import ManualClock
from dmp_core.transport.file_key import FileSigner

DS = "{http://www.w3.org/2000/09/xmldsig#}"
XADES = "{http://uri.etsi.org/01903/v1.1.1#}"
WITH_COMMENTS = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments"


@pytest.fixture
def signature(submission: Submission, signer: FileSigner, clock: ManualClock) -> bytes:
    return td21_feed.sign(submission, signer, at=clock.now(), settings=td21_feed.FeedSettings())


def verified(signature: bytes, signer: FileSigner, **config: object) -> list[etree._Element]:
    """What signxml says was signed. Not checked by the schema: it forbids the text that IHE DSG writes as purpose."""
    results = XMLVerifier().verify(
        signature,
        validate_schema=False,
        x509_cert=x509.load_der_x509_certificate(signer.certificate),
        expect_config=SignatureConfiguration(expect_references=2, **config),
    )
    return [result.signed_xml for result in results]


def test_another_library_verifies_the_manifest_and_the_signed_properties(signature, signer) -> None:
    manifest, properties = verified(signature, signer)

    assert manifest.tag == f"{DS}Manifest"
    assert properties.tag == f"{XADES}SignedProperties"


def test_the_manifest_names_the_set_and_the_document(signature, signer) -> None:
    manifest, _ = verified(signature, signer)

    references = list(manifest)
    assert [reference.get("URI") for reference in references] == ["urn:oid:2.25.10", "urn:oid:2.25.11"]
    assert references[0].findtext(f"{DS}DigestValue") == "AA=="
    assert references[0].find(f"{DS}Transforms") is None
    assert [t.get("Algorithm") for t in references[1].iter(f"{DS}Transform")] == [WITH_COMMENTS]


def test_the_digest_of_the_document_is_that_of_its_canonical_form_with_comments(signature, signer) -> None:
    """Computed from the text that C14N 1.0 prescribes, typed here by hand."""
    canonical = (
        '<?xml-stylesheet type="text/xsl" href="cda.xsl"?>\n'
        '<ClinicalDocument xmlns="urn:hl7-org:v3" classCode="DOCCLIN"><!-- a comment --><title>Entretien</title>'
        "</ClinicalDocument>"
    )
    manifest, _ = verified(signature, signer)

    digest = manifest[1].findtext(f"{DS}DigestValue")

    assert digest == b64encode(hashlib.sha256(canonical.encode()).digest()).decode()


def test_the_digest_is_the_one_of_a_second_canonicalizer(submission: Submission) -> None:
    out = BytesIO()
    etree.parse(BytesIO(submission.content)).write_c14n(out, with_comments=True)

    digest = xades.document_digest(submission.content, Hash.SHA256)

    assert b64decode(digest) == hashlib.sha256(out.getvalue()).digest()


def test_the_signed_info_is_canonicalized_with_comments_and_refers_by_type(signature) -> None:
    signed_info = etree.fromstring(signature).find(f"{DS}SignedInfo")

    references = [(r.get("URI"), r.get("Type")) for r in signed_info.iter(f"{DS}Reference")]
    assert signed_info.find(f"{DS}CanonicalizationMethod").get("Algorithm") == WITH_COMMENTS
    assert references == [
        ("#IHEManifest", "http://www.w3.org/2000/09/xmldsig#Manifest"),
        ("#S0-SignedProperties", "http://uri.etsi.org/01903/v1.1.1#SignedProperties"),
    ]


def test_the_signed_properties_tell_when_by_which_chain_and_under_which_policy(signature, signer) -> None:
    _, properties = verified(signature, signer)

    assert properties.findtext(f".//{XADES}SigningTime") == "2026-01-15T09:30:00Z"
    assert properties.find(f".//{XADES}SignaturePolicyIdentifier/{XADES}SignaturePolicyImplied") is not None
    digests = [b64decode(e.text) for e in properties.iter(f"{XADES}DigestValue")]
    assert digests == [hashlib.sha256(der).digest() for der in (signer.certificate, *signer.chain)]
    issuers = {e.text for e in properties.iter(f"{DS}X509IssuerName")}
    assert issuers == {"CN=TEST AC ORGANISATIONS,O=AC DE TEST,C=FR"}
    serials = [int(e.text) for e in properties.iter(f"{DS}X509SerialNumber")]
    assert serials[0] == x509.load_der_x509_certificate(signer.certificate).serial_number
    assert len(serials) == 2


def test_the_purpose_is_that_of_the_source(signature) -> None:
    purpose = etree.fromstring(signature).find(f".//{DS}SignatureProperty")

    assert dict(purpose.attrib) == {"Id": "purposeOfSignature", "Target": "#S0"}
    assert purpose.text == "1.2.840.10065.1.12.1.14"


def test_a_changed_manifest_no_longer_verifies(signature, signer) -> None:
    with pytest.raises(Exception, match=r"(?i)digest"):
        verified(signature.replace(b"urn:oid:2.25.11", b"urn:oid:2.25.12"), signer)


def test_sha1_is_there_for_who_sets_it(submission, signer, clock) -> None:
    settings = td21_feed.FeedSettings(signature_hash=Hash.SHA1)

    signature = td21_feed.sign(submission, signer, at=clock.now(), settings=settings)

    assert b"sha256" not in signature
    verified(
        signature,
        signer,
        signature_methods=frozenset({SignatureMethod.RSA_SHA1}),
        digest_algorithms=frozenset({DigestAlgorithm.SHA1}),
    )


def test_several_documents_are_listed_in_order(signer, clock) -> None:
    signature = xades.manifest_signature(
        "2.25.1", [("2.25.2", b"<a/>"), ("2.25.3", b"<b/>")], signer=signer, at=clock.now()
    )

    manifest, _ = verified(signature, signer)

    assert [r.get("URI") for r in manifest] == ["urn:oid:2.25.1", "urn:oid:2.25.2", "urn:oid:2.25.3"]


def test_a_document_that_is_no_xml_is_refused(signer, clock) -> None:
    with pytest.raises(XmlRefused):
        xades.manifest_signature("2.25.1", [("2.25.2", b"%PDF-1.4")], signer=signer, at=clock.now())


def test_the_reference_program_verifies_it_where_it_is_installed(signature, signer, tmp_path) -> None:
    """Without xmlsec1 the same is told by signxml, above, and by the digests computed here."""
    if program := which("xmlsec1"):
        (tmp_path / "s.xml").write_bytes(signature)
        (tmp_path / "c.der").write_bytes(signer.certificate)
        arguments = ["--verify", "--ignore-manifests", "--pubkey-cert-der", str(tmp_path / "c.der")]

        done = subprocess.run([program, *arguments, str(tmp_path / "s.xml")], capture_output=True, check=False)

        assert done.returncode == 0, done.stderr
    root = etree.fromstring(signature)
    told = [r.findtext(f"{DS}DigestValue") for r in root.find(f"{DS}SignedInfo").iter(f"{DS}Reference")]
    parts = [root.find(f".//{DS}Manifest"), root.find(f".//{XADES}SignedProperties")]
    computed = [etree.tostring(part, method="c14n", with_comments=True) for part in parts]
    assert told == [b64encode(hashlib.sha256(data).digest()).decode() for data in computed]


@pytest.mark.oracle
def test_the_signature_is_valid_by_the_schema_but_for_the_purpose_that_ihe_writes_as_text(signature, oracle) -> None:
    schema = etree.XMLSchema(etree.parse(oracle / "schemas" / "saml" / "xmldsig-core-schema.xsd"))
    root = etree.fromstring(signature)
    purpose = root.find(f".//{DS}SignatureProperty")

    etree.SubElement(purpose, "{urn:x}any")

    schema.assertValid(root)
