"""The counter as the host describes it: who works, and which patients are open."""

from dmp_core.errors import NotFound
from dmp_core.model.identity import Patient
from dmp_core.model.practitioner import Who


class Session:
    """One host, one seat. Nothing of it is kept after the bridge ends."""

    def __init__(self) -> None:
        self.who: Who | None = None
        self._patients: dict[str, Patient] = {}

    def operator_changed(self, who: Who | None) -> None:
        """Another person works from now on; None: nobody does."""
        self.who = who

    def opened(self, patient: Patient) -> None:
        """The host shows this patient, or changed what it knows of them."""
        self._patients[patient.host_id] = patient

    def closed(self, host_id: str) -> None:
        self._patients.pop(host_id, None)

    def patient(self, host_id: str) -> Patient:
        """The open patient of that reference. Raises NotFound."""
        try:
            return self._patients[host_id]
        except KeyError:
            raise NotFound("this patient is not open: patient/opened comes first") from None
