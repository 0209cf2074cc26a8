"""Opening a record: its status, the authorisation to read it by the named setting, an emergency, a minor's secret.

An authorisation is asked for (TD0.3) when somebody opens the record, never to feed it (SC.DMP/CONF.05) and never by
itself where the DMP has none: the patient may have withdrawn it. Sources: `dmp_protocol.md` sections 4.3 and 6.
"""

from collections.abc import Callable
from typing import Final

from dmp_core.dmp import td03_authorisation
from dmp_core.dmp.td03_authorisation import Action
from dmp_core.errors import (
    DmpAbsent,
    DmpAccessDenied,
    DmpClosed,
    DmpRefusal,
    EmergencyOver,
    MessageInvalid,
    PatientRefuses,
    SecretConnectionUnanswered,
)
from dmp_core.model.access import Purpose
from dmp_core.model.consent import ConsentState
from dmp_core.model.document import RecordStatus
from dmp_core.model.identity import Ins, Patient
from dmp_core.model.opening import AccessSettings, Change, Opening, OpenWish, Question, Reading
from dmp_core.model.practitioner import Right, Who
from dmp_core.ports import Audit, Clock, PatientFile
from dmp_core.services.people import rights
from dmp_core.services.people.consent import Consents
from dmp_core.services.people.rights import InsPolicy
from dmp_core.services.people.secrecy import Secrecy
from dmp_core.services.record.agreements import Agreements
from dmp_core.services.record.open_records import OpenRecord, OpenRecords
from dmp_core.services.record.statuses import Statuses
from dmp_core.services.wire.exchange import Access, Exchange
from dmp_core.services.wire.parameters import Parameters

_DOORS: Final[dict[RecordStatus, type[DmpRefusal]]] = {
    RecordStatus.ABSENT: DmpAbsent,
    RecordStatus.CLOSED: DmpClosed,
    RecordStatus.BLOCKED: DmpAccessDenied,
}
_NO_RIGHT: Final = frozenset({RecordStatus.NOT_AUTHORISED, RecordStatus.EXPIRED})


class RecordAccess:
    """How records are entered. Its calls wait for the network: never on the host's thread."""

    def __init__(
        self,
        exchange: Exchange,
        statuses: Statuses,
        consents: Consents,
        records: OpenRecords,
        patients: PatientFile,
        ins_policy: InsPolicy,
        settings: AccessSettings,
        parameters: Callable[[], Parameters],
        secrecy: Secrecy,
        *,
        clock: Clock,
        audit: Audit,
    ) -> None:
        self._exchange = exchange
        self._statuses = statuses
        self._agreements = Agreements(consents, patients, clock)
        self._records = records
        self._ins_policy = ins_policy
        self._settings = settings
        self._parameters = parameters
        self._secrecy = secrecy
        self._clock = clock
        self._audit = audit

    # ------------------------------------------------------------ opening

    def open(self, patient: Patient, who: Who | None, wish: OpenWish | None = None) -> Opening:
        """Open the record, or say what the counter must be asked first: a question is an answer, no error.

        Raises RightMissing, ProfessionalMissing, InsNotQualified, InsWrongEnvironment; DmpAbsent, DmpClosed,
        DmpAccessDenied (the patient bars this professional); MessageInvalid (a secret connection of an adult);
        AuditUnavailable; what the exchange raises.
        """
        who, wish = rights.require(who, Right.READ), wish or OpenWish()
        ins = self._ins_policy.usable(patient)
        record = self._records.of(patient, ins, who)
        self._remember(record, patient, who, wish)
        status = self._statuses.of(patient, ins, who).status
        if status in _DOORS:
            raise _DOORS[status](f"status {status}")
        if wish.emergency:
            return self._break_glass(record, patient, who, wish, status)
        self._note_answers(patient, who, wish)
        if wish.consent is False:
            record.refused = True
            return Opening(status=status, open=False)
        if question := self._question(record, patient, who, wish, status):
            return Opening(status=status, open=False, ask=question)
        if status in _NO_RIGHT:
            status = self._change(Action.ADD, patient, ins, who, record)
        return self._enter(record, patient, who, Access(secret_connection=record.secret or False), status)

    def entered(self, patient: Patient, ins: Ins, who: Who) -> OpenRecord:
        """The record as it was opened, normally where nobody opened it.

        Raises PatientRefuses, EmergencyOver, SecretConnectionUnanswered.
        """
        record = self._records.of(patient, ins, who)
        if record.refused:
            raise PatientRefuses("asked when the record was to be opened")
        if record.until is not None and self._clock.now() >= record.until:
            raise EmergencyOver("access.emergency_lasts")
        if self._asks_a_minor(record, patient) and record.access.purpose is Purpose.NORMAL:
            raise SecretConnectionUnanswered("dmp/open comes first")
        return record

    def closed(self, host_id: str) -> None:
        """The host left the patient: every access to the record ends."""
        self._records.close(host_id)

    # ------------------------------------------------------------ authorisations

    def authorise(self, patient: Patient, who: Who | None, change: Change) -> tuple[RecordStatus, bool]:
        """TD0.3 because the patient said so; the status now, and whether anything was to be done.

        What holds already is not asked again (EX_0.3-1010); `renew` looks first whether it has expired. Raises as
        `open`.
        """
        who = rights.require(who, Right.READ)
        ins = self._ins_policy.usable(patient)
        record = self._records.of(patient, ins, who)
        if change is Change.RENEW:
            self._statuses.forget(ins, who)
        status = self._statuses.of(patient, ins, who).status
        if status in _DOORS:
            raise _DOORS[status](f"status {status}")
        if change is Change.WITHDRAW:
            self._agreements.note(patient, who, agrees=False)
            if status is not RecordStatus.AUTHORISED:
                return status, False
            status = self._change(Action.REMOVE, patient, ins, who, record)
            self._records.close(patient.host_id)
            return status, True
        self._agreements.note(patient, who, agrees=True)
        record.refused = False
        if status not in _NO_RIGHT:
            return status, False
        return self._change(Action.ADD, patient, ins, who, record), True

    def renewed(self, patient: Patient, ins: Ins, who: Who, record: OpenRecord) -> bool:
        """After a denied access: whether the authorisation had expired and is renewed now, without a question."""
        self._statuses.forget(ins, who)
        if record.access.purpose is not Purpose.NORMAL:
            return False
        status = self._statuses.of(patient, ins, who).status
        if status is not RecordStatus.EXPIRED or self._consent_question(patient, who, OpenWish(), status):
            return False
        self._change(Action.ADD, patient, ins, who, record)
        return True

    # ------------------------------------------------------------ steps

    def _remember(self, record: OpenRecord, patient: Patient, who: Who, wish: OpenWish) -> None:
        if wish.secret_connection and not self._secrecy.is_minor(patient):
            raise MessageInvalid("secret_connection: for minors only")
        if wish.secret_connection is not None:
            self._secrecy.answered(who.structure.national_id, patient, secret=wish.secret_connection)
            record.secret = wish.secret_connection

    def _note_answers(self, patient: Patient, who: Who, wish: OpenWish) -> None:
        if wish.informed:
            self._agreements.note_informed(patient, who)
        if wish.consent is not None:
            self._agreements.note(patient, who, agrees=wish.consent)

    def _question(
        self, record: OpenRecord, patient: Patient, who: Who, wish: OpenWish, status: RecordStatus
    ) -> Question | None:
        if self._asks_a_minor(record, patient):
            return Question.SECRET_CONNECTION
        return self._consent_question(patient, who, wish, status)

    def _consent_question(self, patient: Patient, who: Who, wish: OpenWish, status: RecordStatus) -> Question | None:
        """What is missing before the record is read: who said no is asked again, whatever the DMP allows."""
        said = self._agreements.of(patient, who)
        if wish.consent or self._agreements.lets_in(patient, who, said, status):
            return None
        refused = self._agreements.refused(patient, who, said)
        if refused or status in _NO_RIGHT:
            presumes = not refused and not self._agreements.withdrawn(patient, who, status)
            return self._before_td03(said, status, presumes=presumes)
        return None

    def _before_td03(self, said: ConsentState, status: RecordStatus, *, presumes: bool) -> Question | None:
        presumes = presumes and said.opposed_to_feeding is None
        if presumes and self._settings.authorisation is Reading.PRESUMED_CONSENT:
            return None if said.informed else Question.INFORMATION
        return Question.RENEWAL if status is RecordStatus.EXPIRED else Question.CONSENT

    def _asks_a_minor(self, record: OpenRecord, patient: Patient) -> bool:
        return record.secret is None and self._parameters().manages_minors and self._secrecy.is_minor(patient)

    def _break_glass(
        self, record: OpenRecord, patient: Patient, who: Who, wish: OpenWish, status: RecordStatus
    ) -> Opening:
        """Neither consent nor TD0.3: a reason, which goes to the DMP with every question (section 6)."""
        reason = (wish.justification or "").strip()
        if not reason:
            return Opening(status=status, open=False, ask=Question.JUSTIFICATION)
        access = Access(Purpose.BRIS_DE_GLACE, reason, record.secret or False)
        return self._enter(record, patient, who, access, status)

    def _enter(self, record: OpenRecord, patient: Patient, who: Who, access: Access, status: RecordStatus) -> Opening:
        self._record_in_audit("record.opened", patient, who, access)
        emergency = access.purpose is not Purpose.NORMAL
        until = self._clock.now() + self._settings.emergency_lasts if emergency else None
        record.enter(access, until)
        if not emergency:
            self._agreements.was_let_in(patient, who)
        return Opening(
            status=status,
            open=True,
            purpose=access.purpose,
            secret_connection=access.secret_connection,
            open_until=until,
        )

    def _change(self, action: Action, patient: Patient, ins: Ins, who: Who, record: OpenRecord) -> RecordStatus:
        access = Access(secret_connection=record.secret or False)
        self._record_in_audit(f"record.authorisation_{action.name.lower()}", patient, who, access)
        message = td03_authorisation.build(action)
        td03_authorisation.read(self._exchange.ask(message, who, ins, access, patient=patient.host_id))
        status = RecordStatus.AUTHORISED if action is Action.ADD else RecordStatus.NOT_AUTHORISED
        self._statuses.put(patient, ins, who, status)
        if action is Action.ADD:
            self._agreements.was_let_in(patient, who)
        return status

    def _record_in_audit(self, action: str, patient: Patient, who: Who, access: Access) -> None:
        self._audit.record(
            action,
            patient=patient.host_id,
            structure=who.structure.national_id,
            operator=who.operator.id,
            author=who.author.national_id,
            purpose=str(access.purpose),
            mode=str(self._exchange.mode),
            right="secret_connection" if access.secret_connection else None,
            reason=str(self._settings.authorisation) if access.purpose is Purpose.NORMAL else None,
        )
