"""Whether a caller may do this in the record of this patient: the matrix, the record's state, who is let in."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from dmp_core.model.access import Mode, Purpose
from dmp_core.simulator.authorisations import Access
from dmp_core.simulator.claims import Vihf
from dmp_core.simulator.faults import ACCESS_DENIED, CLOSED, INVALID_VIHF, UNKNOWN_PATIENT, fault
from dmp_core.simulator.patients import PatientRecord, Patients, RecordState
from dmp_core.simulator.policy import Policy
from dmp_core.simulator.reasons import Reason, Refused
from dmp_core.simulator.rights import Profile, Transaction, may, needs_authorisation
from dmp_core.simulator.view import Seer

_OF_FEEDING: Final = frozenset({Transaction.TD21, Transaction.TD31_REFERENCE, Transaction.TD33C})  # never ask


@dataclass(frozen=True, slots=True)
class Admitted:
    """An open record, and who stands before it."""

    patient: int
    record: PatientRecord = field(repr=False)
    seer: Seer = field(repr=False)


class Admission:
    """Asks the record, in the order of `dmp_protocol.md` section 10."""

    def __init__(self, patients: Patients, policy: Policy) -> None:
        self._patients = patients
        self._policy = policy

    def check_right(self, transaction: Transaction, vihf: Vihf) -> None:
        """Raises Refused for what the matrix does not grant."""
        profile = Profile.of(vihf.profession)
        if not may(transaction, vihf.mode, vihf.purpose, profile, preparateur=self._policy.preparateur):
            raise fault(
                ACCESS_DENIED, "Vous n'avez pas les droits pour réaliser cette transaction dans ce mode d'accès"
            )

    def open(self, transaction: Transaction, vihf: Vihf, at: datetime) -> Admitted:
        """The record of the VIHF's patient, open to this caller where that matters. Raises Refused."""
        record, number = self._patients.find(vihf.patient or ""), self._patients.number(vihf.patient or "")
        if record is None or number is None or record.state is RecordState.ABSENT:
            raise Refused(Reason(UNKNOWN_PATIENT, "Aucun DMP n'existe pour ce patient"))
        if record.state is RecordState.CLOSED:
            raise Refused(Reason(CLOSED, "Le DMP de ce patient est fermé"))
        self._check_secret_connection(vihf, record, at)
        known = self._patients.authorisations.find(number, vihf.practitioner_id)
        access = known.access(at) if known else Access.NONE
        if not self._is_let_in(transaction, vihf, record, access):
            raise fault(ACCESS_DENIED, "Vous n'êtes pas autorisé à accéder au DMP de ce patient")
        attends = known is not None and known.medecin_traitant and access is Access.VALID
        return Admitted(number, record, Seer(vihf, attends, record.masked_in_emergency))

    def _check_secret_connection(self, vihf: Vihf, record: PatientRecord, at: datetime) -> None:
        age = record.age(at)
        adult = age is not None and age >= self._policy.age_of_majority
        if vihf.secret_connection and adult and not self._policy.adult_secret_connection:
            raise fault(INVALID_VIHF, "Le VIHF est invalide : connexion secrète réservée aux mineurs")

    def _is_let_in(self, transaction: Transaction, vihf: Vihf, record: PatientRecord, access: Access) -> bool:
        if needs_authorisation(transaction, vihf.mode, vihf.purpose, self._policy):
            return access is Access.VALID
        if vihf.purpose is Purpose.BRIS_DE_GLACE:
            return not record.opposes_bris_de_glace and access is not Access.FORBIDDEN
        if vihf.purpose is Purpose.CENTRE_15:
            return not record.opposes_centre_15
        return access is not Access.FORBIDDEN or vihf.mode is Mode.INDIRECT or transaction in _OF_FEEDING
