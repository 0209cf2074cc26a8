"""A submission as a pharmacy would send it, written by hand: text to change, documents, and a signature over them."""

import base64
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID
from lxml import etree

from dmp_core import xml
from dmp_core.model.access import Mode
from dmp_core.simulator import checks, submission

DS = "http://www.w3.org/2000/09/xmldsig#"
C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"

CX = "279035121518989^^^&amp;1.2.250.1.213.1.4.10&amp;ISO^NH"
XCN = "810000000001^EXEMPLE^Claude^^^^^^&amp;1.2.250.1.71.4.2.1&amp;ISO^D^^^IDNPS"
XON = "Pharmacie Exemple^^^^^&amp;1.2.250.1.71.4.2.2&amp;ISO^IDNST^^^1750000001"
SPECIALTY = "G15_21/A^Pharmacien titulaire d'officine^1.2.250.1.213.1.1.4.5"
NORMAL = ("f4f85eac-e6cb-4883-b524-f2705394840f", "N", "2.16.840.1.113883.5.25", "Normal")
MASKED = ("f4f85eac-e6cb-4883-b524-f2705394840f", "MASQUE_PS", "1.2.250.1.213.1.1.4.13", "Masqué")
HIDDEN = ("f4f85eac-e6cb-4883-b524-f2705394840f", "INVISIBLE_PATIENT", "1.2.250.1.213.1.1.4.13", "Non visible")

CDA = """<?xml version="1.0" encoding="UTF-8"?>
<ClinicalDocument xmlns="urn:hl7-org:v3">
  <realmCode code="FR"/><typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/>
  <templateId root="2.16.840.1.113883.2.8.2.1"/><templateId root="1.2.250.1.213.1.1.1.1"/>
  <templateId root="1.3.6.1.4.1.19376.1.2.20"/>
  <id root="1.2.3.4.5.6.1.1"/>
  <code code="78601-2" displayName="CR d'entretien pharmaceutique" codeSystem="2.16.840.1.113883.6.1"/>
  <title>Entretien pharmaceutique</title>
  <effectiveTime value="20260115103000+0100"/>
  <confidentialityCode code="N" displayName="Normal" codeSystem="2.16.840.1.113883.5.25"/>
  <languageCode code="fr-FR"/><setId root="1.2.3.4.5.6.1"/><versionNumber value="1"/>
  <recordTarget><patientRole>
    <id extension="279035121518989" root="1.2.250.1.213.1.4.10"/><id extension="42" root="1.2.3.4"/>
    <patient><name>
      <family qualifier="BR">PAT-TROIS</family><given>DOMINIQUE MARIE-LOUISE</given>
      <given qualifier="BR">DOMINIQUE</given><family qualifier="CL">AUTRE</family></name>
      <administrativeGenderCode code="F"/><birthTime value="19790328"/></patient>
  </patientRole></recordTarget>
  <author><functionCode displayName="Auteur"/><time value="20260115103000+0100"/><assignedAuthor>
    <id root="1.2.250.1.71.4.2.1" extension="810000000001"/>
    <code code="G15_21/A" displayName="Pharmacien titulaire d'officine" codeSystem="1.2.250.1.213.1.1.4.5"/>
    <assignedPerson><name><family>EXEMPLE</family><given>Claude</given></name></assignedPerson>
    <representedOrganization><id root="1.2.250.1.71.4.2.2" extension="1750000001"/>
      <name>Pharmacie Exemple</name></representedOrganization>
  </assignedAuthor></author>
  <legalAuthenticator><time value="20260115103000+0100"/><signatureCode code="S"/><assignedEntity>
    <id root="1.2.250.1.71.4.2.1" extension="810000000001"/>
    <assignedPerson><name><family>EXEMPLE</family><given>Claude</given></name></assignedPerson>
  </assignedEntity></legalAuthenticator>
  <documentationOf><serviceEvent><effectiveTime><low value="20260115100000+0100"/></effectiveTime>
    <performer typeCode="PRF"><assignedEntity><representedOrganization>
      <standardIndustryClassCode code="AMBULATOIRE" displayName="Ambulatoire" codeSystem="1.2.250.1.213.1.1.4.9"/>
    </representedOrganization></assignedEntity></performer></serviceEvent></documentationOf>
  <componentOf><encompassingEncounter><location><healthCareFacility>
    <code code="SA33" displayName="Pharmacie d'officine" codeSystem="1.2.250.1.71.4.2.4"/>
  </healthCareFacility></location></encompassingEncounter></componentOf>
  <component><nonXMLBody>
    <text mediaType="application/pdf" representation="B64">JVBERi0xLjQK</text></nonXMLBody></component>
</ClinicalDocument>"""


def slot(name: str, value: str) -> str:
    return f'<Slot name="{name}"><ValueList><Value>{value}</Value></ValueList></Slot>'


def classification(owner: str, scheme: str, code: str, system: str, label: str) -> str:
    return (
        f'<Classification id="c{scheme[:8]}{code}{owner}" classifiedObject="{owner}" nodeRepresentation="{code}"'
        f' classificationScheme="urn:uuid:{scheme}">{slot("codingScheme", system)}'
        f'<Name><LocalizedString value="{label}"/></Name></Classification>'
    )


def author(owner: str, scheme: str) -> str:
    values = {"authorPerson": XCN, "authorInstitution": XON, "authorSpecialty": SPECIALTY}
    return (
        f'<Classification id="a{owner}" classifiedObject="{owner}" nodeRepresentation=""'
        f' classificationScheme="urn:uuid:{scheme}">'
        + "".join(slot(name, value) for name, value in values.items())
        + "</Classification>"
    )


def identifier(owner: str, scheme: str, value: str) -> str:
    return (
        f'<ExternalIdentifier id="i{scheme[:8]}{owner}" registryObject="{owner}" value="{value}"'
        f' identificationScheme="urn:uuid:{scheme}"/>'
    )


def entry(owner: str, slots: Mapping[str, str], title: str, codes: list[tuple[str, str, str, str]], unique: str) -> str:
    return (
        f'<ExtrinsicObject id="{owner}" mimeType="text/xml" objectType="urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1">'
        + "".join(slot(name, value) for name, value in slots.items())
        + f'<Name><LocalizedString value="{title}"/></Name>'
        + author(owner, "93606bcf-9494-43ec-9b4e-a7748d1a838d")
        + "".join(classification(owner, *code) for code in codes)
        + identifier(owner, "58a6f841-87b3-4a3e-92fd-a8ffeff98427", CX)
        + identifier(owner, "2e82c1f6-a085-4c72-9da3-8640a32e42ab", unique)
        + "</ExtrinsicObject>"
    )


def association(name: str, kind: str, source: str, target: str, slots: str = "") -> str:
    return (
        f'<Association id="{name}" associationType="{kind}" sourceObject="{source}" targetObject="{target}">'
        f"{slots}</Association>"
    )


HAS_MEMBER = "urn:oasis:names:tc:ebxml-regrep:AssociationType:HasMember"
ORIGINAL = slot("SubmissionSetStatus", "Original")
SET = (
    '<RegistryPackage id="SubmissionSet01">'
    + slot("submissionTime", "20260115093500")
    + '<Name><LocalizedString value="Lot"/></Name>'
    + '<Classification id="n1" classifiedObject="SubmissionSet01"'
    ' classificationNode="urn:uuid:a54d6aa5-d40d-43f9-88c5-b4633d873bdd"/>'
    + author("SubmissionSet01", "a7058bb9-b4e4-4307-ba5b-e3f0ab85e12d")
    + classification(
        "SubmissionSet01", "aa543740-bdda-424e-8c96-df4873be8500", "SA33", "1.2.250.1.71.4.2.4", "Pharmacie"
    )
    + identifier("SubmissionSet01", "6b5aea1a-874d-4603-a4bc-96a0a7b38446", CX)
    + identifier("SubmissionSet01", "554ac39e-e3fe-47fe-b233-965d2a147832", "1.2.3.4.5")
    + identifier("SubmissionSet01", "96fdda7c-d067-4183-912e-bf5ee74998a8", "2.25.1")
    + "</RegistryPackage>"
)
DOCUMENT = entry(
    "Document01",
    {
        "creationTime": "20260115093000",
        "languageCode": "fr-FR",
        "legalAuthenticator": XCN,
        "serviceStartTime": "20260115090000",
        "sourcePatientId": CX,
    },
    "Entretien pharmaceutique",
    [
        ("41a5887f-8865-4c09-adf7-e362475b143a", "10", "1.2.250.1.213.1.1.4.1", "Compte rendu"),
        NORMAL,
        ("a09d5840-386c-46f2-b5ad-9c3699a4309d", "urn:ihe:iti:xds-sd:pdf:2008", "1.3.6.1.4.1.19376.1.2.3", "Pdf"),
        ("f33fb8ac-18af-42cc-ae0e-ed0b0bdb91e1", "SA33", "1.2.250.1.71.4.2.4", "Pharmacie d'officine"),
        ("cccf5598-8b07-4b77-a05e-ae952c785ead", "AMBULATOIRE", "1.2.250.1.213.1.1.4.9", "Ambulatoire"),
        ("f0306f51-975f-434e-a61c-c59651d33983", "78601-2", "2.16.840.1.113883.6.1", "CR d'entretien"),
    ],
    "1.2.3.4.5.6.1.1",
)
SIGNATURE = entry(
    "Signature01",
    {"creationTime": "20260115093500", "languageCode": "art", "sourcePatientId": CX},
    "Source",
    [
        ("41a5887f-8865-4c09-adf7-e362475b143a", "urn:oid:1.3.6.1.4.1.19376.1.2.1.1.1", "URN", "Digital Signature"),
        NORMAL,
        MASKED,
        HIDDEN,
        ("2c6b8cb7-8b2a-4051-b291-b1ae6a575ef4", "1.2.840.10065.1.12.1.14", "1.2.840.10065.1.12", "Source"),
        (
            "a09d5840-386c-46f2-b5ad-9c3699a4309d",
            "http://www.w3.org/2000/09/xmldsig#",
            "URN",
            "Default Signature Style",
        ),
        ("f0306f51-975f-434e-a61c-c59651d33983", "E1762", "ASTM", "Full Document"),
    ],
    "2.25.2",
)
LINKS = (
    association("m1", HAS_MEMBER, "SubmissionSet01", "Document01", ORIGINAL)
    + association("m2", HAS_MEMBER, "SubmissionSet01", "Signature01", ORIGINAL)
    + association("s1", "urn:ihe:iti:2007:AssociationType:signs", "Signature01", "SubmissionSet01")
)


@dataclass(frozen=True, slots=True)
class Feed:
    """An ITI-41 request: `objects` is the text of its RegistryObjectList, `documents` its bytes by id."""

    objects: str
    documents: Mapping[str, bytes] = field(default_factory=dict)

    def change(self, old: str, new: str, count: int = -1) -> "Feed":
        assert old in self.objects
        return replace(self, objects=self.objects.replace(old, new, count))

    def with_document(self, name: str, data: bytes) -> "Feed":
        return replace(self, documents={**self.documents, name: data})

    @property
    def body(self) -> xml.Element:
        documents = "".join(
            f'<xds:Document id="{name}">{base64.b64encode(data).decode()}</xds:Document>'
            for name, data in self.documents.items()
        )
        text = (
            '<xds:ProvideAndRegisterDocumentSetRequest xmlns:xds="urn:ihe:iti:xds-b:2007">'
            '<SubmitObjectsRequest xmlns="urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0">'
            f'<RegistryObjectList xmlns="urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0">{self.objects}'
            f"</RegistryObjectList></SubmitObjectsRequest>{documents}</xds:ProvideAndRegisterDocumentSetRequest>"
        )
        return xml.parse(text.encode())

    def read(self) -> submission.Submission:
        return submission.read_submission(self.body, {})


@dataclass(slots=True)
class FakeRegistry:
    """What the registry knows, said by the test."""

    sets: set[str] = field(default_factory=set)
    hashes: dict[str, str] = field(default_factory=dict)
    statuses: dict[str, str] = field(default_factory=dict)
    others: bool = False  # what is replaced is of somebody else

    def has_submission_set(self, unique_id: str) -> bool:
        return unique_id in self.sets

    def entry_hash(self, unique_id: str) -> str | None:
        return self.hashes.get(unique_id)

    def former(self, entry_uuid: str) -> checks.Former | None:
        """Of whoever feeds in these tests unless told; its uniqueId is 1.2."""
        if entry_uuid not in self.statuses:
            return None
        people, structures = (
            frozenset({"810000000009" if self.others else "810000000001"}),
            frozenset({"1750000009" if self.others else "1750000001"}),
        )
        return checks.Former(self.statuses[entry_uuid], "1.2", people, structures)


@dataclass(frozen=True, slots=True)
class Judge:
    """Calls the checks; gives (code, text) of each reason."""

    mode: Mode = Mode.DIRECT
    practitioner: str = "810000000001"
    structure: str = "1750000001"
    patient: str = CX.replace("&amp;", "&")
    known: FakeRegistry = field(default_factory=FakeRegistry)
    strict: checks.Strictness | None = None

    def but(self, **changes: Any) -> "Judge":
        return replace(self, **changes)

    def __call__(self, feed: Feed) -> list[tuple[str, str]]:
        caller = checks.Caller(self.mode, self.practitioner, self.structure)
        found = checks.check(
            feed.read(), vihf_patient=self.patient, caller=caller, known=self.known, strict=self.strict
        )
        return [(reason.code, reason.text) for reason in found]


@pytest.fixture
def cda() -> bytes:
    return CDA.encode()


@pytest.fixture
def feed(cda: bytes) -> Feed:
    """A right submission: its signature document is any XML, for the checks do not look inside it."""
    return Feed(SET + DOCUMENT + SIGNATURE + LINKS, {"Document01": cda, "Signature01": b"<signature/>"})


@pytest.fixture
def judge() -> Judge:
    return Judge()


@dataclass(frozen=True, slots=True)
class Key:
    private: rsa.RSAPrivateKey
    certificate: bytes


@pytest.fixture(scope="session")
def key() -> Key:
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "810000000001")])
    at = datetime(2026, 1, 1, tzinfo=UTC)
    certificate = (
        x509.CertificateBuilder(name, name, private.public_key(), 1, at, at + timedelta(days=365))
        .sign(private, hashes.SHA256())
        .public_bytes(serialization.Encoding.DER)
    )
    return Key(private, certificate)


Sign = Callable[..., bytes]


@pytest.fixture
def sign(key: Key) -> Sign:
    """A DSG signature over (uniqueId, bytes), its manifest's text changed before it is signed if asked."""

    def make(*documents: tuple[str, bytes], change: tuple[str, str] = ("", ""), own: str = "2.25.1") -> bytes:
        references = reference(f"urn:oid:{own}", "AA==", transform=False) + "".join(
            reference(f"urn:oid:{name}", digest(canonical(xml.parse(data)))) for name, data in documents
        )
        text = f"""<ds:Signature xmlns:ds="{DS}" Id="S0"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm="{C14N}"/>
<ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/>{{references}}</ds:SignedInfo>
<ds:SignatureValue>{{value}}</ds:SignatureValue><ds:KeyInfo><ds:X509Data><ds:X509Certificate>
{base64.b64encode(key.certificate).decode()}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>
<ds:Object><ds:Manifest Id="IHEManifest">{references}</ds:Manifest></ds:Object>
<ds:Object><ds:SignatureProperties><ds:SignatureProperty Id="purposeOfSignature" Target="#S0">1.2.840.10065.1.12.1.14\
</ds:SignatureProperty></ds:SignatureProperties></ds:Object>
<ds:Object><x:QualifyingProperties xmlns:x="http://uri.etsi.org/01903/v1.1.1#" Target="#S0">
<x:SignedProperties Id="S0-SignedProperties"><x:SignedSignatureProperties><x:SigningTime>2026-01-15T09:35:00Z\
</x:SigningTime><x:SigningCertificate><x:Cert><x:CertDigest><x:DigestMethod Algorithm="{SHA256}"/>\
<x:DigestValue>{digest(key.certificate)}</x:DigestValue></x:CertDigest></x:Cert></x:SigningCertificate>\
<x:SignaturePolicyIdentifier><x:SignaturePolicyImplied/></x:SignaturePolicyIdentifier></x:SignedSignatureProperties>\
</x:SignedProperties></x:QualifyingProperties></ds:Object></ds:Signature>"""
        text = text.replace(*change)
        draft = xml.parse(text.encode())
        signed = "".join(
            reference(f"#{name}", digest(canonical(draft.find(f".//*[@Id='{name}']"))), kind=kind)
            for name, kind in (
                ("IHEManifest", f"{DS}Manifest"),
                ("S0-SignedProperties", "http://uri.etsi.org/01903/v1.1.1#SignedProperties"),
            )
        )
        text = text.replace("{references}", signed)
        info = xml.parse(text.encode()).find(f"{{{DS}}}SignedInfo")
        value = key.private.sign(canonical(info), padding.PKCS1v15(), hashes.SHA256())
        return text.replace("{value}", base64.b64encode(value).decode()).encode()

    return make


def canonical(element: xml.Element | None) -> bytes:
    assert element is not None
    return etree.tostring(element, method="c14n", with_comments=True)


def digest(data: bytes) -> str:
    return base64.b64encode(hashlib.sha256(data).digest()).decode()


def reference(uri: str, value: str, *, kind: str = "", transform: bool = True) -> str:
    named = f' Type="{kind}"' if kind else ""
    transforms = f'<ds:Transforms><ds:Transform Algorithm="{C14N}"/></ds:Transforms>' if transform else ""
    return (
        f'<ds:Reference URI="{uri}"{named}>{transforms}<ds:DigestMethod Algorithm="{SHA256}"/>'
        f"<ds:DigestValue>{value}</ds:DigestValue></ds:Reference>"
    )
