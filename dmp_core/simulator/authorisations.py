"""Whom a patient lets in, until when, and whom they block. A patient goes by the simulator's own number."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from dmp_core.simulator.storage import Storage

_COLUMNS: Final = "patient, practitioner, until, since, last_action, medecin_traitant"
HALF_A_YEAR: Final = timedelta(days=183)


class Access(StrEnum):
    """`AUTORISATION` of TD0.2. Only `VALIDE` was seen on the wire; the others are a vendor's spelling [T: S15]."""

    VALID = "VALIDE"
    EXPIRED = "EXPIRE"
    FORBIDDEN = "INTERDIT"
    NONE = "NON_EXISTE"


@dataclass(frozen=True, slots=True)
class Authorisation:
    """One professional and one patient. `until`: None for a professional whom the patient blocks."""

    patient: int
    practitioner: str
    until: datetime | None
    since: datetime
    last_action: datetime
    medecin_traitant: bool = False

    def access(self, at: datetime) -> Access:
        if self.until is None:
            return Access.FORBIDDEN
        return Access.VALID if at < self.until else Access.EXPIRED


class Authorisations:
    """Kept in the simulator's file."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def put(self, authorisation: Authorisation) -> None:
        """In the place of what was said of these two before."""
        row = (
            authorisation.patient,
            authorisation.practitioner,
            authorisation.until.isoformat() if authorisation.until else None,
            authorisation.since.isoformat(),
            authorisation.last_action.isoformat(),
            authorisation.medecin_traitant,
        )
        with self._storage.transaction() as connection:
            connection.execute("INSERT OR REPLACE INTO authorisation VALUES (?, ?, ?, ?, ?, ?)", row)

    def remove(self, patient: int, practitioner: str) -> None:
        with self._storage.transaction() as connection:
            connection.execute(
                "DELETE FROM authorisation WHERE patient = ? AND practitioner = ?", (patient, practitioner)
            )

    def acted(self, patient: int, practitioner: str, at: datetime) -> None:
        """The professional was in the record just now."""
        with self._storage.transaction() as connection:
            connection.execute(
                "UPDATE authorisation SET last_action = ? WHERE patient = ? AND practitioner = ?",
                (at.isoformat(), patient, practitioner),
            )

    def find(self, patient: int | None, practitioner: str) -> Authorisation | None:
        found = self._select("patient = ? AND practitioner = ?", patient, practitioner)
        return found[0] if found else None

    def of_patient(self, patient: int) -> list[Authorisation]:
        return self._select("patient = ?", patient)

    def of_practitioner(self, practitioner: str) -> list[Authorisation]:
        return self._select("practitioner = ?", practitioner)

    def access(self, patient: int | None, practitioner: str, at: datetime) -> Access:
        """What a professional may do with the record of a patient at that time."""
        found = self.find(patient, practitioner)
        return found.access(at) if found else Access.NONE

    def _select(self, condition: str, *values: Any) -> list[Authorisation]:
        statement = f"SELECT {_COLUMNS} FROM authorisation WHERE {condition} ORDER BY since, rowid"  # noqa: S608 - constants of ours
        return [_authorisation(*row) for row in self._storage.rows(statement, *values)]


def _authorisation(
    patient: int, practitioner: str, until: str | None, since: str, last_action: str, medecin_traitant: int
) -> Authorisation:
    end = datetime.fromisoformat(until) if until else None
    start, last = datetime.fromisoformat(since), datetime.fromisoformat(last_action)
    return Authorisation(patient, practitioner, end, start, last, bool(medecin_traitant))
