"""What the patients of the pharmacy said: kept per patient, dated, by whom. An opposition stops what is not sent."""

from collections.abc import Callable, Sequence
from datetime import datetime
from threading import Lock
from typing import Final

from pydantic import ValidationError

from dmp_core.errors import OutboxUnreadable, PatientOpposed
from dmp_core.model.consent import ConsentKind, ConsentSaid, ConsentState
from dmp_core.model.item import OutboxItem
from dmp_core.model.practitioner import Right, Who
from dmp_core.ports import Audit, Clock, PatientFile
from dmp_core.services.people import rights

KIND: Final = "consent"


class Consents:
    """Records and tells what each patient said. Whoever may feed or read may record it."""

    def __init__(
        self,
        patients: PatientFile,
        audit: Audit,
        *,
        clock: Clock,
        cancel: Callable[[str, str, datetime], Sequence[OutboxItem]],
    ) -> None:
        """`cancel(structure, host_id, since)` cancels what waits for that patient; what was from `since` on."""
        self._patients = patients
        self._audit = audit
        self._clock = clock
        self._cancel = cancel
        self._writing = Lock()

    def of(self, structure: str, host_id: str) -> ConsentState:
        """What holds for this patient. Raises OutboxUnreadable: what cannot be read is never taken for a yes."""
        kept = self._patients.read(structure, host_id, KIND)
        if kept is None:
            return ConsentState()
        try:
            return ConsentState.model_validate_json(kept)
        except ValidationError as error:
            raise OutboxUnreadable("a consent that this program does not know") from error

    def show(self, host_id: str, who: Who | None) -> ConsentState:
        """The same for whoever may feed or read. Raises RightMissing, ProfessionalMissing, OutboxUnreadable."""
        who = rights.require_any(who, Right.READ, Right.FEED)
        return self.of(who.structure.national_id, host_id)

    def record(
        self, host_id: str, kind: ConsentKind, who: Who | None, *, given: bool = True
    ) -> tuple[ConsentState, Sequence[OutboxItem]]:
        """Keep what the patient said now (`given` False: took back); what holds then, and the feeds that it cancelled.

        Said twice, it is kept once, with its first date. Raises RightMissing, ProfessionalMissing, AuditUnavailable,
        OutboxUnreadable, OutboxFull.
        """
        who = rights.require_any(who, Right.READ, Right.FEED)
        structure, since = who.structure.national_id, self._clock.now()
        with self._writing:
            state = self.of(structure, host_id)
            if (getattr(state, kind) is not None) is not given:
                state = self._keep(
                    host_id,
                    state,
                    ConsentSaid(kind=kind, given=given, at=self._clock.now(), by=who.operator.id),
                    structure,
                )
        cancelled = self._cancel(structure, host_id, since) if state.opposed_to_feeding else ()
        return state, cancelled

    def require_unopposed(self, item: OutboxItem) -> None:
        """Raises PatientOpposed where the patient of `item` does not want to be fed, OutboxUnreadable."""
        if item.patient and self.of(item.who.structure.national_id, item.patient.host_id).opposed_to_feeding:
            raise PatientOpposed("the patient opposed feeding")

    def _keep(self, host_id: str, state: ConsentState, said: ConsentSaid, structure: str) -> ConsentState:
        after = state.after(said)
        self._audit.record(
            "consent.recorded",
            structure=structure,
            operator=said.by,
            patient=host_id,
            reason=str(said.kind),
            state="given" if said.given else "withdrawn",
        )
        self._patients.write(structure, host_id, KIND, after.model_dump_json().encode(), now=said.at)
        return after
