"""One simulated pharmacy, its keys, and clients that httpx makes of them."""

import ssl
from collections.abc import Callable, Iterator
from types import SimpleNamespace

import httpx
import pytest

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
    return existence_request


def existence_request(issuer: str, identifier: str, instant: str) -> bytes:
    """TD0.2 in direct mode, unsigned, written by hand."""
    role = (
        '<saml:AttributeValue><Role xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        ' xsi:type="CE" code="{}" codeSystem="{}" displayName="x"/></saml:AttributeValue>'
    )
    values = {
        "Identifiant_Structure": PHARMACY,
        "Secteur_Activite": "SA33^1.2.250.1.71.4.2.4",
        "VIHF_Version": "3.0",
        "Authentification_mode": "DIRECTE",
        "urn:oasis:names:tc:xacml:2.0:resource:resource-id": PATIENT.replace("&", "&amp;"),
        "Ressource_URN": "urn:dmp",
        "LPS_Nom": "LGO",
        "LPS_ID_HOMOLOGATION_DMP": "SIMULATION",
    }
    attributes = "".join(
        f'<saml:Attribute Name="{name}"><saml:AttributeValue>{value}</saml:AttributeValue></saml:Attribute>'
        for name, value in values.items()
    )
    return (
        '<soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope"'
        ' xmlns:wsa="http://www.w3.org/2005/08/addressing"><soap:Header>'
        f"<wsa:MessageID>urn:uuid:{identifier}</wsa:MessageID><wsa:To/>"
        '<wsa:ReplyTo soap:mustUnderstand="true"><wsa:Address>http://www.w3.org/2005/08/addressing/anonymous'
        '</wsa:Address></wsa:ReplyTo><wsa:Action soap:mustUnderstand="true">urn:hl7-org:v3:PRPA_IN201307UV02'
        '</wsa:Action><wsse:Security xmlns:wsse="http://docs.oasis-open.org/wss/2004/01/'
        'oasis-200401-wss-wssecurity-secext-1.0.xsd">'
        f'<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_{identifier}"'
        f' IssueInstant="{instant}" Version="2.0">'
        f'<saml:Issuer Format="urn:oasis:names:tc:SAML:1.1:nameid-format:X509SubjectName">{issuer}</saml:Issuer>'
        f"<saml:Subject><saml:NameID>{PHARMACIST}</saml:NameID></saml:Subject>"
        f'<saml:AuthnStatement AuthnInstant="{instant}"><saml:AuthnContext><saml:AuthnContextClassRef>'
        "urn:oasis:names:tc:SAML:2.0:ac:classes:SmartcardPKI</saml:AuthnContextClassRef></saml:AuthnContext>"
        f"</saml:AuthnStatement><saml:AttributeStatement>{attributes}"
        '<saml:Attribute Name="urn:oasis:names:tc:xacml:2.0:subject:role">'
        + role.format("21", "1.2.250.1.71.1.2.7")
        + role.format("A", "1.2.250.1.71.4.2.6")
        + '</saml:Attribute><saml:Attribute Name="urn:oasis:names:tc:xspa:1.0:subject:purposeofuse">'
        '<saml:AttributeValue><PurposeOfUse xmlns="urn:hl7-org:v3"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CE" code="normal"'
        ' codeSystem="1.2.250.1.213.1.1.4.248"/></saml:AttributeValue></saml:Attribute>'
        "</saml:AttributeStatement></saml:Assertion></wsse:Security></soap:Header><soap:Body>"
        '<PRPA_IN201307UV02 xmlns="urn:hl7-org:v3" ITSVersion="XML_1.0"><id root="2.25.7.1.1" extension="m-1"/>'
        '<creationTime value="20260115093000"/>'
        '<interactionId root="2.16.840.1.113883.1.6" extension="PRPA_IN201307UV02"/>'
        '<processingCode code="D"/><processingModeCode code="T"/><acceptAckCode code="AL"/>'
        '<receiver typeCode="RCV"><device><id root="1.2.250.1.213.4.1.1.1"/></device></receiver>'
        '<sender typeCode="SND"><device><id root="2.25.7"/></device></sender>'
        '<controlActProcess classCode="CACT" moodCode="EVN">'
        '<reasonCode code="TEST_EXST" codeSystem="1.2.250.1.213.1.1.4.11"/>'
        '<queryByParameter><queryId root="2.25.7.2" extension="q-1"/><statusCode code="new"/><parameterList>'
        f'<patientIdentifier><value root="{PATIENT.split("&")[1]}" extension="{PATIENT.partition("^")[0]}"/>'
        "<semanticsText>Patient.id</semanticsText></patientIdentifier></parameterList></queryByParameter>"
        "</controlActProcess></PRPA_IN201307UV02></soap:Body></soap:Envelope>"
    ).encode()
