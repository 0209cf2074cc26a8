"""One pharmacy, its keys, the simulated INSi over HTTPS, and the client in each mode."""

import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import pytest
from cryptography import x509

from dmp_core.dmp.vihf import Caller
from dmp_core.identity.client import InsiClient
from dmp_core.identity.insi_settings import InsiSettings
from dmp_core.model.access import Mode
from dmp_core.model.identity import Patient, Sex, Traits
from dmp_core.model.software import Software
from dmp_core.model.x500 import distinguished_name
from dmp_core.ports import Signer, Transport
from dmp_core.simulator import pki as test_pki
from dmp_core.simulator.insi import Insi
from dmp_core.simulator.insi_directory import Directory
from dmp_core.simulator.insi_server import running
from dmp_core.simulator.interference import NoFault
from dmp_core.simulator.pki import KeyPair, Pki
from dmp_core.simulator.trust import Trust
from dmp_core.testing import people
from dmp_core.testing.ids import SeededIds
from dmp_core.transport.file_key import FileSigner
from dmp_core.transport.https import HttpsTransport
from dmp_core.transport.tls import client_context

WHO = people.who()


class Fault(NoFault):
    """What goes wrong at INSi; a test sets it."""

    def __init__(self) -> None:
        self.instead: Any = None
        self.raised: Exception | None = None

    def before(self, _transaction: str) -> Any:
        if self.raised:
            raise self.raised
        return self.instead


@dataclass
class Service:
    """INSi at work: `url`, and what the log said of it."""

    url: str
    pki: Pki
    fault: Fault
    insi: Insi = field(repr=False)


@pytest.fixture(scope="session")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Pki:
    return test_pki.make(tmp_path_factory.mktemp("insi-pki"), [WHO.structure], [WHO.author], datetime.now(UTC))


@pytest.fixture(scope="session")
def insi(pki: Pki) -> Iterator[Service]:
    """INSi in a thread of its own, with the directory that is shipped."""
    fault = Fault()
    trust = Trust(x509.load_pem_x509_certificate(pki.authority.certificate.read_bytes()))
    service = Insi(Directory.load(), trust, now=lambda: datetime.now(UTC), fault=fault)
    with running(service, pki) as url:
        yield Service(url, pki, fault, service)


@pytest.fixture
def settings() -> InsiSettings:
    return InsiSettings(idam="SIMULATION", billing_id="992000001")


class NowClock:
    """The time of the machine: certificates and assertions are checked against it."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return 0.0


@pytest.fixture
def connect(insi: Service) -> Iterator[Callable[[KeyPair], Transport]]:
    """A transport to INSi with that certificate."""
    opened: list[HttpsTransport] = []

    def make(pair: KeyPair) -> Transport:
        context = client_context(certificate=pair.certificate, key=pair.key, authorities=insi.pki.authority.certificate)
        opened.append(HttpsTransport(insi.url, context, clock=NowClock()))
        return opened[-1]

    yield make
    for transport in opened:
        transport.close()


@pytest.fixture
def make_caller(pki: Pki) -> Callable[[Mode], Caller]:
    def make(mode: Mode) -> Caller:
        number = WHO.structure.national_id
        pair = pki.professional_sign(WHO.author.national_id) if mode is Mode.DIRECT else pki.organisation_auth(number)
        subject = x509.load_pem_x509_certificate(pair.certificate.read_bytes()).subject
        software = Software(name="LGO", version="1.2", homologation="SIMULATION", oid="2.25.7")
        issuer = distinguished_name(subject)
        return Caller(mode=mode, author=WHO.author, structure=WHO.structure, software=software, issuer=issuer)

    return make


@pytest.fixture
def make_client(pki: Pki, connect: Callable[[KeyPair], Transport], settings: InsiSettings) -> Callable[..., InsiClient]:
    """The client in a mode, with its certificate and key."""

    def make(mode: Mode = Mode.INDIRECT, **changes: Any) -> InsiClient:
        author, structure = WHO.author.national_id, WHO.structure.national_id
        pair = pki.professional_auth(author) if mode is Mode.DIRECT else pki.organisation_auth(structure)
        sign = pki.professional_sign(author)
        signer: Signer | None = None
        if mode is Mode.DIRECT:
            signer = FileSigner.from_pem(sign.certificate, sign.key, at=datetime.now(UTC))
        chosen = settings.model_copy(update=changes)
        return InsiClient(connect(pair), chosen, clock=NowClock(), ids=SeededIds(), signer=signer)

    return make


@pytest.fixture(scope="session")
def make_patient() -> Callable[..., Patient]:
    """A patient as a host writes them down: name, given names, sex, day, birthplace."""

    def make(name: str, given: str, sex: str, born: str, place: str | None = None, *, first: str = "") -> Patient:
        traits = Traits(
            birth_name=name,
            birth_given_names=given,
            first_birth_given_name=first or given.split()[0],
            sex=Sex(sex),
            birth_date=date.fromisoformat(born),
            birth_place_code=place,
        )
        return Patient(host_id="patient-1", traits=traits)

    return make


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Callable[[str], list[dict[str, Any]]]:
    """The events of that name."""
    caplog.set_level(logging.INFO, logger="dmp")

    def events(name: str) -> list[dict[str, Any]]:
        lines = [json.loads(record.message) for record in caplog.records if record.name == "dmp"]
        return [line for line in lines if line["event"] == name]

    return events
