"""The patients' records at the DMP: open or closed, who may look inside, what else the DMP knows of them."""

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from dmp_core.simulator.storage import Storage


class RecordState(StrEnum):
    """`ABSENT`: the patient is known but has no DMP (TD0.2 answers NF, as for somebody unknown)."""

    ABSENT = "absent"
    ACTIVE = "active"
    CLOSED = "closed"


class Access(StrEnum):
    """`AUTORISATION` of TD0.2. Only `VALIDE` was seen on the wire; the others are a vendor's spelling [T: S15]."""

    VALID = "VALIDE"
    EXPIRED = "EXPIRE"
    FORBIDDEN = "INTERDIT"
    NONE = "NON_EXISTE"


@dataclass(frozen=True, slots=True)
class PatientRecord:
    """One patient. `ins`: every CX that names them, the present one first. Dates as `yyyyMMdd`."""

    ins: tuple[str, ...] = field(repr=False)
    birth_name: str = field(repr=False)
    birth_given: str = field(repr=False)
    sex: str = field(repr=False)
    birth_date: str = field(repr=False)
    used_name: str = field(default="", repr=False)
    used_given: str = field(default="", repr=False)
    state: RecordState = RecordState.ACTIVE
    closed_on: str = ""
    attached_to_ens: bool = True  # RATTACHEMENT_ENS
    internet_account: bool = True  # COMPTE_INTERNET_OUVERT
    opposes_bris_de_glace: bool = False  # OPPOSITION_BRIS_DE_GLACE
    opposes_centre_15: bool = False  # OPPOSITION_ACCES_URGENCE


class Patients:
    """Records and authorisations in the simulator's file. A patient goes by any CX of theirs."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def add(self, record: PatientRecord) -> None:
        """Open a record, or put another state and other traits in the place of what its INS are known with."""
        with self._storage.transaction() as connection:
            known = [number for cx in record.ins if (number := self.number(cx)) is not None]
            text = json.dumps(asdict(record), ensure_ascii=False)
            if known:
                number = known[0]
                connection.execute("UPDATE patient SET record = ? WHERE id = ?", (text, number))
            else:
                number = connection.execute("INSERT INTO patient (record) VALUES (?)", (text,)).lastrowid
            connection.executemany("INSERT OR IGNORE INTO ins VALUES (?, ?)", [(cx, number) for cx in record.ins])

    def number(self, cx: str) -> int | None:
        """The simulator's own number of a patient; None where the INS is unknown."""
        found = self._storage.rows("SELECT patient FROM ins WHERE cx = ?", cx)
        return int(found[0][0]) if found else None

    def find(self, cx: str) -> PatientRecord | None:
        statement = "SELECT record FROM patient JOIN ins ON ins.patient = patient.id WHERE cx = ?"
        found = self._storage.rows(statement, cx)
        return _record(json.loads(found[0][0])) if found else None

    def all(self) -> list[PatientRecord]:
        return [_record(json.loads(row[0])) for row in self._storage.rows("SELECT record FROM patient ORDER BY id")]

    def authorise(self, cx: str, practitioner_id: str, *, until: datetime) -> None:
        """Let a professional in until then; a time that is past makes an authorisation that has expired."""
        self._set(cx, practitioner_id, until.isoformat())

    def forbid(self, cx: str, practitioner_id: str) -> None:
        """The patient blocks a professional."""
        self._set(cx, practitioner_id, None)

    def access(self, cx: str, practitioner_id: str, at: datetime) -> Access:
        """What a professional may do with the record of a patient at that time."""
        statement = "SELECT until FROM authorisation WHERE patient = ? AND practitioner = ?"
        found = self._storage.rows(statement, self.number(cx), practitioner_id)
        if not found:
            return Access.NONE
        until = found[0][0]
        if until is None:
            return Access.FORBIDDEN
        return Access.VALID if at < datetime.fromisoformat(until) else Access.EXPIRED

    def _set(self, cx: str, practitioner_id: str, until: str | None) -> None:
        with self._storage.transaction() as connection:
            row = (self.number(cx), practitioner_id, until)
            connection.execute("INSERT OR REPLACE INTO authorisation VALUES (?, ?, ?)", row)


def _record(data: dict[str, Any]) -> PatientRecord:
    return PatientRecord(**data | {"ins": tuple(data["ins"]), "state": RecordState(data["state"])})
