"""The bridge follows the context: whom another program opens is opened there, whom it leaves is closed."""

from datetime import datetime

from way_in.counter import Counter, Refusal
from way_in.fhir_patient import FhirRefused, Vali, patient_of

from host_fhircast.events import CLOSE, OPEN, ContextEvent


class Follower:
    """One context. Called by one thread at a time."""

    def __init__(self, counter: Counter, vali: Vali = "validee") -> None:
        self._counter = counter
        self._vali: Vali = vali
        self._since: datetime | None = None
        self._host_id: str | None = None

    def follow(self, event: ContextEvent) -> None:
        """Do what the event says; one that is older than the present context is ignored (2.5). Raises Refusal.

        Whoever was open before is closed first: where the new patient is refused, nobody is open, not the wrong one.
        """
        if event.name not in (OPEN, CLOSE) or (self._since and event.moment < self._since):
            return
        self._since = event.moment
        host_id = str(event.patient["id"])
        if event.name == CLOSE:
            if host_id == self._host_id:
                self._leave()
            return
        if self._host_id != host_id:
            self._leave()
        try:
            patient = patient_of(event.patient, vali=self._vali)
        except FhirRefused as error:
            self._leave()
            remedy = "Corrigez la fiche du patient dans le logiciel qui l’ouvre."
            raise Refusal("FHIR", error.sentence, remedy, 409) from error
        self._counter.open(patient)
        self._host_id = host_id

    def stand(self, event: ContextEvent | None) -> None:
        """The context as a hub tells it at the start, whatever was followed before; None: nobody. Raises Refusal."""
        self._since = None
        if event is None:
            self._leave()
        else:
            self.follow(event)

    def _leave(self) -> None:
        host_id, self._host_id = self._host_id, None
        if host_id is not None:
            self._counter.close(host_id)
