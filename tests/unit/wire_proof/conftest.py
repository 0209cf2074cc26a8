"""Client and simulator joined by a line in this process: every byte of both directions can be looked at."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from dmp_core.audit.chain import ChainedAudit
from dmp_core.audit.sealed_files import SealedFolder
from dmp_core.dmp import soap, td21_feed, td31_search, td33_update
from dmp_core.dmp.vihf import VihfSettings
from dmp_core.model.access import Mode, Purpose
from dmp_core.model.document import Code, DocumentMetadata, RecordEntry, Submission, Visibility
from dmp_core.model.hl7v2 import xds_author
from dmp_core.model.identity import Ins
from dmp_core.model.oids import InsOid
from dmp_core.model.practitioner import Operator, Practitioner, Right, Structure, Who
from dmp_core.model.software import Software
from dmp_core.model.x500 import distinguished_name
from dmp_core.outbox.keystore import FileKeyStore
from dmp_core.ports import HttpAnswer, HttpRequest, HttpStream
from dmp_core.services.feed.manners import FeedPace
from dmp_core.services.notices import Notice
from dmp_core.services.wire.clock_watch import ClockWatch
from dmp_core.services.wire.exchange import Access, Exchange, Link
from dmp_core.services.wire.recorder import Recorder
from dmp_core.simulator.dmp import Dmp
from dmp_core.simulator.interference import Fault
from dmp_core.simulator.patients import PatientRecord
from dmp_core.simulator.pki import KeyPair
from dmp_core.simulator.policy import Policy
from dmp_core.simulator.simulator import Simulator
from dmp_core.testing.clock import ManualClock
from dmp_core.testing.ids import SeededIds
from dmp_core.transport.file_key import FileSigner

PHARMACY = Structure(national_id="10B0000001", name="PHARMACIE DU MARCHÉ")
PEOPLE = {
    "21": Practitioner(national_id="899700000001", family="DUPONT", given="JEANNE", profession="21", section="A"),
    "39": Practitioner(national_id="899700000039", family="PETIT", given="LUC", profession="39"),
}
INS = Ins(value="279035121518989", oid=InsOid.NIR_TEST)
SOFTWARE = Software(name="LGO", version="1.2", installation="01.01", homologation="SIMULATION", oid="1.2.250.1.999.1")
CDA = b"<ClinicalDocument><title>Entretien</title></ClinicalDocument>"


@dataclass
class Passed:
    """One exchange on the line."""

    request: HttpRequest
    answer: HttpAnswer


def _as_it_is(data: Any) -> Any:
    return data


@dataclass
class Line:
    """A `Transport` that hands the bytes to the simulated service and keeps them. `instead` answers in its place."""

    dmp: Dmp
    certificate: bytes
    passed: list[Passed] = field(default_factory=list)
    instead: HttpAnswer | Exception | None = None
    date: datetime | None = None
    of_request: Callable[[bytes], bytes] = _as_it_is  # what an attacker makes of it on the way
    of_answer: Callable[[HttpAnswer], HttpAnswer] = _as_it_is

    def post(self, request: HttpRequest) -> HttpAnswer:
        if isinstance(self.instead, Exception):
            raise self.instead
        answer = self.instead or self._of_the_dmp(request)
        self.passed.append(Passed(request, answer))
        return answer

    def _of_the_dmp(self, request: HttpRequest) -> HttpAnswer:
        body = self.of_request(request.body)
        reply = self.dmp.handle(request.service, request.content_type, body, self.certificate)
        return self.of_answer(HttpAnswer(reply.status, reply.content_type, reply.body, self.date))

    @contextmanager
    def stream(self, request: HttpRequest) -> Iterator[HttpStream]:
        got = self.post(request)
        yield HttpStream(got.status, got.content_type, iter((got.body,)), got.date)

    def close(self) -> None:
        """Nothing is open."""


def certificate(pair: KeyPair) -> x509.Certificate:
    return x509.load_pem_x509_certificate(pair.certificate.read_bytes())


@dataclass
class Pharmacy:
    """A pharmacy, its client and its simulated DMP, at 2026-01-15 09:30 until a test moves the clock."""

    simulator: Simulator
    dmp: Dmp
    clock: ManualClock
    ids: SeededIds
    audit: ChainedAudit
    recorder: Recorder
    watch: ClockWatch
    pace: FeedPace
    notices: list[Notice]
    lines: dict[str, Line] = field(default_factory=dict)
    settings: VihfSettings = field(default_factory=VihfSettings)
    ins: Ins = INS
    software: Software = SOFTWARE
    structure: Structure = PHARMACY

    def who(self, profession: str = "21", *rights: Right) -> Who:
        person = PEOPLE[profession]
        operator = Operator(id="op-1", rights=frozenset(rights or Right), practitioner=person)
        return Who(structure=PHARMACY, operator=operator, author=person)

    def line(self, mode: Mode, profession: str = "21") -> Line:
        """The line of that mode, the same at each call."""
        pki, person = self.simulator.pki, PEOPLE[profession]
        direct = mode is Mode.DIRECT
        pair = pki.professional_auth(person.national_id) if direct else pki.organisation_auth(PHARMACY.national_id)
        key = f"{mode} {profession}" if direct else str(mode)
        return self.lines.setdefault(key, Line(self.dmp, certificate(pair).public_bytes(Encoding.DER)))

    def exchange(self, mode: Mode, profession: str = "21") -> Exchange:
        pki, person = self.simulator.pki, PEOPLE[profession]
        direct = mode is Mode.DIRECT
        auth = pki.professional_auth(person.national_id) if direct else pki.organisation_auth(PHARMACY.national_id)
        sign = pki.professional_sign(person.national_id) if direct else pki.organisation_sign(PHARMACY.national_id)
        link = Link(
            mode=mode,
            transport=self.line(mode, profession),
            signer=FileSigner.from_pem(sign.certificate, sign.key, at=self.clock.now()),
            issuer=distinguished_name(certificate(auth).subject),
            holder=person.national_id if direct else None,
        )
        return Exchange(
            mode,
            lambda: link,
            SOFTWARE,
            self.settings,
            clock=self.clock,
            ids=self.ids,
            audit=self.audit,
            watch=self.watch,
            recorder=self.recorder,
        )

    def ask(self, message: soap.Message, mode: Mode = Mode.DIRECT, **options: Any) -> soap.Answer:
        profession = options.pop("profession", "21")
        access = Access(**options)
        if access.purpose is Purpose.BRIS_DE_GLACE:
            access = Access(access.purpose, "patient inconscient", access.secret_connection)
        about = None if message.transaction == "TD0.4" else INS
        return self.exchange(mode, profession).ask(message, self.who(profession), about, access)

    # ------------------------------------------------------------ messages

    def submission(self, unique_id: str, *, profession: str = "21", **changes: Any) -> Submission:
        person = PEOPLE[profession]
        author = xds_author(person, PHARMACY)
        codes = {
            "type_code": ("78601-2", "2.16.840.1.113883.6.1"),
            "class_code": ("10", "1.2.250.1.213.1.1.4.1"),
            "format_code": ("urn:ihe:iti:xds-sd:pdf:2008", "1.3.6.1.4.1.19376.1.2.3"),
            "healthcare_facility": ("SA33", "1.2.250.1.71.4.2.4"),
            "practice_setting": ("AMBULATOIRE", "1.2.250.1.213.1.1.4.9"),
        }
        fields: dict[str, Any] = {
            name: Code(code=code, system=system, label="libellé") for name, (code, system) in codes.items()
        }
        document = DocumentMetadata(
            unique_id=unique_id,
            title="Entretien <pharmaceutique> & suivi",
            confidentiality=changes.pop("visibility", Visibility()).codes,
            creation_time="20260115093000",
            service_start_time="20260115090000",
            authors=(author,),
            legal_authenticator=author.person or "",
            patient_id=INS.cx,
            source_patient_id=INS.cx,
            source_patient_info=("PID-5|MARTIN^ANNE^^^^^L", "PID-7|19790301", "PID-8|F"),
            hash="0" * 40,
            size=len(CDA),
            **{**fields, **changes},
        )
        return td21_feed.pharmacy_submission(
            document, CDA, submission_set_id=f"{unique_id}.1", source_id=SOFTWARE.oid, who=self.who(profession)
        )

    def feed(self, unique_id: str, mode: Mode = Mode.DIRECT, **changes: Any) -> soap.Message:
        submission = self.submission(unique_id, **changes)
        signer = self.exchange(mode, changes.get("profession", "21")).link.signer
        settings = td21_feed.FeedSettings()
        return td21_feed.build(
            submission,
            signature=td21_feed.sign(submission, signer, at=self.clock.now(), settings=settings),
            signature_id=f"{unique_id}.2",
            submitted_at=self.clock.now(),
            document_part=self.ids.uuid(),
            signature_part=self.ids.uuid(),
            settings=settings,
        )

    def fed(self, unique_id: str, **changes: Any) -> RecordEntry:
        """A document of the pharmacist that is in the record now."""
        td21_feed.read(self.ask(self.feed(unique_id, **changes)))
        return next(td31_search.read(self.found(unique_id)))

    def found(self, unique_id: str) -> soap.Answer:
        return self.ask(td31_search.get_documents([unique_id], references_only=False))

    def update(self, unique_id: str, wanted: Any, profession: str = "21") -> soap.Message:
        """TD3.3: another visibility, or another status."""
        new_set = td33_update.pharmacy_set(
            self.who(profession),
            INS,
            submission_set_id=f"2.25.{self.ids.uuid().int}",
            source_id=SOFTWARE.oid,
            title="x",
        )
        of = td33_update.target(self.found(unique_id), unique_id)
        if isinstance(wanted, Visibility):
            return td33_update.change_visibility(of, wanted, new_set, submitted_at=self.clock.now())
        return td33_update.change_status(of.entry, wanted, new_set, submitted_at=self.clock.now())


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A simulator's folder: its keys take a second to make."""
    made = tmp_path_factory.mktemp("wire") / "sim"
    Simulator.create(
        made,
        [PHARMACY],
        list(PEOPLE.values()),
        patients=[PatientRecord((INS.cx,), "MARTIN", "ANNE", "F", "19790301")],
        strictness=Policy(cda=False),
        at=ManualClock().now() - timedelta(days=30),
    ).close()
    return made


def opened(folder: Path, place: Path, seed: int, fault: Fault | None = None) -> Pharmacy:
    """The pharmacy whose files lie in `place`: a new one, or that of an earlier opening."""
    if not (place / "sim").exists():
        shutil.copytree(folder, place / "sim")
    clock, ids = ManualClock(), SeededIds(seed)
    keys = FileKeyStore(place / "keys", ids)
    audit = ChainedAudit(place / "audit.sqlite", keys, clock, witness=place / "keys" / "audit.head")
    sealed = SealedFolder(place / "recordings", keys, ids)
    week, day = timedelta(days=7), timedelta(days=1)
    notices: list[Notice] = []
    simulator = Simulator.open(place / "sim")
    for person in PEOPLE.values():
        simulator.patients.authorise(INS.cx, person.national_id, until=clock.now() + timedelta(days=30))
    return Pharmacy(
        simulator,
        simulator.dmp(fault, clock.now),
        clock,
        ids,
        audit,
        Recorder(sealed, audit, clock=clock, ids=ids, keep=week, patient_for=day),
        ClockWatch(timedelta(minutes=2), notices.append),
        FeedPace(audit, PHARMACY.national_id, clock=clock, time_zone=ZoneInfo("Europe/Paris"), tell=notices.append),
        notices,
    )


def closed(pharmacy: Pharmacy) -> None:
    pharmacy.audit.close()
    pharmacy.simulator.close()


@pytest.fixture
def make_pharmacy(folder: Path, tmp_path: Path) -> Iterator[Callable[..., Pharmacy]]:
    """Opens the pharmacy of this test, again where it was open before."""
    made: list[Pharmacy] = []

    def make(fault: Fault | None = None) -> Pharmacy:
        made.append(opened(folder, tmp_path, len(made) + 1, fault))
        return made[-1]

    yield make
    for each in made:
        closed(each)


@pytest.fixture(scope="module")
def pharmacy_of_the_module(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pharmacy]:
    """One for all tests of a module that only look at it."""
    pharmacy = opened(folder, tmp_path_factory.mktemp("pharmacy"), 1)
    yield pharmacy
    closed(pharmacy)


@pytest.fixture
def pharmacy(make_pharmacy: Callable[..., Pharmacy]) -> Pharmacy:
    return make_pharmacy()


@pytest.fixture
def fuzz_examples() -> int:
    """How many examples a quick fuzzing takes."""
    return int(os.environ.get("DMP_FUZZ_EXAMPLES", "50"))
