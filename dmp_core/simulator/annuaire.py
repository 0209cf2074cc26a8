"""The structures and professionals that the simulated DMP knows, and who works where."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from dmp_core.model.practitioner import Practitioner, Structure
from dmp_core.simulator.storage import Storage


@dataclass(frozen=True, slots=True)
class Professional:
    """Whom the directory knows. `specialty`: code of JDV_J01, `G15_21/A`."""

    id: str
    family: str
    given: str
    specialty: str


class Annuaire:
    """Kept in the simulator's file."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def add(
        self,
        structures: Sequence[Structure],
        practitioners: Sequence[Practitioner],
        exercises: Mapping[str, Collection[str]] | None = None,
    ) -> None:
        """Make them known. `exercises`: structures by professional (national ids); None: everybody works everywhere."""
        everywhere = [structure.national_id for structure in structures]
        with self._storage.transaction() as connection:
            rows = [(structure.national_id, structure.name) for structure in structures]
            connection.executemany("INSERT OR REPLACE INTO structure VALUES (?, ?, 1)", rows)
            for practitioner in practitioners:
                number = practitioner.national_id
                places = everywhere if exercises is None else exercises.get(number, ())
                known = (number, practitioner.family, practitioner.given, practitioner.specialty)
                connection.execute("INSERT OR REPLACE INTO practitioner VALUES (?, ?, ?, ?)", known)
                connection.executemany("INSERT OR IGNORE INTO exercise VALUES (?, ?)", [(number, p) for p in places])

    def close_structure(self, structure_id: str) -> None:
        """From now on the structure is inactive."""
        with self._storage.transaction() as connection:
            connection.execute("UPDATE structure SET active = 0 WHERE id = ?", (structure_id,))

    def is_active(self, structure_id: str) -> bool:
        return bool(self._storage.rows("SELECT 1 FROM structure WHERE id = ? AND active = 1", structure_id))

    def works_at(self, practitioner_id: str, structure_id: str) -> bool:
        statement = "SELECT 1 FROM exercise WHERE practitioner = ? AND structure = ?"
        return bool(self._storage.rows(statement, practitioner_id, structure_id))

    def find(self, practitioner_id: str) -> Professional | None:
        found = self._storage.rows("SELECT * FROM practitioner WHERE id = ?", practitioner_id)
        return Professional(*found[0]) if found else None

    def all(self) -> list[Professional]:
        return [Professional(*row) for row in self._storage.rows("SELECT * FROM practitioner ORDER BY id")]

    def practitioners(self) -> list[str]:
        """PS_IdNat of all the professionals known."""
        return [row[0] for row in self._storage.rows("SELECT id FROM practitioner ORDER BY id")]
