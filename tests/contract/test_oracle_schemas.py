"""Every request of ours against schemas that others wrote: SOAP 1.2, SAML 2.0, ebRS 3.0 and XDS.b, HL7 v3 data types.

The HL7 messages and the DMP's own services have no public schema: their order is typed here from the notes on the
protocol (sections 4.1, 4.3, 4.4), over the data types of HL7 that come with CDA.
"""

from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from uuid import UUID

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from lxml import etree

from dmp_core import xml
from dmp_core.dmp import (
    soap,
    td02_existence,
    td03_authorisation,
    td04_patients,
    td13_administrative,
    td16_authorisations,
    td21_feed,
    td31_search,
    td32_retrieve,
    td33_update,
    vihf,
)
from dmp_core.model.access import Mode, Purpose
from dmp_core.model.document import Code, DocumentMetadata, SubmittedDocument, Visibility
from dmp_core.model.hl7v2 import xds_author
from dmp_core.model.identity import Ins
from dmp_core.model.oids import InsOid, Status, Xds
from dmp_core.model.software import Software
from dmp_core.testing import people
from dmp_core.transport.file_key import FileSigner

pytestmark = pytest.mark.oracle

AT = datetime(2026, 1, 15, 9, 30, tzinfo=UTC)
ONE, TWO = UUID(int=1), UUID(int=2)
INS = Ins(value="279035121518989", oid=InsOid.NIR_TEST)
SOFTWARE = Software(name="LGO", version="1.2", installation="01.01", homologation="NUM-1", oid="1.2.250.1.999.1")
WHO = people.who()
SEARCH = td31_search.SearchSettings()
UUIDS = [f"urn:uuid:00000000-0000-4000-8000-0000000000{rank:02}" for rank in range(25)]
CDA = b"<ClinicalDocument><title>Entretien</title></ClinicalDocument>"
RIM = "urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0"

QUERY, XDSB, LCM = "ihe/query.xsd", "ihe/XDS.b_DocumentRepository.xsd", "ihe/lcm.xsd"
HL7, WHOLE, HABILITATIONS, PATIENTS = "HL7", "SOAP and SAML", "urn:si-dmp-habilitations", "urn:si-dmp-patients"

HL7_SCHEMA = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="urn:hl7-org:v3"
 targetNamespace="urn:hl7-org:v3" elementFormDefault="qualified"><xs:include schemaLocation="%s"/>
 <xs:complexType name="Device"><xs:sequence><xs:element name="id" type="II"/><xs:element name="softwareName" type="SC"/>
  </xs:sequence><xs:attribute name="classCode" type="xs:token" fixed="DEV" use="required"/>
  <xs:attribute name="determinerCode" type="xs:token" fixed="INSTANCE" use="required"/></xs:complexType>
 <xs:complexType name="End"><xs:sequence><xs:element name="device" type="Device"/></xs:sequence>
  <xs:attribute name="typeCode" type="xs:token" use="required"/></xs:complexType>
 <xs:complexType name="Nothing"/>
 <xs:complexType name="Identifier"><xs:sequence><xs:element name="value" type="II"/>
  <xs:element name="semanticsText" type="ST"/></xs:sequence></xs:complexType>
 <xs:complexType name="Parameters"><xs:sequence><xs:element name="dataSource" type="Nothing" nillable="true"/>
  <xs:element name="patientIdentifier" type="Identifier"/></xs:sequence></xs:complexType>
 <xs:complexType name="Query"><xs:sequence><xs:element name="queryId" type="II"/>
  <xs:element name="statusCode" type="CS"/><xs:element name="parameterList" type="Parameters"/></xs:sequence>
 </xs:complexType>
 <xs:complexType name="ControlAct"><xs:sequence><xs:element name="reasonCode" type="CE"/>
  <xs:element name="queryByParameter" type="Query"/></xs:sequence>
  <xs:attribute name="classCode" type="xs:token" fixed="CACT" use="required"/>
  <xs:attribute name="moodCode" type="xs:token" fixed="EVN" use="required"/></xs:complexType>
 <xs:element name="PRPA_IN201307UV02"><xs:complexType><xs:sequence><xs:element name="id" type="II"/>
  <xs:element name="creationTime" type="TS"/><xs:element name="interactionId" type="II"/>
  <xs:element name="processingCode" type="CS"/><xs:element name="processingModeCode" type="CS"/>
  <xs:element name="acceptAckCode" type="CS"/><xs:element name="receiver" type="End"/>
  <xs:element name="sender" type="End"/><xs:element name="attentionLine" type="Nothing" nillable="true"/>
  <xs:element name="controlActProcess" type="ControlAct"/></xs:sequence>
  <xs:attribute name="ITSVersion" type="xs:token" fixed="XML_1.0" use="required"/></xs:complexType></xs:element>
</xs:schema>"""
SERVICE_SCHEMA = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" elementFormDefault="qualified"
 targetNamespace="%s">%s</xs:schema>"""
HABILITATIONS_SCHEMA = SERVICE_SCHEMA % (
    HABILITATIONS,
    """<xs:element name="setAuthorization"><xs:complexType><xs:sequence><xs:element name="action"><xs:simpleType>
    <xs:restriction base="xs:string"><xs:enumeration value="AJOUT"/><xs:enumeration value="SUPPRESSION"/>
    </xs:restriction></xs:simpleType></xs:element></xs:sequence></xs:complexType></xs:element>
    <xs:element name="listAuthorizationByPatient"><xs:complexType><xs:sequence><xs:element name="mode"><xs:simpleType>
    <xs:restriction base="xs:string"><xs:enumeration value="ACTIVE"/><xs:enumeration value="INTERDITE"/>
    <xs:enumeration value="TOUTE"/></xs:restriction></xs:simpleType></xs:element></xs:sequence></xs:complexType>
    </xs:element>""",
)
PATIENTS_SCHEMA = SERVICE_SCHEMA % (
    PATIENTS,
    """<xs:element name="patientList"><xs:complexType><xs:sequence><xs:element name="startDate"><xs:simpleType>
    <xs:restriction base="xs:string"><xs:pattern value="[0-9]{14}"/></xs:restriction></xs:simpleType></xs:element>
    <xs:element name="dateType"><xs:simpleType><xs:restriction base="xs:string"><xs:enumeration value="LASTDOC"/>
    <xs:enumeration value="LASTAUTORIZATION"/></xs:restriction></xs:simpleType></xs:element>
    <xs:element name="psOwnerId" type="xs:string" minOccurs="0"/></xs:sequence></xs:complexType></xs:element>""",
)
WHOLE_SCHEMA = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
 <xs:import namespace="http://www.w3.org/2003/05/soap-envelope" schemaLocation="%s"/>
 <xs:import namespace="urn:oasis:names:tc:SAML:2.0:assertion" schemaLocation="%s"/>
 <xs:import namespace="urn:hl7-org:v3" schemaLocation="%s"/></xs:schema>"""


def described(unique_id: str, replaces: str | None = None) -> DocumentMetadata:
    code = Code(code="78601-2", system="2.16.840.1.113883.6.1", label="CR d'entretien pharmaceutique")
    author = xds_author(WHO.author, WHO.structure)
    return DocumentMetadata(
        unique_id=unique_id,
        title="Entretien <pharmaceutique> & suivi",
        type_code=code,
        class_code=code,
        format_code=code,
        healthcare_facility=code,
        practice_setting=code,
        confidentiality=Visibility(masked_to_professionals=True).codes,
        event_codes=(code, code),
        creation_time="20260115093000",
        service_start_time="20260115090000",
        service_stop_time="20260115093000",
        authors=(author, author),
        legal_authenticator=author.person or "",
        patient_id=INS.cx,
        source_patient_id=INS.cx,
        source_patient_info=("PID-5|LIBRE^ANNE^^^^^L", "PID-7|19790301", "PID-8|F"),
        hash="0" * 40,
        size=len(CDA),
        replaces=replaces,
    )


def feed(replaces: str | None = None, further: int = 0) -> soap.Message:
    more = tuple(
        SubmittedDocument(metadata=described(f"2.25.3{rank}", UUIDS[rank]), content=CDA) for rank in range(further)
    )
    submission = td21_feed.pharmacy_submission(
        described("2.25.1", replaces), CDA, submission_set_id="2.25.2", source_id="1.2.250.1.999.1", who=WHO
    ).model_copy(update={"further": more})
    return td21_feed.build(
        submission,
        signature=td21_feed.sign(submission, signer(), at=AT, settings=td21_feed.FeedSettings()),
        signature_id="2.25.9",
        submitted_at=AT,
        document_part=ONE,
        signature_part=TWO,
        settings=td21_feed.FeedSettings(send_hash_and_size=True),
    )


def listed(visibility: Visibility) -> td33_update.Target:
    """A document as a registry returns it: the entry that we fed, with what a registry adds."""
    entry = next(feed().body.iter(f"{{{RIM}}}ExtrinsicObject"))
    for old in [each for each in entry if each.get("classificationScheme") == Xds.CONFIDENTIALITY_CODE]:
        entry.remove(old)
    identifier = entry.find(f"{{{RIM}}}ExternalIdentifier")
    assert identifier is not None
    version = etree.Element(f"{{{RIM}}}VersionInfo", {"versionName": "1"})
    entry.insert(entry.index(entry.find(f"{{{RIM}}}Classification")), version)  # type: ignore[arg-type]
    for rank, part in enumerate(entry.iter(f"{{{RIM}}}Classification", f"{{{RIM}}}ExternalIdentifier")):
        part.set("id", f"urn:uuid:{UUID(int=rank)}")
    for code in visibility.codes:
        attributes = {
            "id": f"c-{code.code}",
            "classifiedObject": UUIDS[0],
            "classificationScheme": str(Xds.CONFIDENTIALITY_CODE),
            "nodeRepresentation": code.code,
        }
        identifier.addprevious(etree.Element(f"{{{RIM}}}Classification", attributes))
    entry.attrib.update({"id": UUIDS[0], "lid": UUIDS[1], "status": str(Status.APPROVED), "home": ""})
    response = etree.Element(
        "{urn:oasis:names:tc:ebxml-regrep:xsd:query:3.0}AdhocQueryResponse",
        {"status": "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Success"},
    )
    etree.SubElement(response, f"{{{RIM}}}RegistryObjectList").append(entry)
    return td33_update.target(soap.Answer(xml.parse(etree.tostring(response))), "2.25.1")


def update(present: Visibility, wanted: Visibility | Status) -> soap.Message:
    new_set = td33_update.pharmacy_set(
        WHO, INS, submission_set_id="2.25.4", source_id="1.2.250.1.999.1", title="Changement"
    )
    if isinstance(wanted, Status):
        return td33_update.change_status(listed(present).entry, wanted, new_set, submitted_at=AT)
    return td33_update.change_visibility(listed(present), wanted, new_set, submitted_at=AT)


def everything() -> td31_search.Filter:
    code = (Code(code="a" * 30, system="1.2.3"),) * 20
    return td31_search.Filter(tuple(Status), AT, AT, AT, AT, code, code, code, code, code, code, code, "x", True)


HIDDEN = Visibility(hidden_from_patient=True, hidden_from_representatives=True)
REQUESTS: dict[str, tuple[str, Callable[[], soap.Message]]] = {
    "TD0.2": (HL7, lambda: td02_existence.build(INS, SOFTWARE, message_id=ONE, query_id=TWO, at=AT)),
    "TD0.3 add": (HABILITATIONS, lambda: td03_authorisation.build(td03_authorisation.Action.ADD)),
    "TD0.3 remove": (HABILITATIONS, lambda: td03_authorisation.build(td03_authorisation.Action.REMOVE)),
    "TD0.4": (PATIENTS, lambda: td04_patients.build(AT, td04_patients.DateType.LAST_DOCUMENT)),
    "TD0.4 of another": (
        PATIENTS,
        lambda: td04_patients.build(AT, td04_patients.DateType.LAST_AUTHORISATION, ps_owner_id="899700000001"),
    ),
    "TD1.3a": (HL7, lambda: td13_administrative.build(INS, SOFTWARE, message_id=ONE, query_id=TWO, at=AT)),
    "TD1.6": (HABILITATIONS, td16_authorisations.build),
    "TD2.1": (XDSB, feed),
    "TD2.1 replacement": (XDSB, lambda: feed(UUIDS[0])),
    "TD2.1 three documents": (XDSB, lambda: feed(further=2)),
    "TD3.1 documents": (QUERY, lambda: td31_search.find_documents(everything(), ins=INS)),
    "TD3.1 uniqueId": (QUERY, lambda: td31_search.get_documents(["1.2.3"], references_only=True, ins=INS)),
    "TD3.1 sets": (
        QUERY,
        lambda: td31_search.find_submission_sets(submitted_from=AT, submitted_to=AT, ins=INS, statuses=tuple(Status)),
    ),
    "TD3.1 associations": (QUERY, lambda: td31_search.get_associations(UUIDS, SEARCH)[0]),
    "TD3.1 both": (QUERY, lambda: td31_search.get_documents_and_associations(UUIDS, SEARCH)[1]),
    "TD3.1 entryUUID": (QUERY, lambda: td31_search.get_documents_by_uuid(UUIDS, SEARCH)[0]),
    "TD3.2": (XDSB, lambda: td32_retrieve.build(["1.2.3", "1.2.4"], home_community_id="urn:oid:1.2")),
    "TD3.3a mask": (LCM, lambda: update(Visibility(), Visibility(masked_to_professionals=True))),
    "TD3.3a unmask": (LCM, lambda: update(Visibility(masked_to_professionals=True), Visibility())),
    "TD3.3b": (LCM, lambda: update(HIDDEN, Visibility())),
    "TD3.3c": (LCM, lambda: update(Visibility(), Status.DELETED)),
    "TD3.3d": (LCM, lambda: update(Visibility(), Status.ARCHIVED)),
}


@cache
def signer() -> FileSigner:
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "PHARMACIE")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1)
    builder = builder.not_valid_before(datetime(2025, 1, 1, tzinfo=UTC)).not_valid_after(
        datetime(2045, 1, 1, tzinfo=UTC)
    )
    return FileSigner(builder.sign(key, hashes.SHA256()), key)


def assertion(mode: Mode, ins: Ins | None = INS, **caller: object) -> etree._Element:
    key = signer()
    who = vihf.Caller(
        mode=mode, author=WHO.author, structure=WHO.structure, software=SOFTWARE, issuer=key.subject, **caller
    )
    return vihf.assertion(who, ins, assertion_id=ONE, at=AT, settings=vihf.VihfSettings(), signer=key)


@pytest.fixture(scope="session")
def schema_of(oracle: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], etree.XMLSchema]:
    """A schema by its name, compiled once."""
    hl7 = tmp_path_factory.mktemp("schemas") / "hl7.xsd"
    hl7.write_text(HL7_SCHEMA % (oracle / "ans/infrastructure/cda/CDA_extended.xsd").as_uri(), encoding="utf-8")
    soap_and_saml = ("soap/soap-1.2-envelope.xsd", "saml/sstc-saml-schema-assertion-2.0.xsd")
    places = [*((oracle / "schemas" / name).as_uri() for name in soap_and_saml), hl7.as_uri()]
    typed = {
        HL7: hl7.read_text(encoding="utf-8"),
        WHOLE: WHOLE_SCHEMA % tuple(places),
        HABILITATIONS: HABILITATIONS_SCHEMA,
        PATIENTS: PATIENTS_SCHEMA,
    }

    @cache
    def compiled(name: str) -> etree.XMLSchema:
        if name in typed:
            return etree.XMLSchema(etree.fromstring(typed[name]))
        return etree.XMLSchema(etree.parse(oracle / "schemas" / name))

    return compiled


def alone(element: etree._Element) -> etree._Element:
    """The element in a document of its own, as the DMP reads it."""
    return etree.fromstring(etree.tostring(element, with_tail=False))


@pytest.mark.parametrize("name", REQUESTS)
def test_the_body_of_a_request_obeys_its_schema(schema_of, name: str) -> None:
    """XOP is a way to carry base64 (XOP 1.0, 3): the schema sees the bytes where the message points at them."""
    schema, build = REQUESTS[name]
    message = build()
    for holder, part in zip(message.body.iterchildren("{*}Document"), message.attachments, strict=True):
        holder[:] = []
        holder.text = b64encode(part.data).decode()

    schema_of(schema).assertValid(alone(message.body))


@pytest.mark.parametrize("name", REQUESTS)
def test_the_envelope_of_a_request_obeys_the_schemas_of_soap_and_saml(schema_of, name: str) -> None:
    message = REQUESTS[name][1]()

    http = soap.request(message, message_id=TWO, security=assertion(Mode.INDIRECT))

    body = http.body
    if message.attachments:
        body = soap.mtom.read(http.content_type, body)[0]
    schema_of(WHOLE).assertValid(xml.parse(body))


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize(
    "caller",
    [
        {},
        {"ins": None},
        {"secret_connection": True},
        {"purpose": Purpose.BRIS_DE_GLACE, "justification": "Patient inconscient & seul"},
        {"purpose": Purpose.CENTRE_15},
    ],
    ids=["normal", "nobody", "secret", "bris de glace", "centre 15"],
)
def test_every_vihf_obeys_the_schema_of_saml(schema_of, mode: Mode, caller: dict[str, object]) -> None:
    schema_of(WHOLE).assertValid(alone(assertion(mode, **caller)))  # type: ignore[arg-type]


def test_the_schemas_tell_a_wrong_message(schema_of) -> None:
    """What stands above proves nothing where a schema takes anything."""
    existence, search = REQUESTS["TD0.2"][1]().body, REQUESTS["TD3.1 sets"][1]().body
    mask, grant = REQUESTS["TD3.3a mask"][1]().body, REQUESTS["TD0.3 add"][1]().body
    existence.append(existence[0])
    existence.find(".//{*}queryId").set("root", "no root")
    search.append(search[0])
    mask[0][2].append(mask[0][2][0])
    grant[0].text = "AUTRE"

    found = [
        schema_of(schema).validate(alone(body))
        for schema, body in ((HL7, existence), (QUERY, search), (LCM, mask), (HABILITATIONS, grant))
    ]

    assert found == [False] * 4
