"""What the simulated DMP does with a request, in order: certificate, SOAP, VIHF, rights, record, transaction."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from time import perf_counter
from typing import Final
from urllib.parse import quote
from uuid import UUID

from dmp_core import log
from dmp_core.model.access import Mode, Purpose
from dmp_core.model.oids import DMP_REPOSITORY, Xds
from dmp_core.simulator import answers, gdp, mtom
from dmp_core.simulator.annuaire import Annuaire
from dmp_core.simulator.answers import Addressing, Reply
from dmp_core.simulator.claims import Vihf
from dmp_core.simulator.envelope import EnvelopeRefused, Request, read_request
from dmp_core.simulator.faults import (
    ACCESS_DENIED,
    CLOSED,
    INVALID_CERTIFICATE,
    INVALID_VIHF,
    OTHER_PATIENT,
    UNKNOWN_PATIENT,
    fault,
)
from dmp_core.simulator.feeding import Feeding
from dmp_core.simulator.interference import Fault, NoFault
from dmp_core.simulator.markup import QUERY, RIM
from dmp_core.simulator.patients import Access, PatientRecord, Patients, RecordState
from dmp_core.simulator.policy import Policy
from dmp_core.simulator.query import read_query, read_retrieval
from dmp_core.simulator.reasons import Kind, Reason, Refused
from dmp_core.simulator.registry import Registry
from dmp_core.simulator.rights import Transaction, may, needs_authorisation
from dmp_core.simulator.search import PATIENT, run, visible
from dmp_core.simulator.storage import Storage
from dmp_core.simulator.trust import CertificateRefused, Holder, Trust
from dmp_core.simulator.vihf import VihfReader
from dmp_core.xml import Element

FEED: Final = "urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-b"
SEARCH: Final = "urn:ihe:iti:2007:RegistryStoredQuery"
RETRIEVE: Final = "urn:ihe:iti:2007:RetrieveDocumentSet"
_SERVICE_OF: Final = {gdp.ACTION: "patients", FEED: "repository", SEARCH: "registry", RETRIEVE: "repository"}
_REPLY_ACTION: Final = {gdp.ACTION: gdp.REPLY_ACTION} | {a: f"{a}Response" for a in (FEED, SEARCH, RETRIEVE)}


@dataclass(slots=True)
class _Exchange:
    """One request on its way, as far as it is known."""

    at: datetime
    addressing: Addressing
    transaction: Transaction | None = None
    action: str = ""
    mode: Mode | None = None
    codes: list[str] = field(default_factory=list)


class Dmp:
    """The service behind the HTTPS server: `handle` gives an answer to whatever comes."""

    def __init__(
        self,
        storage: Storage,
        trust: Trust,
        policy: Policy,
        *,
        now: Callable[[], datetime],
        uuid: Callable[[], UUID],
        fault: Fault | None = None,
    ) -> None:
        self._registry = Registry(storage)
        self._patients = Patients(storage)
        self._trust = trust
        self._policy = policy
        self._feeding = Feeding(storage, trust, policy, uuid)
        self._vihf = VihfReader(trust, Annuaire(storage), policy)
        self._now = now
        self._uuid = uuid
        self._fault = fault or NoFault()

    def handle(self, service: str, content_type: str, body: bytes, client_certificate: bytes | None) -> Reply:
        """The answer to one POST, and one event in the log. Raises Dropped where a `Fault` cuts the line."""
        started = perf_counter()
        exchange = _Exchange(self._now(), Addressing(f"urn:uuid:{self._uuid()}"))
        status: int | str = "dropped"
        try:
            reply = self._answer(exchange, service, content_type, body, client_certificate)
            reply = self._fault.after(exchange.transaction or "", reply) or reply
            status = reply.status
            return reply
        finally:
            log.event(
                "simulator.answered",
                transaction=exchange.transaction,
                mode=exchange.mode,
                service=service,
                status=status,
                code=",".join(exchange.codes) or None,
                ms=round((perf_counter() - started) * 1000),
            )

    def _answer(
        self, exchange: _Exchange, service: str, content_type: str, body: bytes, certificate: bytes | None
    ) -> Reply:
        try:
            client = self._client(certificate, exchange.at)
            request = read_request(content_type, body, service, accept_soap11=self._policy.soap11)
            self._recognise(exchange, request)
            if broken := self._fault.before(exchange.transaction or ""):
                return broken
            if exchange.transaction is Transaction.TD21 and not mtom.is_multipart(content_type):
                raise Refused(Reason("XDSRepositoryError", "Alimentation en MTOM obligatoire (EX_2.1-1260)"))
            return self._act(exchange, request, client)
        except EnvelopeRefused as error:
            return self._refusal(exchange, fault(error.subcode, error.text))
        except Refused as refused:
            return self._refusal(exchange, refused)

    def _client(self, certificate: bytes | None, at: datetime) -> Holder:
        try:
            client = self._trust.identify(certificate or b"", at)
        except CertificateRefused:
            raise fault(INVALID_CERTIFICATE, "Certificat de connexion inconnu") from None
        if not client.authenticates:
            raise fault(INVALID_CERTIFICATE, "Certificat de connexion non prévu pour l'authentification")
        return client

    def _recognise(self, exchange: _Exchange, request: Request) -> None:
        """Which transaction it is. Raises Refused for an action that is unknown, or at another service."""
        exchange.addressing = Addressing(exchange.addressing.message_id, request.message_id)
        if _SERVICE_OF.get(request.action) != request.service:
            raise fault("ActionNotSupported", "Action inconnue de ce service, ou non simulée")
        exchange.action = request.action
        transactions = {gdp.ACTION: Transaction.TD02, FEED: Transaction.TD21, RETRIEVE: Transaction.TD32}
        exchange.transaction = transactions.get(request.action, Transaction.TD31)
        if request.action == SEARCH and _is_reference(request.body):
            exchange.transaction = Transaction.TD31_REFERENCE

    def _act(self, exchange: _Exchange, request: Request, client: Holder) -> Reply:
        transaction = exchange.transaction
        assert transaction is not None
        vihf = self._vihf.read(request.security, client, at=exchange.at)
        exchange.mode = vihf.mode
        if not may(transaction, vihf.mode, vihf.purpose):
            raise fault(
                ACCESS_DENIED, "Vous n'avez pas les droits pour réaliser cette transaction dans ce mode d'accès"
            )
        if transaction is Transaction.TD02:
            return self._existence(exchange, request, vihf)
        patient = self._open(transaction, vihf, exchange.at)
        if transaction is Transaction.TD21:
            return self._feed(exchange, request, vihf, client, patient)
        if transaction is Transaction.TD32:
            return self._retrieve(exchange, request, vihf, patient)
        return self._search(exchange, request, vihf, patient)

    def _existence(self, exchange: _Exchange, request: Request, vihf: Vihf) -> Reply:
        query = gdp.read_existence_query(request.body)
        patient = vihf.patient or ""
        if query.patient != patient:
            raise fault(INVALID_VIHF, "Le patient demandé n'est pas celui du VIHF")
        access = self._patients.access(patient, vihf.practitioner_id, exchange.at)
        answer = gdp.existence_answer(
            query, self._patients.find(patient), access, message_id=str(self._uuid()), at=exchange.at
        )
        return answers.answer(answer, gdp.REPLY_ACTION, exchange.addressing)

    def _open(self, transaction: Transaction, vihf: Vihf, at: datetime) -> int:
        """The number of a patient whose record is open, to this caller where that matters. Raises Refused."""
        record, number = self._patients.find(vihf.patient or ""), self._patients.number(vihf.patient or "")
        if record is None or number is None or record.state is RecordState.ABSENT:
            raise Refused(Reason(UNKNOWN_PATIENT, "Aucun DMP n'existe pour ce patient"))
        if record.state is RecordState.CLOSED:
            raise Refused(Reason(CLOSED, "Le DMP de ce patient est fermé"))
        if not self._is_let_in(transaction, vihf, record, at):
            raise fault(ACCESS_DENIED, "Vous n'êtes pas autorisé à accéder au DMP de ce patient")
        return number

    def _is_let_in(self, transaction: Transaction, vihf: Vihf, record: PatientRecord, at: datetime) -> bool:
        access = self._patients.access(record.ins[0], vihf.practitioner_id, at)
        if needs_authorisation(transaction, vihf.purpose):
            return access is Access.VALID
        if vihf.purpose is Purpose.BRIS_DE_GLACE:
            return not record.opposes_bris_de_glace and access is not Access.FORBIDDEN
        return vihf.purpose is Purpose.NORMAL or not record.opposes_centre_15

    def _feed(self, exchange: _Exchange, request: Request, vihf: Vihf, client: Holder, patient: int) -> Reply:
        self._feeding.take(request, vihf, client, patient, exchange.at)
        return answers.answer(answers.registry_response(), _REPLY_ACTION[FEED], exchange.addressing)

    def _search(self, exchange: _Exchange, request: Request, vihf: Vihf, patient: int) -> Reply:
        query = read_query(request.body)
        if any(cx != vihf.patient for cx in query.slots.get(PATIENT, ())):
            raise fault(OTHER_PATIENT, "Le patient recherché n'est pas celui du VIHF")
        found = run(query, visible(self._registry.of_patient(patient), vihf))
        body = answers.query_response(found, references_only=query.return_type == "ObjectRef")
        return answers.answer(body, _REPLY_ACTION[SEARCH], exchange.addressing)

    def _retrieve(self, exchange: _Exchange, request: Request, vihf: Vihf, patient: int) -> Reply:
        shown = {document.unique_id: document for document in visible(self._registry.of_patient(patient), vihf)}
        found: list[tuple[str, str, str]] = []
        parts: dict[str, bytes] = {}
        reasons: list[Reason] = []
        for place, (repository, unique_id, _) in enumerate(read_retrieval(request.body).items, start=1):
            if repository != DMP_REPOSITORY:
                reasons.append(Reason("XDSUnknownRepositoryId", "Entrepôt inconnu"))
            elif unique_id not in shown:
                reasons.append(Reason("XDSDocumentUniqueIdError", "Aucun document accessible n'a cet identifiant"))
            else:
                content_id = f"{self._uuid()}-{place}@urn:ihe:iti:xds-b:2007"
                found.append((unique_id, shown[unique_id].mime_type, quote(content_id, safe="@")))
                parts[content_id] = self._registry.content(unique_id)
        exchange.codes += [reason.code for reason in reasons]
        body = answers.retrieve_response(found, reasons)
        return answers.multipart(body, parts, _REPLY_ACTION[RETRIEVE], exchange.addressing)

    def _refusal(self, exchange: _Exchange, refused: Refused) -> Reply:
        """As a SOAP fault, or as the failure of the transaction's own answer."""
        exchange.codes += [reason.code for reason in refused.reasons]
        addressing, action = exchange.addressing, exchange.action
        if refused.kind is Kind.REGISTRY and action == FEED:
            return answers.answer(answers.registry_response(refused.reasons), _REPLY_ACTION[action], addressing)
        if refused.kind is Kind.REGISTRY and action == SEARCH:
            return answers.answer(answers.query_failure(refused.reasons), _REPLY_ACTION[action], addressing)
        if refused.kind is Kind.REGISTRY and action == RETRIEVE:
            body = answers.retrieve_response([], refused.reasons)
            return answers.multipart(body, {}, _REPLY_ACTION[action], addressing)
        return answers.fault(refused.reasons[0], addressing, packaged=action == RETRIEVE)


def _is_reference(body: Element) -> bool:
    """DMP_3.1b: the entryUUID of a uniqueId, and nothing more."""
    query, option = body.find(f"{{{RIM}}}AdhocQuery"), body.find(f"{{{QUERY}}}ResponseOption")
    if query is None or option is None:
        return False
    return (query.get("id"), option.get("returnType")) == (Xds.GET_DOCUMENTS, "ObjectRef")
