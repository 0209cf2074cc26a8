"""A test authority, and assertions written by hand and signed by libraries that the simulator did not write."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from uuid import uuid4

import pytest
import xmlsec
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from lxml import etree
from signxml import SignatureConstructionMethod, XMLSigner
from signxml.algorithms import CanonicalizationMethod

from dmp_core.model.practitioner import Practitioner, Structure
from dmp_core.simulator import pki as test_pki
from dmp_core.simulator.annuaire import Annuaire
from dmp_core.simulator.answers import Reply
from dmp_core.simulator.dmp import Dmp
from dmp_core.simulator.interference import Fault
from dmp_core.simulator.patients import PatientRecord, Patients
from dmp_core.simulator.pki import KeyPair, Pki
from dmp_core.simulator.policy import Policy
from dmp_core.simulator.registry import Registry
from dmp_core.simulator.replays import Replays
from dmp_core.simulator.storage import Storage
from dmp_core.simulator.trust import Holder, Trust
from dmp_core.simulator.vihf import VihfReader

AT = datetime(2026, 1, 15, 9, 30, tzinfo=UTC)
PHARMACY, OTHER_PHARMACY = "10B0000001", "10B0000002"
PHARMACIST, OTHER_PHARMACIST = "899700000001", "899700000002"
PATIENT = "279035121518989^^^&1.2.250.1.213.1.4.10&ISO^NH"
WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
SAML = "urn:oasis:names:tc:SAML:2.0:assertion"

NAME = "urn:oasis:names:tc:xspa:1.0:subject:subject-id"
ROLE = "urn:oasis:names:tc:xacml:2.0:subject:role"
RESOURCE = "urn:oasis:names:tc:xacml:2.0:resource:resource-id"
PURPOSE = "urn:oasis:names:tc:xspa:1.0:subject:purposeofuse"


def role(code: str, system: str) -> str:
    return f'<Role xmlns="urn:hl7-org:v3" code="{code}" codeSystem="{system}" displayName="x" xsi:type="CE"/>'


def purpose(code: str) -> str:
    return (
        f'<PurposeOfUse xmlns="urn:hl7-org:v3" code="{code}" codeSystem="1.2.250.1.213.1.1.4.248"'
        ' codeSystemName="mode acces VIHF 2.0" displayName="x" xsi:type="CE"/>'
    )


PROFESSION = role("21", "1.2.250.1.71.1.2.7")
SECTION = role("A", "1.2.250.1.71.4.2.6")
ROLES = {
    "21": [PROFESSION, SECTION],
    "39": [role("39", "1.2.250.1.71.1.2.7")],
    "60": [role("60", "1.2.250.1.71.1.2.7")],
    "10": [role("10", "1.2.250.1.71.1.2.7"), role("SM26", "1.2.250.1.71.4.2.5")],
}
REASON = "Mode_Acces_Raison"
SECRET = "urn:oasis:names:tc:xspa:1.0:resource:patient:hl7:confidentiality-code"


def acting(
    profession: str = "21", purpose_code: str = "normal", **more: list[str] | None
) -> dict[str, list[str] | None]:
    """What of the usual claims differs for a profession and a purpose; a bris de glace says why."""
    changed: dict[str, list[str] | None] = {ROLE: ROLES[profession], PURPOSE: [purpose(purpose_code)]}
    if purpose_code == "bris_de_glace":
        changed[REASON] = ["patient inconscient"]
    return changed | more


def claims(mode: str = "DIRECTE") -> dict[str, list[str]]:
    """The attributes of a pharmacist, as lists of values."""
    return {
        "Identifiant_Structure": [PHARMACY],
        "Secteur_Activite": ["SA33^1.2.250.1.71.4.2.4"],
        NAME: ["JEANNE DUPONT"],
        ROLE: [PROFESSION, SECTION],
        "VIHF_Version": ["3.0"],
        "Authentification_mode": [mode],
        RESOURCE: [PATIENT.replace("&", "&amp;")],
        "Ressource_URN": ["urn:dmp"],
        PURPOSE: [purpose("normal")],
        "LPS_ID": ["01"],
        "LPS_Nom": ["LGO"],
        "LPS_Version": ["1"],
        "LPS_ID_HOMOLOGATION_DMP": ["SIMULATION"],
    }


def assertion(
    issuer: str,
    attributes: dict[str, list[str]],
    *,
    identifier: str = "_a1",
    instant: str = "2026-01-15T09:30:00Z",
    name_id: str = PHARMACIST,
    means: str = "SmartcardPKI",
    context: str = "",
    extra: str = "",
) -> bytes:
    """An assertion as text: nothing of it is checked here."""
    written = "".join(
        f'<saml2:Attribute Name="{name}">'
        + "".join(f"<saml2:AttributeValue>{value}</saml2:AttributeValue>" for value in values)
        + "</saml2:Attribute>"
        for name, values in attributes.items()
    )
    return (
        f'<saml2:Assertion xmlns:saml2="{SAML}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        f' ID="{identifier}" IssueInstant="{instant}" Version="2.0">'
        f'<saml2:Issuer Format="urn:oasis:names:tc:SAML:1.1:nameid-format:X509SubjectName">{issuer}</saml2:Issuer>'
        f"<saml2:Subject><saml2:NameID>{name_id}</saml2:NameID></saml2:Subject>{extra}"
        f'<saml2:AuthnStatement AuthnInstant="{instant}"><saml2:AuthnContext><saml2:AuthnContextClassRef>'
        f"urn:oasis:names:tc:SAML:2.0:ac:classes:{means}</saml2:AuthnContextClassRef>"
        f"{context}</saml2:AuthnContext></saml2:AuthnStatement>"
        f"<saml2:AttributeStatement>{written}</saml2:AttributeStatement></saml2:Assertion>"
    ).encode()


@cache
def private_key(pair: KeyPair) -> RSAPrivateKey:
    return load_pem_private_key(pair.key.read_bytes(), None, unsafe_skip_rsa_key_validation=True)


class OldSigner(XMLSigner):
    """Signs with SHA-1, too: it stands in old official examples."""

    def check_deprecated_methods(self) -> None:
        pass


def sign(
    unsigned: bytes,
    pair: KeyPair,
    *,
    signature: str = "rsa-sha256",
    digest: str = "sha256",
) -> bytes:
    """Enveloped, exclusive, by signxml; the signature stands last."""
    signer = OldSigner(
        method=SignatureConstructionMethod.enveloped,
        signature_algorithm=signature,
        digest_algorithm=digest,
        c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0,
    )
    root = etree.fromstring(unsigned)
    signed = signer.sign(
        root,
        key=private_key(pair),
        cert=pair.certificate.read_text(),
        reference_uri=f"#{root.get('ID')}",
        id_attribute="ID",
    )
    return etree.tostring(signed)


def sign_with_xmlsec(unsigned: bytes, pair: KeyPair, *, prefixes: str = "") -> bytes:
    """The same by xmlsec, right after the Issuer, with the inclusive prefixes that OpenSAML likes to add."""
    root = etree.fromstring(unsigned)
    known = xmlsec.constants
    template = xmlsec.template.create(root, known.TransformExclC14N, known.TransformRsaSha256)
    root.insert(1, template)
    reference = xmlsec.template.add_reference(template, known.TransformSha256, uri=f"#{root.get('ID')}")
    xmlsec.template.add_transform(reference, known.TransformEnveloped)
    canonical = xmlsec.template.add_transform(reference, known.TransformExclC14N)
    if prefixes:
        xmlsec.template.transform_add_c14n_inclusive_namespaces(canonical, prefixes)
    data = xmlsec.template.add_x509_data(xmlsec.template.ensure_key_info(template))
    xmlsec.template.x509_data_add_certificate(data)
    xmlsec.tree.add_ids(root, ["ID"])
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_file(str(pair.key), known.KeyDataFormatPem)
    context.key.load_cert_from_file(str(pair.certificate), known.KeyDataFormatPem)
    context.sign(template)
    return etree.tostring(root)


def security(content: bytes) -> etree._Element:
    """The `wsse:Security` header of an envelope around `content`."""
    envelope = etree.fromstring(
        b'<soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope"><soap:Header>'
        b'<wsse:Security xmlns:wsse="' + WSSE.encode() + b'">' + content + b"</wsse:Security></soap:Header>"
        b'<soap:Body><query xmlns="urn:test" id="body"/></soap:Body></soap:Envelope>'
    )
    return envelope[0][0]


def subject(pair: KeyPair) -> str:
    """The holder's name as RFC 4514 writes it."""
    return x509.load_pem_x509_certificate(pair.certificate.read_bytes()).subject.rfc4514_string()


def der(pair: KeyPair) -> bytes:
    return x509.load_pem_x509_certificate(pair.certificate.read_bytes()).public_bytes(Encoding.DER)


class FixedDirectory:
    """Two pharmacies are active; the first pharmacist works at the first."""

    def is_active(self, structure_id: str) -> bool:
        return structure_id in (PHARMACY, OTHER_PHARMACY)

    def works_at(self, practitioner_id: str, structure_id: str) -> bool:
        return (practitioner_id, structure_id) == (PHARMACIST, PHARMACY)


@dataclass(frozen=True)
class Kit:
    """What a test of the VIHF needs, under one name."""

    pki: Pki
    foreign: Pki
    trust: Trust
    at: datetime = AT
    pharmacy: str = PHARMACY
    other_pharmacy: str = OTHER_PHARMACY
    pharmacist: str = PHARMACIST
    other_pharmacist: str = OTHER_PHARMACIST
    patient: str = PATIENT

    names = (NAME, ROLE, RESOURCE, PURPOSE)
    claims = staticmethod(claims)
    assertion = staticmethod(assertion)
    sign = staticmethod(sign)
    sign_with_xmlsec = staticmethod(sign_with_xmlsec)
    security = staticmethod(security)
    subject = staticmethod(subject)
    der = staticmethod(der)
    role = staticmethod(role)
    purpose = staticmethod(purpose)

    def reader(self, **policy: object) -> VihfReader:
        return VihfReader(self.trust, FixedDirectory(), Replays(Storage(Path(":memory:"))), Policy(**policy))

    def client(self, pair: KeyPair) -> Holder:
        return self.trust.identify(der(pair), self.at)

    def direct(self, changes: dict[str, list[str] | None] | None = None, **parts: str) -> bytes:
        """An unsigned assertion of the pharmacist; `changes`: other values, or None for an attribute left out."""
        issuer = parts.pop("issuer", subject(self.pki.professional_auth(PHARMACIST)))
        return assertion(issuer, _changed(claims(), changes), **parts)

    def organisation(self, mode: str, changes: dict[str, list[str] | None] | None = None, **parts: str) -> bytes:
        """A signed assertion of the pharmacy, in indirect mode or AIR."""
        pair = self.pki.organisation_sign(PHARMACY)
        issuer = parts.pop("issuer", subject(pair))
        if mode == "INDIRECTE_RENFORCEE":
            parts.setdefault("context", "<saml2:AuthnContextDecl>APP_BROWSER_AUTH</saml2:AuthnContextDecl>")
        return sign(assertion(issuer, _changed(claims(mode), changes), **parts), pair)


def _changed(values: dict[str, list[str]], changes: dict[str, list[str] | None] | None) -> dict[str, list[str]]:
    merged = values | (changes or {})
    return {name: value for name, value in merged.items() if value is not None}


@pytest.fixture(scope="session")
def kit(tmp_path_factory: pytest.TempPathFactory) -> Kit:
    structures = [Structure(national_id=number, name="PHARMACIE, LYON") for number in (PHARMACY, OTHER_PHARMACY)]
    people = [
        Practitioner(national_id=number, family="DUPONT", given="JEANNE", profession="21", section="A")
        for number in (PHARMACIST, OTHER_PHARMACIST)
    ]
    folder: Path = tmp_path_factory.mktemp("authorities")
    ours = test_pki.make(folder / "ours", structures, people, AT - timedelta(days=30))
    foreign = test_pki.make(folder / "foreign", structures[:1], people[:1], AT - timedelta(days=30))
    authority = x509.load_pem_x509_certificate(ours.authority.certificate.read_bytes())
    return Kit(ours, foreign, Trust(authority))


WSA = "http://www.w3.org/2005/08/addressing"
SCHEMES = {
    "class": ("urn:uuid:41a5887f-8865-4c09-adf7-e362475b143a", "10", "1.2.250.1.213.1.1.4.1"),
    "type": ("urn:uuid:f0306f51-975f-434e-a61c-c59651d33983", "78601-2", "2.16.840.1.113883.6.1"),
    "format": (
        "urn:uuid:a09d5840-386c-46f2-b5ad-9c3699a4309d",
        "urn:ihe:iti:xds-sd:pdf:2008",
        "1.3.6.1.4.1.19376.1.2.3",
    ),
    "facility": ("urn:uuid:f33fb8ac-18af-42cc-ae0e-ed0b0bdb91e1", "SA33", "1.2.250.1.71.4.2.4"),
    "practice": ("urn:uuid:cccf5598-8b07-4b77-a05e-ae952c785ead", "AMBULATOIRE", "1.2.250.1.213.1.1.4.9"),
}
UNIQUE_ID = "urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab"
CONFIDENTIALITY = "urn:uuid:f4f85eac-e6cb-4883-b524-f2705394840f"
PERSON = "{}^DUPONT^JEANNE^^^^^^&amp;1.2.250.1.71.4.2.1&amp;ISO^D^^^IDNPS"
PLACE = "PHARMACIE^^^^^&amp;1.2.250.1.71.4.2.2&amp;ISO^IDNST^^^{}"


def _slot(name: str, *values: str) -> str:
    written = "".join(f"<Value>{value}</Value>" for value in values)
    return f'<Slot name="{name}"><ValueList>{written}</ValueList></Slot>'


def _named(value: str) -> str:
    return f'<Name><LocalizedString value="{value}"/></Name>'


def _code(owner: str, scheme: str, code: str, system: str) -> str:
    return (
        f'<Classification id="c{owner}{code[-9:].replace(":", "")}" classificationScheme="{scheme}"'
        f' classifiedObject="{owner}" nodeRepresentation="{code}">{_slot("codingScheme", system)}{_named("libellé")}'
        "</Classification>"
    )


def _identifier(owner: str, scheme: str, value: str, name: str) -> str:
    return (
        f'<ExternalIdentifier id="i{owner}{name}" identificationScheme="urn:uuid:{scheme}" registryObject="{owner}"'
        f' value="{value}">{_named(name)}</ExternalIdentifier>'
    )


def _author(owner: str, scheme: str, person: str, place: str) -> str:
    return (
        f'<Classification id="a{owner}" classificationScheme="urn:uuid:{scheme}" classifiedObject="{owner}"'
        f' nodeRepresentation="">{_slot("authorPerson", PERSON.format(person))}'
        f"{_slot('authorInstitution', PLACE.format(place))}</Classification>"
    )


def submission(
    unique_id: str,
    set_id: str,
    *,
    patient: str = PATIENT,
    person: str = PHARMACIST,
    place: str = PHARMACY,
    masked: bool = False,
    hidden: tuple[str, ...] = (),
    start: str = "20260101",
    replaces: str = "",
    slots: str = "",
    more: str = "",
    more_documents: str = "",
    **codes: str,
) -> str:
    """A ProvideAndRegisterDocumentSetRequest whose document is the part `doc`, written as text."""
    cx = patient.replace("&", "&amp;")
    restrictions = (*(["MASQUE_PS"] if masked else []), *hidden)
    confidentiality = [("N", "2.16.840.1.113883.5.25"), *((code, "1.2.250.1.213.1.1.4.13") for code in restrictions)]
    classified = [(scheme, codes.get(name, code), system) for name, (scheme, code, system) in SCHEMES.items()]
    classified += [(CONFIDENTIALITY, code, system) for code, system in confidentiality]
    replacement = (
        '<Association id="as2" associationType="urn:ihe:iti:2007:AssociationType:RPLC" sourceObject="Document01"'
        f' targetObject="{replaces}"/>'
    )
    return (
        '<x:ProvideAndRegisterDocumentSetRequest xmlns:x="urn:ihe:iti:xds-b:2007"'
        ' xmlns="urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0" xmlns:lcm="urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0">'
        "<lcm:SubmitObjectsRequest><RegistryObjectList>"
        '<ExtrinsicObject id="Document01" mimeType="text/xml"'
        ' objectType="urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1">'
        + _slot("creationTime", "20260110100000")
        + _slot("languageCode", "fr-FR")
        + _slot("legalAuthenticator", PERSON.format(person))
        + _slot("serviceStartTime", start)
        + _slot("sourcePatientId", cx)
        + slots
        + _named("Entretien")
        + "".join(_code("Document01", *code) for code in classified)
        + _author("Document01", "93606bcf-9494-43ec-9b4e-a7748d1a838d", person, place)
        + _identifier("Document01", "58a6f841-87b3-4a3e-92fd-a8ffeff98427", cx, "XDSDocumentEntry.patientId")
        + _identifier("Document01", "2e82c1f6-a085-4c72-9da3-8640a32e42ab", unique_id, "XDSDocumentEntry.uniqueId")
        + '</ExtrinsicObject><RegistryPackage id="SubmissionSet01">'
        + _slot("submissionTime", "20260115093000")
        + _named("Lot")
        + _code("SubmissionSet01", "urn:uuid:aa543740-bdda-424e-8c96-df4873be8500", "04", "1.2.250.1.213.2.2")
        + _author("SubmissionSet01", "a7058bb9-b4e4-4307-ba5b-e3f0ab85e12d", person, place)
        + _identifier("SubmissionSet01", "6b5aea1a-874d-4603-a4bc-96a0a7b38446", cx, "XDSSubmissionSet.patientId")
        + _identifier("SubmissionSet01", "554ac39e-e3fe-47fe-b233-965d2a147832", "2.25.7", "XDSSubmissionSet.sourceId")
        + _identifier("SubmissionSet01", "96fdda7c-d067-4183-912e-bf5ee74998a8", set_id, "XDSSubmissionSet.uniqueId")
        + '</RegistryPackage><Classification id="n1" classifiedObject="SubmissionSet01"'
        ' classificationNode="urn:uuid:a54d6aa5-d40d-43f9-88c5-b4633d873bdd"/>'
        '<Association id="as1" associationType="urn:oasis:names:tc:ebxml-regrep:AssociationType:HasMember"'
        f' sourceObject="SubmissionSet01" targetObject="Document01">{_slot("SubmissionSetStatus", "Original")}'
        f"</Association>{replacement if replaces else ''}{more}</RegistryObjectList></lcm:SubmitObjectsRequest>"
        '<x:Document id="Document01"><xop:Include xmlns:xop="http://www.w3.org/2004/08/xop/include" href="cid:doc"/>'
        f"</x:Document>{more_documents}</x:ProvideAndRegisterDocumentSetRequest>"
    )


def two_documents(first: str, second: str, set_id: str) -> str:
    """One submission set with two documents; the second one travels in base64."""
    whole = submission(second, set_id)
    start, end = whole.index("<ExtrinsicObject"), whole.index("</ExtrinsicObject>") + len("</ExtrinsicObject>")
    entry = whole[start:end].replace("Document01", "Document02")
    link = (
        '<Association id="as3" associationType="urn:oasis:names:tc:ebxml-regrep:AssociationType:HasMember"'
        f' sourceObject="SubmissionSet01" targetObject="Document02">{_slot("SubmissionSetStatus", "Original")}'
        "</Association>"
    )
    document = '<x:Document id="Document02">PENEQT54PC9DREE+</x:Document>'
    return submission(first, set_id, more=entry + link, more_documents=document)


def _update(objects: str, set_id: str, patient: str = PATIENT) -> str:
    cx = patient.replace("&", "&amp;")
    return (
        '<lcm:SubmitObjectsRequest xmlns:lcm="urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0"'
        ' xmlns="urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0"><RegistryObjectList>'
        '<RegistryPackage id="SubmissionSet01">'
        + _slot("submissionTime", "20260115093000")
        + _named("Lot")
        + _code("SubmissionSet01", "urn:uuid:aa543740-bdda-424e-8c96-df4873be8500", "04", "1.2.250.1.213.2.2")
        + _author("SubmissionSet01", "a7058bb9-b4e4-4307-ba5b-e3f0ab85e12d", PHARMACIST, PHARMACY)
        + '<Classification id="n1" classifiedObject="SubmissionSet01"'
        ' classificationNode="urn:uuid:a54d6aa5-d40d-43f9-88c5-b4633d873bdd"/>'
        + _identifier("SubmissionSet01", "6b5aea1a-874d-4603-a4bc-96a0a7b38446", cx, "XDSSubmissionSet.patientId")
        + _identifier("SubmissionSet01", "554ac39e-e3fe-47fe-b233-965d2a147832", "2.25.7", "XDSSubmissionSet.sourceId")
        + _identifier("SubmissionSet01", "96fdda7c-d067-4183-912e-bf5ee74998a8", set_id, "XDSSubmissionSet.uniqueId")
        + f"</RegistryPackage>{objects}</RegistryObjectList></lcm:SubmitObjectsRequest>"
    )


def status_update(entry_uuid: str, original: str, new: str, set_id: str = "1.2.9.1") -> str:
    """TD3.3c and d; statuses by their last word."""
    spaces = {
        "Approved": "urn:oasis:names:tc:ebxml-regrep:StatusType",
        "Deprecated": "urn:oasis:names:tc:ebxml-regrep:StatusType",
    }
    written = [f"{spaces.get(word, 'urn:asip:ci-sis:2010:StatusType')}:{word}" for word in (original, new)]
    return _update(
        '<Association id="as1" associationType="urn:ihe:iti:2010:AssociationType:UpdateAvailabilityStatus"'
        f' sourceObject="SubmissionSet01" targetObject="{entry_uuid}">{_slot("OriginalStatus", written[0])}'
        f"{_slot('NewStatus', written[1])}</Association>",
        set_id,
    )


def metadata_update(
    entry: etree._Element,
    *restrictions: str,
    previous: str = "1",
    set_id: str = "1.2.9.1",
    old: str = "",
    new: str = "",
) -> str:
    """TD3.3a and b: an entry as TD3.1 gave it, with other restrictions; nested pointers stay as they came."""
    root = etree.fromstring(etree.tostring(entry))
    root.set("id", "Document01")
    for node in root.findall("{*}Classification"):
        if node.get("classificationScheme") == CONFIDENTIALITY and node.get("nodeRepresentation") != "N":
            root.remove(node)
    place = next(i for i, node in enumerate(root) if node.tag.endswith("}ExternalIdentifier"))
    for code in restrictions:
        text = _code("Document01", CONFIDENTIALITY, code, "1.2.250.1.213.1.1.4.13")
        spaced = text.replace(
            "<Classification", '<Classification xmlns="urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0"', 1
        )
        root.insert(place, etree.fromstring(spaced))
    link = (
        '<Association id="as1" associationType="urn:oasis:names:tc:ebxml-regrep:AssociationType:HasMember"'
        f' sourceObject="SubmissionSet01" targetObject="Document01">{_slot("SubmissionSetStatus", "Original")}'
        f"{_slot('PreviousVersion', previous)}</Association>"
    )
    text = etree.tostring(root, encoding="unicode")
    assert old in text
    return _update(link + text.replace(old, new), set_id)


def set_authorization(action: str = "AJOUT", role_code: str = "") -> str:
    """TD0.3."""
    given = f"<role>{role_code}</role>" if role_code else ""
    return f'<setAuthorization xmlns="urn:si-dmp-habilitations"><action>{action}</action>{given}</setAuthorization>'


def list_authorization(mode: str = "TOUTE") -> str:
    """TD1.6."""
    return (
        f'<listAuthorizationByPatient xmlns="urn:si-dmp-habilitations"><mode>{mode}</mode></listAuthorizationByPatient>'
    )


def patient_list(start: str = "20200101000000", kind: str = "LASTAUTORIZATION", owner: str = "") -> str:
    """TD0.4."""
    given = f"<psOwnerId>{owner}</psOwnerId>" if owner else ""
    return (
        f'<patientList xmlns="urn:si-dmp-patients"><startDate>{start}</startDate><dateType>{kind}</dateType>{given}'
        "</patientList>"
    )


def existence(patient: str = PATIENT, **changes: str) -> str:
    """TD0.2 as text; `changes`: other text for a piece of the usual one."""
    number, root = patient.partition("^")[0], patient.split("&")[1]
    text = (
        '<PRPA_IN201307UV02 xmlns="urn:hl7-org:v3" ITSVersion="XML_1.0"><id root="2.25.7.1.1" extension="m-1"/>'
        '<creationTime value="20260115093000"/>'
        '<interactionId root="2.16.840.1.113883.1.6" extension="PRPA_IN201307UV02"/>'
        '<processingCode code="D"/><processingModeCode code="T"/><acceptAckCode code="AL"/>'
        '<receiver typeCode="RCV"><device classCode="DEV" determinerCode="INSTANCE">'
        '<id root="1.2.250.1.213.4.1.1.1"/><softwareName>DMP</softwareName></device></receiver>'
        '<sender typeCode="SND"><device classCode="DEV" determinerCode="INSTANCE"><id root="2.25.7"/>'
        "<softwareName>LGO</softwareName></device></sender>"
        '<controlActProcess classCode="CACT" moodCode="EVN">'
        '<reasonCode code="TEST_EXST" codeSystem="1.2.250.1.213.1.1.4.11" displayName="Test"/>'
        '<queryByParameter><queryId root="2.25.7.2" extension="q-1"/><statusCode code="new"/><parameterList>'
        f'<patientIdentifier><value root="{root}" extension="{number}"/><semanticsText>Patient.id</semanticsText>'
        "</patientIdentifier></parameterList></queryByParameter></controlActProcess></PRPA_IN201307UV02>"
    )
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    return text


def stored_query(
    query: str, return_type: str = "LeafClass", *, prefix: str = "$XDSDocumentEntry", more: str = "", **slots: str
) -> str:
    """An AdhocQueryRequest; slots by the end of their name, values as ebXML writes them. `more`: further slots."""
    written = more + "".join(_slot(f"{prefix}{name}", value.replace("&", "&amp;")) for name, value in slots.items())
    return (
        '<q:AdhocQueryRequest xmlns:q="urn:oasis:names:tc:ebxml-regrep:xsd:query:3.0"'
        ' xmlns="urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0">'
        f'<q:ResponseOption returnComposedObjects="true" returnType="{return_type}"/>'
        f'<AdhocQuery id="urn:uuid:{query}">{written}</AdhocQuery></q:AdhocQueryRequest>'
    )


def retrieval(*unique_ids: str, repository: str = "1.2.250.1.213.4.1.1.1.2") -> str:
    asked = "".join(
        f"<DocumentRequest><RepositoryUniqueId>{repository}</RepositoryUniqueId>"
        f"<DocumentUniqueId>{unique_id}</DocumentUniqueId></DocumentRequest>"
        for unique_id in unique_ids
    )
    return f'<RetrieveDocumentSetRequest xmlns="urn:ihe:iti:xds-b:2007">{asked}</RetrieveDocumentSetRequest>'


FIND, GET = "14d4debf-8f97-4251-9a74-a90016b0af0d", "5c4f972b-d56b-40ac-a5fc-c8ca9b40b9d4"
FIND_SETS, GET_LINKS = "f26abbcb-ac74-4422-8a30-edb644bbc1a9", "a7ae438b-4bc2-4642-93e9-be891f7bb155"
GET_BOTH = "bab9529a-4a10-40b3-a01f-f68a615d247a"
APPROVED = "('urn:oasis:names:tc:ebxml-regrep:StatusType:Approved')"
ACTIONS = {
    "existence": ("patients", "urn:hl7-org:v3:PRPA_IN201307UV02"),
    "set_authorization": ("habilitations", "urn:si-dmp-habilitations:HabilitationsEndPoint:setAuthorization"),
    "list_authorization": (
        "habilitations",
        "urn:si-dmp-habilitations:HabilitationsEndPoint:listAuthorizationByPatient",
    ),
    "patient_list": ("patientsSpecific", "urn:si-dmp-patients:PatientSpecificEndPoint:patientList"),
    "update": ("registry", "urn:ihe:iti:2010:UpdateDocumentSet"),
    "feed": ("repository", "urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-b"),
    "search": ("registry", "urn:ihe:iti:2007:RegistryStoredQuery"),
    "retrieve": ("repository", "urn:ihe:iti:2007:RetrieveDocumentSet"),
}


def envelope(action: str, assertion_bytes: bytes, body: str) -> bytes:
    return (
        '<soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope"><soap:Header>'
        f'<a:Action xmlns:a="{WSA}">{action}</a:Action><a:MessageID xmlns:a="{WSA}">urn:uuid:request-1</a:MessageID>'
        f'<wsse:Security xmlns:wsse="{WSSE}">'.encode()
        + assertion_bytes
        + f"</wsse:Security></soap:Header><soap:Body>{body}</soap:Body></soap:Envelope>".encode()
    )


class Service:
    """The simulated DMP with one open record, without HTTP; assertions are drawn anew for each call."""

    def __init__(self, kit: Kit, folder: Path, fault: Fault | None = None, **policy: object) -> None:
        self.kit = kit
        self.storage = Storage(folder / "registry.sqlite")
        self.annuaire, self.patients, self.registry = (
            Annuaire(self.storage),
            Patients(self.storage),
            Registry(self.storage),
        )
        structures = [Structure(national_id=number, name="PHARMACIE") for number in (PHARMACY, OTHER_PHARMACY)]
        people = [
            Practitioner(national_id=number, family="DUPONT", given="JEANNE", profession="21", section="A")
            for number in (PHARMACIST, OTHER_PHARMACIST)
        ]
        self.annuaire.add(structures, people)
        self.patients.add(
            PatientRecord(ins=(PATIENT,), birth_name="MARTIN", birth_given="ANNE", sex="F", birth_date="19790301")
        )
        self.patients.authorise(PATIENT, PHARMACIST, until=AT + timedelta(days=1))
        self.at = AT
        self.policy = Policy(**{"signature": False, "cda": False} | policy)
        self.restart(fault)

    def restart(self, fault: Fault | None = None) -> None:
        """Another process over the same file."""
        self.dmp = Dmp(self.storage, self.kit.trust, self.policy, now=lambda: self.at, uuid=uuid4, fault=fault)

    def call(
        self,
        kind: str,
        body: str,
        *,
        mode: str = "DIRECTE",
        person: str = PHARMACIST,
        claims: dict[str, list[str] | None] | None = None,
        part: bytes | None = None,
        service: str = "",
        certificate: bytes | None = None,
        identifier: str = "",
    ) -> Reply:
        """One POST in that mode. `part`: the document of a package; `identifier`: of the assertion, '' for any."""
        name, action = ACTIONS[kind]
        parts = {
            "identifier": identifier or f"_{uuid4()}",
            "name_id": person,
            "instant": f"{self.at:%Y-%m-%dT%H:%M:%SZ}",
        }
        if mode == "DIRECTE":
            pair = self.kit.pki.professional_auth(person)
            vihf = self.kit.direct(claims, issuer=subject(pair), **parts)
        else:
            pair = self.kit.pki.organisation_auth(PHARMACY)
            vihf = self.kit.organisation(mode, claims, **parts)
        message = envelope(action, vihf, body)
        content_type = f'application/soap+xml; charset=UTF-8; action="{action}"'
        if part is not None:
            content_type, message = package(message, part)
        return self.dmp.handle(
            service or name, content_type, message, der(pair) if certificate is None else certificate
        )

    def feed(self, unique_id: str, content: bytes = b"<CDA/>", *, set_id: str = "", **options: object) -> Reply:
        mode = str(options.pop("mode", "DIRECTE"))
        caller = {"mode": mode, "person": str(options.get("person", PHARMACIST)), "claims": options.pop("claims", None)}
        body = submission(unique_id, set_id or f"{unique_id}.1", **options)
        return self.call("feed", body, part=content, **caller)

    def find(self, *, query: str = FIND, status: str = APPROVED, **options: object) -> list[str]:
        """The uniqueIds that FindDocuments gives to the caller of `options`."""
        slots = options.pop("slots", {})
        body = self.body(self.call("search", stored_query(query, Status=status, **slots), **options))
        assert body.get("status", "").endswith("Success"), etree.tostring(body)
        return [node.get("value") for node in body.iterfind(f".//*[@identificationScheme='{UNIQUE_ID}']")]

    def entry(self, unique_id: str) -> etree._Element:
        """The entry as the registry holds it."""
        return self.registry.find(unique_id).element()

    def said(self, reply: Reply) -> tuple[str, str]:
        """`status` and `context` of an answer of the si-dmp services."""
        body = self.body(reply)
        return body.findtext("{*}output/{*}status"), body.findtext("{*}output/{*}context") or ""

    def denied(self, reply: Reply) -> bool:
        body = self.body(reply)
        return body.findtext(".//{*}Subcode/{*}Value") == "soap:DMPAccessDeniedByRightsService"

    def status(self, reply: Reply) -> str:
        """`Success`, `Failure`, `PartialSuccess`, or the subcode of a fault."""
        body = self.body(reply)
        if body.tag.endswith("}Fault"):
            return body.findtext(".//{*}Subcode/{*}Value")
        if (said := body.findtext("{*}output/{*}status")) is not None:
            return said
        node = body if body.get("status") else body.find(".//{*}RegistryResponse")
        return node.get("status").rpartition(":")[2]

    def errors(self, reply: Reply) -> list[str]:
        return [node.get("errorCode") for node in self.body(reply).iter("{*}RegistryError")]

    def body(self, reply: Reply) -> etree._Element:
        data = reply.body
        if reply.content_type.startswith("multipart/"):
            data = data[data.index(b"<?xml") : data.index(b"Envelope>\r\n") + 9]
        return etree.fromstring(data)[1][0]


def package(root: bytes, part: bytes) -> tuple[str, bytes]:
    """A package of MTOM, written by hand."""
    body = (
        b'--frontier\r\nContent-Type: application/xop+xml; charset=UTF-8; type="application/soap+xml"\r\n'
        b"Content-Transfer-Encoding: 8bit\r\nContent-ID: <root>\r\n\r\n" + root + b"\r\n--frontier\r\n"
        b"Content-Type: text/xml\r\nContent-Transfer-Encoding: binary\r\nContent-ID: <doc>\r\n\r\n"
        + part
        + b"\r\n--frontier--\r\n"
    )
    kind = (
        'multipart/related; type="application/xop+xml"; start="<root>"; start-info="application/soap+xml";'
        ' boundary="frontier"'
    )
    return kind, body


@pytest.fixture
def service(kit: Kit, tmp_path: Path) -> Iterator[Service]:
    made = Service(kit, tmp_path)
    yield made
    made.storage.close()


@pytest.fixture
def make_service(kit: Kit, tmp_path: Path) -> Iterator[Callable[..., Service]]:
    made: list[Service] = []

    def make(fault: Fault | None = None, **policy: object) -> Service:
        made.append(Service(kit, tmp_path, fault, **policy))
        return made[-1]

    yield make
    for one in made:
        one.storage.close()


@pytest.fixture(scope="session")
def messages() -> SimpleNamespace:
    """The bodies written by hand, by what they ask."""
    return SimpleNamespace(
        existence=existence, query=stored_query, retrieval=retrieval, submission=submission, slot=_slot,
        two_documents=two_documents, status_update=status_update, metadata_update=metadata_update,
        set_authorization=set_authorization, list_authorization=list_authorization, patient_list=patient_list,
        acting=acting, find=FIND, get=GET, find_sets=FIND_SETS, get_links=GET_LINKS, get_both=GET_BOTH,
        approved=APPROVED, secret=SECRET, reason=REASON, package=package, envelope=envelope,
    )  # fmt: skip
