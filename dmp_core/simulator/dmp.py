"""What the simulated DMP does with a request, in order: certificate, SOAP, VIHF, rights, record, transaction."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from time import perf_counter
from typing import Final
from uuid import UUID

from dmp_core import log
from dmp_core.model.access import Mode
from dmp_core.simulator import answers, gdp, si_dmp
from dmp_core.simulator.admission import Admission
from dmp_core.simulator.annuaire import Annuaire
from dmp_core.simulator.answers import Addressing, Reply
from dmp_core.simulator.claims import Vihf, patient_of
from dmp_core.simulator.consulting import Consulting
from dmp_core.simulator.envelope import EnvelopeRefused, Request, read_request
from dmp_core.simulator.faults import INVALID_CERTIFICATE, INVALID_VIHF, fault
from dmp_core.simulator.feeding import Feeding
from dmp_core.simulator.habilitations import Habilitations
from dmp_core.simulator.interference import Fault, NoFault, PatientFaults
from dmp_core.simulator.patients import Patients
from dmp_core.simulator.policy import Policy
from dmp_core.simulator.reasons import Kind, Refused
from dmp_core.simulator.registry import Registry
from dmp_core.simulator.replays import Replays
from dmp_core.simulator.rights import Transaction
from dmp_core.simulator.storage import Storage
from dmp_core.simulator.throttle import Throttle
from dmp_core.simulator.transactions import Form, Operation, recognise
from dmp_core.simulator.trust import CertificateRefused, Holder, Trust
from dmp_core.simulator.updating import Updating
from dmp_core.simulator.vihf import VihfReader
from dmp_core.xml import Element

_T: Final = Transaction
_ABOUT_NOBODY: Final = frozenset({_T.TD04})  # the VIHF names no patient
_TOO_MANY: Final = Reply(429, "text/plain; charset=UTF-8", b"Too Many Requests")  # a placeholder [U]


@dataclass(slots=True)
class _Exchange:
    """One request on its way, as far as it is known."""

    at: datetime
    addressing: Addressing
    fault: Fault
    transaction: Transaction | None = None
    operation: Operation | None = None
    body: Element | None = None
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
        self._patients = Patients(storage)
        self._trust = trust
        self._policy = policy
        self._admission = Admission(self._patients, policy)
        self._habilitations = Habilitations(storage, policy)
        self._feeding = Feeding(storage, trust, policy, uuid)
        self._consulting = Consulting(Registry(storage), uuid)
        self._updating = Updating(storage, policy, uuid)
        self._vihf = VihfReader(trust, Annuaire(storage), Replays(storage), policy)
        self._throttle = Throttle(policy.feeds_per_second)
        self._now = now
        self._uuid = uuid
        self._fault = fault or NoFault()

    def handle(self, service: str, content_type: str, body: bytes, client_certificate: bytes | None) -> Reply:
        """The answer to one POST, and one event in the log. Raises Dropped where a `Fault` cuts the line."""
        started = perf_counter()
        exchange = _Exchange(self._now(), Addressing(f"urn:uuid:{self._uuid()}"), self._fault)
        status: int | str = "dropped"
        try:
            reply = self._answer(exchange, service, content_type, body, client_certificate)
            reply = exchange.fault.after(exchange.transaction or "", reply) or reply
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
            exchange.addressing = Addressing(exchange.addressing.message_id, request.message_id)
            exchange.transaction, exchange.operation = recognise(request, self._updating.transaction)
            exchange.body = request.body
            if isinstance(self._fault, PatientFaults):
                exchange.fault = self._fault.of(patient_of(request.security))
            if broken := exchange.fault.before(exchange.transaction):
                return broken
            return self._act(exchange, exchange.transaction, request, client)
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

    def _act(self, exchange: _Exchange, transaction: Transaction, request: Request, client: Holder) -> Reply:
        about_patient = transaction not in _ABOUT_NOBODY
        vihf = self._vihf.read(request.security, client, at=exchange.at, about_patient=about_patient)
        exchange.mode = vihf.mode
        self._admission.check_right(transaction, vihf)
        if transaction is _T.TD21 and not self._feeds_in_time(vihf, exchange.at):
            return _TOO_MANY
        if transaction is _T.TD02:
            return self._told(exchange, self._existence(exchange, request, vihf))
        if transaction is _T.TD04:
            return self._told(exchange, self._habilitations.patient_list(request.body, vihf, exchange.at))
        return self._in_record(exchange, transaction, request, vihf, client)

    def _in_record(
        self, exchange: _Exchange, transaction: Transaction, request: Request, vihf: Vihf, client: Holder
    ) -> Reply:
        """The transactions that need an open record."""
        body, at = request.body, exchange.at
        query = self._asked(request, vihf) if transaction is _T.TD13A else None
        admitted = self._admission.open(transaction, vihf, at)
        self._patients.authorisations.acted(admitted.patient, vihf.practitioner_id, at)
        if query is not None:
            answer = gdp.data_answer(query, admitted.record, message_id=str(self._uuid()), at=at)
        elif transaction is _T.TD03:
            answer = self._habilitations.set_authorization(body, vihf, admitted.patient, at)
        elif transaction is _T.TD16:
            answer = self._habilitations.list_authorization(body, admitted.patient, at)
        elif transaction is _T.TD21:
            answer = answers.registry_response(self._feeding.take(request, vihf, client, admitted.patient, at))
        elif transaction is _T.TD32:
            retrieved = self._consulting.retrieve(body, admitted)
            exchange.codes += retrieved.codes
            return self._told(exchange, retrieved.body, dict(retrieved.parts))
        elif transaction in (_T.TD31, _T.TD31_REFERENCE):
            answer = self._consulting.search(body, admitted)
        else:
            self._updating.apply(body, admitted.seer, admitted.patient, at)
            answer = answers.registry_response()
        return self._told(exchange, answer)

    def _existence(self, exchange: _Exchange, request: Request, vihf: Vihf) -> Element:
        query = self._asked(request, vihf)
        number, record = self._patients.number(query.patient), self._patients.find(query.patient)
        known = self._patients.authorisations.find(number, vihf.practitioner_id)
        access = self._patients.authorisations.access(number, vihf.practitioner_id, exchange.at)
        attends = known is not None and known.medecin_traitant
        return gdp.existence_answer(
            query, record, access, medecin_traitant=attends, message_id=str(self._uuid()), at=exchange.at
        )

    def _asked(self, request: Request, vihf: Vihf) -> gdp.GdpQuery:
        query = gdp.read_query(request.body)
        if query.patient != vihf.patient:
            raise fault(INVALID_VIHF, "Le patient demandé n'est pas celui du VIHF")
        return query

    def _feeds_in_time(self, vihf: Vihf, at: datetime) -> bool:
        """False beyond the feeds of one structure and software in a second, where the policy counts them."""
        if not self._policy.feeds_per_second:
            return True
        return self._throttle.allows(f"{vihf.structure_id} {vihf.software}", at.timestamp())

    def _told(self, exchange: _Exchange, body: Element, parts: dict[str, bytes] | None = None) -> Reply:
        operation = exchange.operation
        assert operation is not None
        if operation.form is Form.RETRIEVE:
            return answers.multipart(body, parts or {}, operation.reply_action, exchange.addressing)
        return answers.answer(body, operation.reply_action, exchange.addressing)

    def _refusal(self, exchange: _Exchange, refused: Refused) -> Reply:
        """As a SOAP fault, or by the means of the transaction's own answer."""
        exchange.codes += [reason.code for reason in refused.reasons]
        operation, reasons = exchange.operation, refused.reasons
        if operation is not None and refused.kind is Kind.REGISTRY:
            if operation.form is Form.REGISTRY:
                return self._told(exchange, answers.registry_response(reasons))
            if operation.form is Form.QUERY:
                return self._told(exchange, answers.query_failure(reasons))
            if operation.form is Form.RETRIEVE:
                return self._told(exchange, answers.retrieve_response([], reasons))
            if operation.form is Form.SI_DMP:
                text = " ; ".join(reason.text for reason in reasons)
                return self._told(
                    exchange,
                    si_dmp.answer(operation.namespace, operation.name, text, status=reasons[0].code),
                )
            if query := self._gdp_query(exchange):
                message = gdp.refusal(query, reasons, message_id=str(self._uuid()), at=exchange.at)
                return self._told(exchange, message)
        packaged = operation is not None and operation.form is Form.RETRIEVE
        return answers.fault(reasons[0], exchange.addressing, packaged=packaged)

    def _gdp_query(self, exchange: _Exchange) -> gdp.GdpQuery | None:
        """What an acknowledgement answers to; None where the question cannot be read."""
        try:
            return gdp.read_query(exchange.body) if exchange.body is not None else None
        except Refused:
            return None
