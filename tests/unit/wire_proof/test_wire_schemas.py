"""A walk through every transaction in every mode: each message of client and simulator obeys the schemas of others.

HL7 messages: the data types of HL7 that come with CDA, in the skeletons of the notes on the protocol (`gdp.xsd`).
"""

import hashlib
import shutil
import subprocess
import xml.etree.ElementTree as StandardTree
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
import xmlsec
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree
from signxml import SignatureConfiguration, XMLVerifier

from dmp_core.dmp import (
    mtom,
    td02_existence,
    td03_authorisation,
    td04_patients,
    td13_administrative,
    td16_authorisations,
    td31_search,
    td32_retrieve,
)
from dmp_core.errors import DmpError
from dmp_core.model.access import Mode, Purpose
from dmp_core.model.document import Visibility
from dmp_core.model.oids import Status
from dmp_core.simulator.patients import PatientRecord, RecordState

pytestmark = pytest.mark.oracle

HERE = Path(__file__).parent
SOAP = "{http://www.w3.org/2003/05/soap-envelope}"
SAML = "{urn:oasis:names:tc:SAML:2.0:assertion}"
DS = "{http://www.w3.org/2000/09/xmldsig#}"
XOP = "{http://www.w3.org/2004/08/xop/include}Include"
SCHEMAS = {
    "urn:hl7-org:v3": "gdp",
    "urn:si-dmp-habilitations": "habilitations",
    "urn:si-dmp-patients": "patients",
    "urn:ihe:iti:xds-b:2007": "ihe/XDS.b_DocumentRepository.xsd",
    "urn:oasis:names:tc:ebxml-regrep:xsd:query:3.0": "ihe/query.xsd",
    "urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0": "ihe/lcm.xsd",
    "urn:oasis:names:tc:ebxml-regrep:xsd:rs:3.0": "ihe/rs.xsd",
}
TRANSACTIONS = {
    "TD0.2", "TD0.3", "TD0.4", "TD1.3a", "TD1.6", "TD2.1", "TD3.1", "TD3.2", "TD3.3a", "TD3.3b", "TD3.3c", "TD3.3d",
}  # fmt: skip


@dataclass(frozen=True)
class Sent:
    """One message of one side, opened."""

    side: str
    transaction: str
    mode: str
    envelope: etree._Element
    parts: dict[str, bytes]

    @property
    def payload(self) -> etree._Element:
        """The element of the Body in a document of its own; XOP stands for base64 (XOP 1.0, 3)."""
        payload = etree.fromstring(etree.tostring(self.envelope.find(f"{SOAP}Body")[0], with_tail=False))
        for include in list(payload.iter(XOP)):
            holder = include.getparent()
            holder.remove(include)
            holder.text = b64encode(
                self.parts[include.get("href")[4:].replace("%3A", ":").replace("%40", "@")]
            ).decode()
        return payload


def opened(side: str, transaction: str, mode: str, content_type: str, body: bytes) -> Sent:
    parts: dict[str, bytes] = {}
    if mtom.is_multipart(content_type):
        body, parts = mtom.read(content_type, body)
    return Sent(side, transaction, mode, etree.fromstring(body), parts)


def walk(pharmacy) -> Iterator[Callable[[], object]]:
    """Every transaction, in the modes and purposes that may call it and in some that may not."""
    search = td31_search.SearchSettings()

    def about(module):
        ids = {"message_id": pharmacy.ids.uuid(), "query_id": pharmacy.ids.uuid()}
        return module.build(pharmacy.ins, pharmacy.software, at=pharmacy.clock.now(), **ids)

    simple = [
        lambda: about(td02_existence),
        lambda: about(td13_administrative),
        lambda: td03_authorisation.build(td03_authorisation.Action.ADD),
        lambda: td04_patients.build(pharmacy.clock.now(), td04_patients.DateType.LAST_DOCUMENT),
        lambda: td16_authorisations.build(),
        lambda: td31_search.find_documents(td31_search.Filter(tuple(Status)), ins=pharmacy.ins),
        lambda: td31_search.find_submission_sets(submitted_from=pharmacy.clock.now().replace(year=2020)),
        lambda: td31_search.get_documents(["2.25.901"], references_only=True),
        lambda: td31_search.get_associations([entry("2.25.901").entry_uuid], search)[0],
        lambda: td31_search.get_documents_and_associations([entry("2.25.901").entry_uuid], search)[0],
        lambda: td32_retrieve.build(["2.25.901"]),
        lambda: td32_retrieve.build(["2.25.901", "1.2.3.404"]),
    ]

    def entry(unique_id: str):
        return next(td31_search.read(pharmacy.found(unique_id)))

    yield lambda: pharmacy.fed("2.25.901", visibility=Visibility(hidden_from_patient=True))
    yield lambda: pharmacy.fed("2.25.902")
    for mode in Mode:
        for build in simple:
            yield lambda mode=mode, build=build: pharmacy.ask(build(), mode)
        yield lambda mode=mode: pharmacy.ask(pharmacy.feed(f"2.25.91{len(mode)}", mode), mode)
    for purpose in (Purpose.BRIS_DE_GLACE, Purpose.CENTRE_15):
        yield lambda purpose=purpose: pharmacy.ask(simple[0](), purpose=purpose)
    yield lambda: pharmacy.ask(pharmacy.feed("2.25.903", replaces=entry("2.25.902").entry_uuid))
    yield lambda: pharmacy.ask(pharmacy.feed("2.25.901"))
    yield lambda: pharmacy.ask(pharmacy.update("2.25.901", Visibility()))
    yield lambda: pharmacy.ask(pharmacy.update("2.25.901", Visibility(masked_to_professionals=True)))
    yield lambda: pharmacy.ask(pharmacy.update("2.25.901", Status.ARCHIVED))
    yield lambda: pharmacy.ask(pharmacy.update("2.25.903", Status.DELETED))
    yield lambda: pharmacy.ask(td03_authorisation.build(td03_authorisation.Action.REMOVE))
    yield lambda: pharmacy.ask(simple[5]())
    for state in (RecordState.CLOSED, RecordState.ABSENT):
        record = PatientRecord((pharmacy.ins.cx,), "MARTIN", "ANNE", "F", "19790301", state=state)
        yield lambda record=record: pharmacy.simulator.patients.add(record)
        for build in (*simple[:7], simple[11]):
            yield lambda build=build: pharmacy.ask(build())
        yield lambda: pharmacy.ask(pharmacy.feed("2.25.920"))


@pytest.fixture(scope="module")
def walked(pharmacy_of_the_module) -> tuple[Sent, ...]:
    """What went over the line in both directions; what may be refused was."""
    pharmacy = pharmacy_of_the_module
    for step in walk(pharmacy):
        try:
            step()
        except DmpError as error:
            assert error.origin, f"{error} {error.detail}"
    sent = []
    for mode, line in pharmacy.lines.items():
        for each in line.passed:
            transaction, request, answer = each.request.transaction, each.request, each.answer
            sent.append(opened("client", transaction, mode, request.content_type, request.body))
            sent.append(opened("simulator", transaction, mode, answer.content_type, answer.body))
    return tuple(sent)


@pytest.fixture(scope="session")
def schema_of(oracle: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], etree.XMLSchema]:
    folder = tmp_path_factory.mktemp("schemas")
    datatypes = (oracle / "ans/infrastructure/cda/CDA_extended.xsd").as_uri()
    gdp = (HERE / "gdp.xsd").read_text(encoding="utf-8").replace("DATATYPES", datatypes)
    (folder / "gdp.xsd").write_text(gdp, encoding="utf-8")
    service = (HERE / "si_dmp.xsd").read_text(encoding="utf-8")
    for name in ("habilitations", "patients"):
        (folder / f"{name}.xsd").write_text(service.replace("NAMESPACE", f"urn:si-dmp-{name}"), encoding="utf-8")
    places = [
        oracle / "schemas" / name for name in ("soap/soap-1.2-envelope.xsd", "saml/sstc-saml-schema-assertion-2.0.xsd")
    ]
    (folder / "whole.xsd").write_text(
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">'
        f'<xs:import namespace="{SOAP[1:-1]}" schemaLocation="{places[0].as_uri()}"/>'
        f'<xs:import namespace="{SAML[1:-1]}" schemaLocation="{places[1].as_uri()}"/>'
        f'<xs:import namespace="urn:hl7-org:v3" schemaLocation="{(folder / "gdp.xsd").as_uri()}"/></xs:schema>',
        encoding="utf-8",
    )

    @cache
    def compiled(name: str) -> etree.XMLSchema:
        own = folder / f"{name}.xsd"
        return etree.XMLSchema(etree.parse(own if own.exists() else oracle / "schemas" / name))

    return compiled


def findings(schema: etree.XMLSchema, element: etree._Element) -> list[str]:
    schema.validate(element)
    return [str(error.message) for error in schema.error_log]


def test_every_message_of_both_sides_obeys_its_schema(walked, schema_of) -> None:
    assert {each.transaction for each in walked} == TRANSACTIONS
    found = {}
    for rank, each in enumerate(walked):
        name = f"{rank} {each.side} {each.transaction} {each.mode}"
        wrong = findings(schema_of("whole"), each.envelope)
        if each.payload.tag != f"{SOAP}Fault":
            wrong += findings(schema_of(SCHEMAS[etree.QName(each.payload).namespace]), each.payload)
        if wrong:
            found[name] = wrong

    assert found == {}


def test_the_schemas_tell_a_wrong_message(walked, schema_of) -> None:
    """What stands above proves nothing where a schema takes anything."""
    accepted = []
    for each in walked:
        payload = each.payload
        if payload.tag == f"{SOAP}Fault" or not len(payload):
            continue
        etree.SubElement(payload[-1] if len(payload[-1]) else payload, f"{{{etree.QName(payload).namespace}}}intruder")
        if not findings(schema_of(SCHEMAS[etree.QName(payload).namespace]), payload):
            accepted.append((each.side, each.transaction))

    assert accepted == []


# ---------------------------------------------------------------- signatures


def signed_vihfs(walked) -> list[etree._Element]:
    found = [each.envelope.find(f".//{SAML}Assertion") for each in walked if each.side == "client"]
    return [
        etree.fromstring(etree.tostring(one, with_tail=False))
        for one in found
        if one.find(f"{DS}Signature") is not None
    ]


def pem_of(signature: etree._Element) -> str:
    der = b64decode(signature.findtext(f".//{DS}X509Certificate"))
    return x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM).decode()


def test_every_signed_vihf_verifies_with_signxml_and_with_xmlsec(walked) -> None:
    vihfs = signed_vihfs(walked)

    assert len(vihfs) > 20
    for vihf in vihfs:
        pem = pem_of(vihf)
        result = XMLVerifier().verify(vihf, x509_cert=pem, id_attribute="ID")
        assert result.signed_xml.get("ID") == vihf.get("ID")
        xmlsec.tree.add_ids(vihf, ["ID"])
        context = xmlsec.SignatureContext()
        context.key = xmlsec.Key.from_memory(pem.encode(), xmlsec.constants.KeyDataFormatCertPem)
        context.verify(vihf.find(f"{DS}Signature"))


def feeds(walked) -> list[tuple[Sent, bytes, bytes]]:
    """Each feed with its document and its XAdES."""
    found = []
    for each in walked:
        if each.side == "client" and each.transaction == "TD2.1":
            document, signature = (
                data for _, data in sorted(each.parts.items(), key=lambda part: b"Signature" in part[1])
            )
            found.append((each, document, signature))
    return found


def test_every_xades_verifies_with_signxml_and_xmlsec1(walked, tmp_path: Path) -> None:
    program = shutil.which("xmlsec1")
    for rank, (_, _, signature) in enumerate(feeds(walked)):
        root = etree.fromstring(signature)
        pem = pem_of(root)
        config = SignatureConfiguration(expect_references=2)
        manifest, _ = XMLVerifier().verify(signature, validate_schema=False, x509_cert=pem, expect_config=config)
        assert manifest.signed_xml.tag == f"{DS}Manifest"
        if rank and not program:
            continue
        assert program, "xmlsec1 is missing: apt-get install xmlsec1"
        (tmp_path / "s.xml").write_bytes(signature)
        (tmp_path / "c.pem").write_text(pem)
        arguments = ["--verify", "--ignore-manifests", "--pubkey-cert-pem", str(tmp_path / "c.pem")]
        done = subprocess.run([program, *arguments, str(tmp_path / "s.xml")], capture_output=True, check=False)
        assert done.returncode == 0, done.stderr


def test_every_digest_of_a_manifest_is_that_of_a_second_computation(walked) -> None:
    """By the canonicalisation of Python's own XML library; the set has no bytes: `AA==` (IHE DSG)."""
    compared = 0
    for each, document, signature in feeds(walked):
        references = etree.fromstring(signature).findall(f".//{DS}Manifest/{DS}Reference")
        ids = [
            one.get("value")
            for one in each.payload.iter("{*}ExternalIdentifier")
            if "2e82c1f6" in one.get("identificationScheme")
        ]
        canonical = StandardTree.canonicalize(document.decode(), with_comments=True)
        digest = b64encode(hashlib.sha256(canonical.encode()).digest()).decode()
        told = {one.get("URI"): one.findtext(f"{DS}DigestValue") for one in references}
        (document_id,) = [one for one in ids if f"urn:oid:{one}" in told]
        assert told.pop(f"urn:oid:{document_id}") == digest
        assert list(told.values()) == ["AA=="]
        compared += 1

    assert compared >= 5
