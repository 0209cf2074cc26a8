"""A pharmacy that feeds: its certificates (made here), its people, one document on its way."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from dmp_core.dmp.vihf import Caller
from dmp_core.model.access import Mode
from dmp_core.model.document import Code, DocumentMetadata, Submission, Visibility, XdsAuthor
from dmp_core.model.identity import Ins
from dmp_core.model.oids import CLASS_CODE, LOINC, PRACTICE_SETTING, SECTOR, InsOid
from dmp_core.model.practitioner import Operator, Practitioner, Structure, Who
from dmp_core.model.software import Software
from dmp_core.transport.file_key import FileSigner

NAMES = {
    "C": NameOID.COUNTRY_NAME,
    "O": NameOID.ORGANIZATION_NAME,
    "OU": NameOID.ORGANIZATIONAL_UNIT_NAME,
    "ST": NameOID.STATE_OR_PROVINCE_NAME,
    "CN": NameOID.COMMON_NAME,
}
CDA = (
    '<?xml version="1.0" encoding="UTF-8"?><?xml-stylesheet type="text/xsl" href="cda.xsl"?>\n'
    '<ClinicalDocument xmlns="urn:hl7-org:v3"  classCode = "DOCCLIN"><!-- a comment --><title>Entretien</title>'
    "</ClinicalDocument>\n"
)


def _name(**parts: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NAMES[key], value) for key, value in parts.items()])


def _certificate(
    subject: x509.Name, key: rsa.RSAPrivateKey, issuer: x509.Name, issuer_key: rsa.RSAPrivateKey
) -> x509.Certificate:
    usage = dict.fromkeys(("key_encipherment", "data_encipherment", "key_agreement", "encipher_only"), False)
    usage |= {"decipher_only": False, "crl_sign": False, "key_cert_sign": issuer == subject}
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2025, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2045, 1, 1, tzinfo=UTC))
        .add_extension(x509.BasicConstraints(ca=issuer == subject, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(digital_signature=False, content_commitment=True, **usage), critical=True)
        .sign(issuer_key, hashes.SHA256())
    )


@pytest.fixture(scope="session")
def signer(tmp_path_factory: pytest.TempPathFactory) -> FileSigner:
    """ORG_SIGN of a pharmacy, with its issuer."""
    folder: Path = tmp_path_factory.mktemp("keys")
    root_key, key = (rsa.generate_private_key(65537, 2048) for _ in range(2))
    root = _name(C="FR", O="AC DE TEST", CN="TEST AC ORGANISATIONS")
    subject = _name(C="FR", ST="Rhône (69)", O="PHARMACIE, DU PONT", OU="10B0127189", CN="pharmacie.example")
    pem = serialization.Encoding.PEM
    leaf, issuer = _certificate(subject, key, root, root_key), _certificate(root, root_key, root, root_key)
    (folder / "sign.pem").write_bytes(leaf.public_bytes(pem) + issuer.public_bytes(pem))
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "sign.key").write_bytes(private)
    return FileSigner.from_pem(folder / "sign.pem", folder / "sign.key", at=datetime(2026, 1, 15, tzinfo=UTC))


@pytest.fixture
def practitioner() -> Practitioner:
    return Practitioner(national_id="899700000123", family="LIBRE", given="MAX", profession="21", section="A")


@pytest.fixture
def structure() -> Structure:
    return Structure(national_id="10B0127189", name="PHARMACIE DU PONT")


@pytest.fixture
def who(practitioner: Practitioner, structure: Structure) -> Who:
    return Who(structure=structure, operator=Operator(id="op1"), author=practitioner)


@pytest.fixture
def software() -> Software:
    return Software(name="LGO", version="1.2", installation="01.01", homologation="NUM-1", oid="1.2.250.1.999.1")


@pytest.fixture
def ins() -> Ins:
    return Ins(value="279035121518989", oid=InsOid.NIR_TEST)


@pytest.fixture
def caller_in(
    practitioner: Practitioner, structure: Structure, software: Software, signer: FileSigner
) -> Callable[[Mode], Caller]:
    def make(mode: Mode) -> Caller:
        return Caller(mode=mode, author=practitioner, structure=structure, software=software, issuer=signer.subject)

    return make


@pytest.fixture
def submission(ins: Ins) -> Submission:
    author = XdsAuthor(
        person="899700000123^LIBRE^MAX^^^^^^&1.2.250.1.71.4.2.1&ISO^D^^^IDNPS",
        specialty=("G15_21/A^Pharmacien titulaire d'officine^1.2.250.1.213.1.1.4.5",),
        institution=("PHARMACIE DU PONT^^^^^&1.2.250.1.71.4.2.2&ISO^IDNST^^^10B0127189",),
    )
    document = DocumentMetadata(
        unique_id="2.25.11",
        title="Entretien <pharmaceutique> & suivi",
        type_code=Code(code="78601-2", system=LOINC, label="CR d'entretien pharmaceutique"),
        class_code=Code(code="10", system=CLASS_CODE, label="Compte rendu"),
        format_code=Code(code="urn:ihe:iti:xds-sd:pdf:2008", system="1.3.6.1.4.1.19376.1.2.3", label="PDF"),
        healthcare_facility=Code(code="SA33", system=SECTOR, label="Pharmacie d'officine"),
        practice_setting=Code(code="AMBULATOIRE", system=PRACTICE_SETTING, label="Ambulatoire"),
        confidentiality=Visibility(hidden_from_patient=True).codes,
        creation_time="20260115093000",
        service_start_time="20260115090000",
        authors=(author,),
        legal_authenticator=author.person or "",
        patient_id=ins.cx,
        source_patient_id=ins.cx,
        source_patient_info=("PID-5|LIBRE^ANNE^^^^^L", "PID-7|19790301", "PID-8|F"),
        hash="0" * 40,
        size=len(CDA.encode()),
    )
    return Submission(
        submission_set_id="2.25.10",
        source_id="1.2.250.1.999.1",
        content_type=document.healthcare_facility,
        author=author,
        title=document.title,
        document=document,
        content=CDA.encode(),
    )
