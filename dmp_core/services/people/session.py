"""The counter as the host describes it: who works, and which patients are open."""

from collections.abc import Callable

from dmp_core.errors import NotFound
from dmp_core.model.identity import Ins, Patient
from dmp_core.model.practitioner import Who


class Session:
    """One host, one seat. Nothing of it is kept after the bridge ends."""

    def __init__(self, on_operator: Callable[[Who | None], None] = lambda _: None) -> None:
        """`on_operator` hears who works from now on."""
        self._on_operator = on_operator
        self.who: Who | None = None
        self._patients: dict[str, Patient] = {}

    def operator_changed(self, who: Who | None) -> None:
        """Another person works from now on; None: nobody does."""
        self.who = who
        self._on_operator(who)

    def opened(self, patient: Patient) -> None:
        """The host shows this patient, or changed what it knows of them."""
        self._patients.pop(patient.host_id, None)
        self._patients[patient.host_id] = patient

    def changed(self, patient: Patient) -> None:
        """More is known of this patient; nothing where the host has left them."""
        if patient.host_id in self._patients:
            self._patients[patient.host_id] = patient

    def with_ins(self, ins: Ins) -> tuple[Patient, ...]:
        """The open patients of that INS: one, or two files of the same person."""
        return tuple(patient for patient in list(self._patients.values()) if patient.ins == ins)

    def closed(self, host_id: str) -> None:
        self._patients.pop(host_id, None)

    def all_closed(self) -> None:
        """Nobody is at this counter any more."""
        self._patients.clear()

    @property
    def current(self) -> Patient | None:
        """The patient opened last and not closed since."""
        return next(reversed(list(self._patients.values())), None)

    def patient(self, host_id: str) -> Patient:
        """The open patient of that reference. Raises NotFound."""
        try:
            return self._patients[host_id]
        except KeyError:
            raise NotFound("this patient is not open: patient/opened comes first") from None
