"""One simulated pharmacy, its keys, and clients that httpx makes of them."""

import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from uuid import uuid4

import httpx
import pytest
from cryptography import x509
from lxml import etree

from dmp_core.model.practitioner import Practitioner, Structure
from dmp_core.simulator.patients import PatientRecord
from dmp_core.simulator.pki import KeyPair, Pki
from dmp_core.simulator.policy import Policy
from dmp_core.simulator.server import running
from dmp_core.simulator.simulator import Simulator

PHARMACY, PHARMACIST = "10B0000001", "899700000001"
PATIENT = "279035121518989^^^&1.2.250.1.213.1.4.10&ISO^NH"


def people() -> tuple[Structure, Practitioner]:
    return (
        Structure(national_id=PHARMACY, name="PHARMACIE DU MARCHÉ"),
        Practitioner(national_id=PHARMACIST, family="DUPONT", given="JEANNE", profession="21", section="A"),
    )


@pytest.fixture(scope="session")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> Pki:
    """Another authority, with a professional of the same number."""
    structure, person = people()
    created = Simulator.create(tmp_path_factory.mktemp("foreign"), [structure], [person])
    created.close()
    return created.pki


@pytest.fixture(scope="module")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    structure, person = people()
    made = Simulator.create(
        tmp_path_factory.mktemp("simulator"),
        [structure],
        [person],
        patients=[PatientRecord((PATIENT,), "MARTIN", "ANNE", "F", "19790301")],
        strictness=Policy(signature=False, cda=False),
    )
    made.patients.authorise(PATIENT, PHARMACIST, until=datetime.now(UTC) + timedelta(days=1))
    yield made
    made.close()


@pytest.fixture(scope="module")
def server(simulator: Simulator) -> Iterator[SimpleNamespace]:
    """The simulator at work: `url`, `port` and `pki`."""
    with running(simulator) as at_work:
        yield SimpleNamespace(url=at_work.url, port=at_work.port, pki=simulator.pki, simulator=simulator)


@pytest.fixture
def client() -> Iterator[Callable[..., httpx.Client]]:
    """Makes an httpx client that trusts `pki` and shows the certificate of a key pair, or none."""
    made: list[httpx.Client] = []

    def make(pki: Pki, pair: KeyPair | None, **options: object) -> httpx.Client:
        context = ssl.create_default_context(cafile=str(pki.authority.certificate))
        context.verify_flags |= ssl.VERIFY_X509_STRICT
        if pair is not None:
            context.load_cert_chain(pair.certificate, pair.key)
        for name, value in options.items():
            setattr(context, name, value)
        made.append(httpx.Client(verify=context, trust_env=False))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture(scope="session")
def existence() -> Callable[..., bytes]:
    def make(issuer: str, identifier: str, instant: str) -> bytes:
        return enveloped("urn:hl7-org:v3:PRPA_IN201307UV02", issuer, identifier, instant, about_patient("TEST_EXST"))

    return make


class Caller:
    """The pharmacist before one server: posts any transaction over HTTPS, with an assertion of now."""

    def __init__(self, http: httpx.Client, url: str, pki: Pki) -> None:
        pair = pki.professional_auth(PHARMACIST)
        self.issuer = x509.load_pem_x509_certificate(pair.certificate.read_bytes()).subject.rfc4514_string()
        self.http, self.url = http, url

    def post(self, kind: str, body: str, part: bytes | None = None, **options: object) -> httpx.Response:
        service, action = ACTIONS[kind]
        instant = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        data = enveloped(action, self.issuer, str(uuid4()), instant, body)
        content_type = f'application/soap+xml; charset=UTF-8; action="{action}"'
        if part is not None:
            content_type, data = packaged(data, part)
        return self.http.post(f"{self.url}{service}", content=data, headers={"content-type": content_type}, **options)

    def body(self, kind: str, body: str, part: bytes | None = None) -> etree._Element:
        """What an answer that is well says, multipart or not."""
        answer = self.post(kind, body, part)
        assert answer.status_code == 200, answer.text
        data = answer.content
        if answer.headers["content-type"].startswith("multipart/"):
            data = data[data.index(b"<?xml") : data.index(b"Envelope>\r\n") + 9]
        return etree.fromstring(data)[1][0]

    def existence(self) -> httpx.Response:
        return self.post("gdp", about_patient("TEST_EXST"))


@pytest.fixture
def caller(server: SimpleNamespace, client: Callable[..., httpx.Client]) -> Caller:
    http = client(server.pki, server.pki.professional_auth(PHARMACIST))
    return Caller(http, server.url, server.pki)


@pytest.fixture
def caller_of(client: Callable[..., httpx.Client]) -> Callable[..., Caller]:
    """A caller of another server of the same authority."""
    return lambda url, pki: Caller(client(pki, pki.professional_auth(PHARMACIST)), url, pki)


@pytest.fixture(scope="session")
def messages() -> SimpleNamespace:
    """Bodies written by hand."""
    return SimpleNamespace(
        about_patient=about_patient, submission=submission, query=query, retrieval=retrieval, update=update,
        status_change=status_change, revision=revision, approved=f"('{APPROVED}')", patient=PATIENT,
        pharmacist=PHARMACIST,
    )  # fmt: skip


APPROVED = "urn:oasis:names:tc:ebxml-regrep:StatusType:Approved"
ARCHIVED, DELETED = (f"urn:asip:ci-sis:2010:StatusType:{name}" for name in ("Archived", "Deleted"))
CONFIDENTIALITY = "urn:uuid:f4f85eac-e6cb-4883-b524-f2705394840f"
ACTIONS = {
    "gdp": ("patients", "urn:hl7-org:v3:PRPA_IN201307UV02"),
    "set_authorization": ("habilitations", "urn:si-dmp-habilitations:HabilitationsEndPoint:setAuthorization"),
    "list_authorization": (
        "habilitations",
        "urn:si-dmp-habilitations:HabilitationsEndPoint:listAuthorizationByPatient",
    ),
    "patient_list": ("patientsSpecific", "urn:si-dmp-patients:PatientSpecificEndPoint:patientList"),
    "feed": ("repository", "urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-b"),
    "search": ("registry", "urn:ihe:iti:2007:RegistryStoredQuery"),
    "retrieve": ("repository", "urn:ihe:iti:2007:RetrieveDocumentSet"),
    "update": ("registry", "urn:ihe:iti:2010:UpdateDocumentSet"),
}
RIM = 'xmlns="urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0" xmlns:lcm="urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0"'
CX = PATIENT.replace("&", "&amp;")
PERSON = f"{PHARMACIST}^DUPONT^JEANNE^^^^^^&amp;1.2.250.1.71.4.2.1&amp;ISO^D^^^IDNPS"
PLACE = f"PHARMACIE^^^^^&amp;1.2.250.1.71.4.2.2&amp;ISO^IDNST^^^{PHARMACY}"


def slot(name: str, *values: str) -> str:
    written = "".join(f"<Value>{value}</Value>" for value in values)
    return f'<Slot name="{name}"><ValueList>{written}</ValueList></Slot>'


def code(owner: str, scheme: str, value: str, system: str) -> str:
    return (
        f'<Classification id="c{scheme[9:17]}{value[:9]}" classificationScheme="{scheme}" classifiedObject="{owner}"'
        f' nodeRepresentation="{value}">{slot("codingScheme", system)}<Name><LocalizedString value="x"/></Name>'
        "</Classification>"
    )


def author(owner: str, scheme: str) -> str:
    return (
        f'<Classification id="a{owner}" classificationScheme="urn:uuid:{scheme}" classifiedObject="{owner}"'
        f' nodeRepresentation="">{slot("authorPerson", PERSON)}{slot("authorInstitution", PLACE)}</Classification>'
    )


def identifier(owner: str, scheme: str, value: str) -> str:
    return (
        f'<ExternalIdentifier id="i{scheme[:8]}" identificationScheme="urn:uuid:{scheme}" registryObject="{owner}"'
        f' value="{value}"><Name><LocalizedString value="x"/></Name></ExternalIdentifier>'
    )


def package(set_id: str) -> str:
    owner = "SubmissionSet01"
    return (
        f'<RegistryPackage id="{owner}">{slot("submissionTime", "20260115093000")}'
        + author(owner, "a7058bb9-b4e4-4307-ba5b-e3f0ab85e12d")
        + code(owner, "urn:uuid:aa543740-bdda-424e-8c96-df4873be8500", "04", "1.2.250.1.213.2.2")
        + f'<Classification id="n1" classifiedObject="{owner}"'
        ' classificationNode="urn:uuid:a54d6aa5-d40d-43f9-88c5-b4633d873bdd"/>'
        + identifier(owner, "6b5aea1a-874d-4603-a4bc-96a0a7b38446", CX)
        + identifier(owner, "554ac39e-e3fe-47fe-b233-965d2a147832", "2.25.7")
        + identifier(owner, "96fdda7c-d067-4183-912e-bf5ee74998a8", set_id)
        + "</RegistryPackage>"
    )


def association(kind: str, target: str, slots: str) -> str:
    return (
        f'<Association id="as1" associationType="{kind}" sourceObject="SubmissionSet01" targetObject="{target}">'
        f"{slots}</Association>"
    )


def member(slots: str = "") -> str:
    kind = "urn:oasis:names:tc:ebxml-regrep:AssociationType:HasMember"
    return association(kind, "Document01", slot("SubmissionSetStatus", "Original") + slots)


def submission(unique_id: str, hidden: str = "") -> str:
    """A document of the pharmacist, the part `doc`."""
    owner = "Document01"
    codes = [
        ("urn:uuid:41a5887f-8865-4c09-adf7-e362475b143a", "10", "1.2.250.1.213.1.1.4.1"),
        ("urn:uuid:f0306f51-975f-434e-a61c-c59651d33983", "78601-2", "2.16.840.1.113883.6.1"),
        ("urn:uuid:a09d5840-386c-46f2-b5ad-9c3699a4309d", "urn:ihe:iti:xds-sd:pdf:2008", "1.3.6.1.4.1.19376.1.2.3"),
        ("urn:uuid:f33fb8ac-18af-42cc-ae0e-ed0b0bdb91e1", "SA33", "1.2.250.1.71.4.2.4"),
        ("urn:uuid:cccf5598-8b07-4b77-a05e-ae952c785ead", "AMBULATOIRE", "1.2.250.1.213.1.1.4.9"),
        (CONFIDENTIALITY, "N", "2.16.840.1.113883.5.25"),
        *([(CONFIDENTIALITY, hidden, "1.2.250.1.213.1.1.4.13")] if hidden else []),
    ]
    slots = {
        "creationTime": "20260110100000", "languageCode": "fr-FR", "legalAuthenticator": PERSON,
        "serviceStartTime": "20260101", "sourcePatientId": CX,
    }  # fmt: skip
    return (
        f'<x:ProvideAndRegisterDocumentSetRequest xmlns:x="urn:ihe:iti:xds-b:2007" {RIM}><lcm:SubmitObjectsRequest>'
        f'<RegistryObjectList><ExtrinsicObject id="{owner}" mimeType="text/xml"'
        ' objectType="urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1">'
        + "".join(slot(name, value) for name, value in slots.items())
        + '<Name><LocalizedString value="Entretien"/></Name>'
        + author(owner, "93606bcf-9494-43ec-9b4e-a7748d1a838d")
        + "".join(code(owner, *each) for each in codes)
        + identifier(owner, "58a6f841-87b3-4a3e-92fd-a8ffeff98427", CX)
        + identifier(owner, "2e82c1f6-a085-4c72-9da3-8640a32e42ab", unique_id)
        + f"</ExtrinsicObject>{package(f'{unique_id}.1')}{member()}</RegistryObjectList></lcm:SubmitObjectsRequest>"
        f'<x:Document id="{owner}"><i:Include xmlns:i="http://www.w3.org/2004/08/xop/include" href="cid:doc"/>'
        "</x:Document></x:ProvideAndRegisterDocumentSetRequest>"
    )


def query(name: str, return_type: str = "LeafClass", **slots: str) -> str:
    """A stored query; `__` in a slot's name stands for `$XDS`, `_` alone for `$`."""
    written = "".join(slot(key.replace("__", "$XDS").replace("_", "$"), value) for key, value in slots.items())
    return (
        f'<q:AdhocQueryRequest xmlns:q="urn:oasis:names:tc:ebxml-regrep:xsd:query:3.0" {RIM}>'
        f'<q:ResponseOption returnComposedObjects="true" returnType="{return_type}"/>'
        f'<AdhocQuery id="urn:uuid:{name}">{written}</AdhocQuery></q:AdhocQueryRequest>'
    )


def retrieval(unique_id: str) -> str:
    return (
        '<RetrieveDocumentSetRequest xmlns="urn:ihe:iti:xds-b:2007"><DocumentRequest>'
        "<RepositoryUniqueId>1.2.250.1.213.4.1.1.1.2</RepositoryUniqueId>"
        f"<DocumentUniqueId>{unique_id}</DocumentUniqueId></DocumentRequest></RetrieveDocumentSetRequest>"
    )


def update(objects: str) -> str:
    return (
        f"<lcm:SubmitObjectsRequest {RIM}><RegistryObjectList>{package(f'2.25.{uuid4().int}')}{objects}"
        "</RegistryObjectList></lcm:SubmitObjectsRequest>"
    )


def status_change(entry_uuid: str, original: str, new: str) -> str:
    """TD3.3c and d."""
    kind = "urn:ihe:iti:2010:AssociationType:UpdateAvailabilityStatus"
    return update(association(kind, entry_uuid, slot("OriginalStatus", original) + slot("NewStatus", new)))


def revision(entry: etree._Element, *restrictions: str) -> str:
    """TD3.3a and b: the entry as TD3.1 gave it, with other restrictions."""
    root = etree.fromstring(etree.tostring(entry))
    version = root.find("{*}VersionInfo").get("versionName")
    root.set("id", "Document01")
    for node in root.findall(f"{{*}}Classification[@classificationScheme='{CONFIDENTIALITY}']"):
        if node.get("nodeRepresentation") != "N":
            root.remove(node)
    place = next(i for i, node in enumerate(root) if node.tag.endswith("}ExternalIdentifier"))
    for name in restrictions:
        text = code("Document01", CONFIDENTIALITY, name, "1.2.250.1.213.1.1.4.13")
        root.insert(place, etree.fromstring(text.replace("<Classification", f"<Classification {RIM}", 1)))
    return update(etree.tostring(root, encoding="unicode") + member(slot("PreviousVersion", version)))


def packaged(root: bytes, part: bytes) -> tuple[str, bytes]:
    """A package of MTOM."""
    body = (
        b'--frontier\r\nContent-Type: application/xop+xml; charset=UTF-8; type="application/soap+xml"\r\n'
        b"Content-ID: <root>\r\n\r\n" + root + b"\r\n--frontier\r\nContent-Type: text/xml\r\n"
        b"Content-Transfer-Encoding: binary\r\nContent-ID: <doc>\r\n\r\n" + part + b"\r\n--frontier--\r\n"
    )
    kind = 'multipart/related; type="application/xop+xml"; start="<root>"; start-info="application/soap+xml"'
    return f'{kind}; boundary="frontier"', body


def about_patient(reason: str) -> str:
    """TD0.2 or TD1.3a."""
    return (
        '<PRPA_IN201307UV02 xmlns="urn:hl7-org:v3" ITSVersion="XML_1.0"><id root="2.25.7.1.1" extension="m-1"/>'
        '<creationTime value="20260115093000"/>'
        '<interactionId root="2.16.840.1.113883.1.6" extension="PRPA_IN201307UV02"/>'
        '<processingCode code="D"/><processingModeCode code="T"/><acceptAckCode code="AL"/>'
        '<receiver typeCode="RCV"><device><id root="1.2.250.1.213.4.1.1.1"/></device></receiver>'
        '<sender typeCode="SND"><device><id root="2.25.7"/></device></sender>'
        '<controlActProcess classCode="CACT" moodCode="EVN">'
        f'<reasonCode code="{reason}" codeSystem="1.2.250.1.213.1.1.4.11"/>'
        '<queryByParameter><queryId root="2.25.7.2" extension="q-1"/><statusCode code="new"/><parameterList>'
        f'<patientIdentifier><value root="{PATIENT.split("&")[1]}" extension="{PATIENT.partition("^")[0]}"/>'
        "<semanticsText>Patient.id</semanticsText></patientIdentifier></parameterList></queryByParameter>"
        "</controlActProcess></PRPA_IN201307UV02>"
    )


def coded(name: str, value: str, system: str) -> str:
    return (
        f'<saml:AttributeValue><{name} xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        f' xsi:type="CE" code="{value}" codeSystem="{system}" displayName="x"/></saml:AttributeValue>'
    )


def enveloped(action: str, issuer: str, identifier: str, instant: str, body: str) -> bytes:
    """A request in direct mode with an unsigned VIHF."""
    values = {
        "Identifiant_Structure": PHARMACY,
        "Secteur_Activite": "SA33^1.2.250.1.71.4.2.4",
        "VIHF_Version": "3.0",
        "Authentification_mode": "DIRECTE",
        "urn:oasis:names:tc:xacml:2.0:resource:resource-id": CX,
        "Ressource_URN": "urn:dmp",
        "LPS_Nom": "LGO",
        "LPS_ID_HOMOLOGATION_DMP": "SIMULATION",
    }
    written = {name: f"<saml:AttributeValue>{value}</saml:AttributeValue>" for name, value in values.items()}
    written["urn:oasis:names:tc:xacml:2.0:subject:role"] = coded("Role", "21", "1.2.250.1.71.1.2.7") + coded(
        "Role", "A", "1.2.250.1.71.4.2.6"
    )
    written["urn:oasis:names:tc:xspa:1.0:subject:purposeofuse"] = coded(
        "PurposeOfUse", "normal", "1.2.250.1.213.1.1.4.248"
    )
    attributes = "".join(f'<saml:Attribute Name="{name}">{value}</saml:Attribute>' for name, value in written.items())
    return (
        '<soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope"'
        ' xmlns:wsa="http://www.w3.org/2005/08/addressing"><soap:Header>'
        f"<wsa:MessageID>urn:uuid:{identifier}</wsa:MessageID><wsa:To/>"
        '<wsa:ReplyTo soap:mustUnderstand="true"><wsa:Address>http://www.w3.org/2005/08/addressing/anonymous'
        f'</wsa:Address></wsa:ReplyTo><wsa:Action soap:mustUnderstand="true">{action}</wsa:Action>'
        '<wsse:Security xmlns:wsse="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd">'
        f'<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_{identifier}"'
        f' IssueInstant="{instant}" Version="2.0">'
        f'<saml:Issuer Format="urn:oasis:names:tc:SAML:1.1:nameid-format:X509SubjectName">{issuer}</saml:Issuer>'
        f"<saml:Subject><saml:NameID>{PHARMACIST}</saml:NameID></saml:Subject>"
        f'<saml:AuthnStatement AuthnInstant="{instant}"><saml:AuthnContext><saml:AuthnContextClassRef>'
        "urn:oasis:names:tc:SAML:2.0:ac:classes:SmartcardPKI</saml:AuthnContextClassRef></saml:AuthnContext>"
        f"</saml:AuthnStatement><saml:AttributeStatement>{attributes}</saml:AttributeStatement></saml:Assertion>"
        f"</wsse:Security></soap:Header><soap:Body>{body}</soap:Body></soap:Envelope>"
    ).encode()
