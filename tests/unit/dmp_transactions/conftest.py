"""A pharmacy and its patient, and answers of the DMP typed by hand from the notes on its protocol."""

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from dmp_core import xml
from dmp_core.dmp import answers, soap
from dmp_core.dmp.submission_sets import NewSet
from dmp_core.dmp.td33_update import pharmacy_set
from dmp_core.model.identity import Ins
from dmp_core.model.oids import InsOid
from dmp_core.model.practitioner import Operator, Practitioner, Structure, Who
from dmp_core.model.software import Software
from dmp_core.transport.file_key import FileSigner

SUCCESS = "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Success"


@pytest.fixture
def ins() -> Ins:
    return Ins(value="279035121518989", oid=InsOid.NIR_TEST)


@pytest.fixture
def software() -> Software:
    return Software(name="LGO", version="1.2", installation="01.01", homologation="NUM-1", oid="1.2.250.1.999.1")


@pytest.fixture
def query_id() -> UUID:
    return UUID("11111111-2222-4333-8444-555555555555")


@pytest.fixture
def who() -> Who:
    author = Practitioner(national_id="899700000123", family="LIBRE", given="MAX", profession="21", section="A")
    structure = Structure(national_id="10B0127189", name="PHARMACIE DU PONT")
    return Who(structure=structure, operator=Operator(id="op1"), author=author)


@pytest.fixture
def new_set(who: Who, ins: Ins) -> NewSet:
    return pharmacy_set(who, ins, submission_set_id="2.25.10", source_id="1.2.250.1.999.1", title="Masquage")


@pytest.fixture
def answer() -> Callable[[str], soap.Answer]:
    """An answer whose body is that text."""
    return lambda text: soap.Answer(xml.parse(text.encode()))


@pytest.fixture
def query_answer(answer: Callable[[str], soap.Answer]) -> Callable[..., soap.Answer]:
    """An answer to a stored query that holds those objects."""

    def make(*objects: str, total: int | str | None = None) -> soap.Answer:
        announced = "" if total is None else f" startIndex='0' totalResultCount='{total}'"
        return answer(
            f"<q:AdhocQueryResponse xmlns:q='{answers.QUERY}' status='{SUCCESS}'{announced}>"
            f"<RegistryObjectList xmlns='urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0'>{''.join(objects)}"
            "</RegistryObjectList></q:AdhocQueryResponse>"
        )

    return make


@pytest.fixture(scope="session")
def signer() -> FileSigner:
    """A key that signs, with a certificate of its own making."""
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "PHARMACIE DU PONT")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1)
    builder = builder.not_valid_before(datetime(2025, 1, 1, tzinfo=UTC)).not_valid_after(
        datetime(2045, 1, 1, tzinfo=UTC)
    )
    return FileSigner(builder.sign(key, hashes.SHA256()), key)
