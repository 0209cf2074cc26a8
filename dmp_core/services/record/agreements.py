"""What a patient answered about reading, and how long the answer lets the professional in by itself.

An agreement is good for one TD0.3. Where the DMP has none any more though the professional was let in since, the
patient withdrew it (Mon espace santé): it is never added again before somebody says so anew (EX_0.3-1010).
"""

import json
from datetime import datetime, timedelta
from typing import Final

from dmp_core.errors import OutboxUnreadable
from dmp_core.model.consent import ConsentKind, ConsentState
from dmp_core.model.document import RecordStatus
from dmp_core.model.identity import Patient
from dmp_core.model.practitioner import Who
from dmp_core.ports import Clock, PatientFile
from dmp_core.services.people.consent import Consents

REFUSAL: Final = "reading-refused"
"""Kind of what the patients' file keeps of a patient who was asked and said no: empty where they said yes later."""
LET_IN: Final = "let-in"
"""Kind of when each professional was last let in, by PS_IdNat."""

_JUST_NOW: Final = timedelta(days=1)


class Agreements:
    """Kept in the patients' file. Raises OutboxUnreadable: what cannot be read is never taken for a yes."""

    def __init__(self, consents: Consents, patients: PatientFile, clock: Clock) -> None:
        self._consents = consents
        self._patients = patients
        self._clock = clock

    def note(self, patient: Patient, who: Who, *, agrees: bool) -> None:
        """Keep the answer; the consents keep no refusal of somebody who never agreed."""
        self._consents.record(patient.host_id, ConsentKind.AGREES_TO_READING, who, given=agrees)
        said = b"" if agrees else b"refused"
        if (self._read(patient, who, REFUSAL) or b"") != said:
            self._write(patient, who, REFUSAL, said)

    def note_informed(self, patient: Patient, who: Who) -> None:
        self._consents.record(patient.host_id, ConsentKind.INFORMED, who)

    def of(self, patient: Patient, who: Who) -> ConsentState:
        return self._consents.of(who.structure.national_id, patient.host_id)

    def refused(self, patient: Patient, who: Who, said: ConsentState) -> bool:
        """Whether the patient's last word about reading was no."""
        about_reading = [one for one in said.history if one.kind is ConsentKind.AGREES_TO_READING]
        if said.agrees_to_reading is not None:
            return False
        took_back = bool(about_reading) and not about_reading[-1].given
        return took_back or bool(self._read(patient, who, REFUSAL))

    def lets_in(self, patient: Patient, who: Who, said: ConsentState, status: RecordStatus) -> bool:
        """Whether an agreement holds: always for one that expired; where the DMP has none, one of today, unused."""
        agreed = said.agrees_to_reading
        if agreed is None:
            return False
        if status is RecordStatus.EXPIRED:
            return True
        fresh = self._clock.now() - agreed.at < _JUST_NOW
        return fresh and not self._used(patient, who, agreed.at, status)

    def withdrawn(self, patient: Patient, who: Who, status: RecordStatus) -> bool:
        """Whether the DMP lets nobody in where this professional was: the patient withdrew it."""
        return status is RecordStatus.NOT_AUTHORISED and who.author.national_id in self._let_in(patient, who)

    def was_let_in(self, patient: Patient, who: Who) -> None:
        """The DMP lets the professional in now: what the patient agreed to is used."""
        known, agreed = self._let_in(patient, who), self.of(patient, who).agrees_to_reading
        last = known.get(who.author.national_id)
        if last is None or (agreed is not None and last < agreed.at):
            kept = {one: at.isoformat() for one, at in known.items()}
            kept[who.author.national_id] = self._clock.now().isoformat()
            self._write(patient, who, LET_IN, json.dumps(kept).encode())

    def _used(self, patient: Patient, who: Who, agreed_at: datetime, status: RecordStatus) -> bool:
        last = self._let_in(patient, who).get(who.author.national_id)
        return status is RecordStatus.NOT_AUTHORISED and last is not None and last >= agreed_at

    def _let_in(self, patient: Patient, who: Who) -> dict[str, datetime]:
        kept = self._read(patient, who, LET_IN)
        if not kept:
            return {}
        try:
            return {str(one): datetime.fromisoformat(at) for one, at in json.loads(kept).items()}
        except (ValueError, TypeError, AttributeError) as error:
            raise OutboxUnreadable("what this program does not know of who was let in") from error

    def _read(self, patient: Patient, who: Who, kind: str) -> bytes | None:
        return self._patients.read(who.structure.national_id, patient.host_id, kind)

    def _write(self, patient: Patient, who: Who, kind: str, value: bytes) -> None:
        self._patients.write(who.structure.national_id, patient.host_id, kind, value, now=self._clock.now())
