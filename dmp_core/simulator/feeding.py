"""TD2.1: a submission is checked against every rule and then registered, or refused with every reason."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from dmp_core.simulator.checks import Caller, check, warnings
from dmp_core.simulator.claims import Vihf
from dmp_core.simulator.envelope import Request
from dmp_core.simulator.faults import INVALID_CERTIFICATE
from dmp_core.simulator.policy import Policy
from dmp_core.simulator.reasons import Reason, Refused
from dmp_core.simulator.registry import KnownOfPatient, Registry
from dmp_core.simulator.storage import Storage
from dmp_core.simulator.submission import Submission, read_submission
from dmp_core.simulator.trust import CertificateRefused, Holder, Trust
from dmp_core.simulator.xades import check_signature, signature_entry


class Feeding:
    """Checks and registers in one transaction, so that two deposits of one uniqueId cannot both pass."""

    def __init__(self, storage: Storage, trust: Trust, policy: Policy, uuid: Callable[[], UUID]) -> None:
        self._storage = storage
        self._registry = Registry(storage)
        self._trust = trust
        self._policy = policy
        self._uuid = uuid

    def take(self, request: Request, vihf: Vihf, client: Holder, patient: int, at: datetime) -> list[Reason]:
        """Register what `request` submits: it is on disk when this returns its warnings. Raises Refused."""
        if not request.packaged:
            raise Refused(Reason("XDSRepositoryError", "Alimentation en MTOM obligatoire (EX_2.1-1260)"))
        submission = read_submission(request.body, request.parts)
        self._check_sizes(submission)
        caller = Caller(vihf.mode, vihf.practitioner_id, vihf.structure_id, vihf.secret_connection)
        known = KnownOfPatient(self._registry, patient)
        with self._storage.transaction():
            reasons = check(
                submission, vihf_patient=vihf.patient or "", caller=caller, known=known, strict=self._policy
            )
            if reasons := reasons or self._signature_faults(submission, client, at):
                raise Refused(*reasons)
            self._registry.register(submission, patient=patient, uuid=self._uuid, at=at)
        return warnings(submission)

    def _check_sizes(self, submission: Submission) -> None:
        limit = self._policy.largest_document
        reasons = [
            Reason("XDSRepositoryError", f"document de {len(content)} octets, {limit} au plus", name)
            for name, content in submission.documents.items()
            if len(content) > limit
        ]
        if reasons:
            raise Refused(*reasons)

    def _signature_faults(self, submission: Submission, client: Holder, at: datetime) -> list[Reason]:
        """What is wrong with the signature of a submission that is right otherwise, and with who signed it."""
        entry = signature_entry(submission)
        if entry is None or not self._policy.signature:
            return []
        found = check_signature(submission.documents[entry.id], submission, lenient=self._policy.sha1_signatures)
        if found.reasons:
            return list(found.reasons)
        try:
            signer = self._trust.identify(found.certificate, at)
        except CertificateRefused:
            return [Reason(INVALID_CERTIFICATE, "Le certificat ayant signé le lot est inconnu", entry.id)]
        if not signer.signs or (signer.is_person, signer.identifier) != (client.is_person, client.identifier):
            return [Reason(INVALID_CERTIFICATE, "Le certificat ayant signé le lot n'est pas celui attendu", entry.id)]
        return []
