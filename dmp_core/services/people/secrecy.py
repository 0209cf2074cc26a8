"""What a minor asked for: that their representatives learn neither of the reading of the record nor of what is fed.

A document of a minor under secret connection must be INVISIBLE_REPRESENTANTS_LEGAUX (EX_2.1-1050). The answer outlives
the visit: a document that waits for days leaves as the minor asked when it was saved, or later.
"""

from collections.abc import Callable
from typing import Final

from dmp_core.model.document import Visibility
from dmp_core.model.identity import Patient
from dmp_core.ports import Clock, PatientFile
from dmp_core.services.wire.parameters import Parameters

KIND: Final = "secret-connection"
_YES: Final = b"yes"


class Secrecy:
    """Remembers each minor's last answer."""

    def __init__(self, patients: PatientFile, parameters: Callable[[], Parameters], *, clock: Clock) -> None:
        self._patients = patients
        self._parameters = parameters
        self._clock = clock

    def is_minor(self, patient: Patient) -> bool:
        """Not of age yet (EX_GEN-1550)."""
        born, today = patient.traits.birth_date, self._clock.now().date()
        age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
        return age < self._parameters().age_of_majority

    def answered(self, structure: str, patient: Patient, *, secret: bool) -> None:
        """Keep the answer. Raises OutboxFull, OutboxUnreadable."""
        said = _YES if secret else b""
        if (self._patients.read(structure, patient.host_id, KIND) or b"") != said:
            self._patients.write(structure, patient.host_id, KIND, said, now=self._clock.now())

    def holds(self, structure: str, patient: Patient) -> bool:
        """Whether this patient is a minor who asked for it last. Raises OutboxUnreadable: never taken for a no."""
        return self.is_minor(patient) and self._patients.read(structure, patient.host_id, KIND) == _YES

    def hiding(self, structure: str, patient: Patient | None, visibility: Visibility) -> Visibility:
        """The visibility, hidden from the representatives too where the patient asked for it."""
        if patient is None or visibility.hidden_from_representatives or not self.holds(structure, patient):
            return visibility
        return visibility.model_copy(update={"hidden_from_representatives": True})
