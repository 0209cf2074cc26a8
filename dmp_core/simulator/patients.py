"""The patients' records at the DMP: open or closed, who may look inside, what else the DMP knows of them."""

import json
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

from dmp_core.simulator.authorisations import HALF_A_YEAR, Access, Authorisation, Authorisations
from dmp_core.simulator.storage import Storage

__all__ = ["Access", "PatientRecord", "Patients", "Postal", "RecordState", "Relation"]

_LONG_AGO: Final = datetime(2020, 1, 1, tzinfo=UTC)


class RecordState(StrEnum):
    """`ABSENT`: the patient is known but has no DMP (TD0.2 answers NF, as for somebody unknown)."""

    ABSENT = "absent"
    ACTIVE = "active"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Postal:
    """A postal address as the DMP tells it."""

    lines: tuple[str, ...] = field(default=(), repr=False)
    postal_code: str = field(default="", repr=False)
    city: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Relation:
    """Somebody to warn, or a legal representative. `code`: HL7 RoleCode (FTH, MTH, SPS...), `ECON` for whom to warn."""

    code: str
    family: str = field(repr=False)
    given: str = field(default="", repr=False)
    telecoms: tuple[str, ...] = field(default=(), repr=False)
    address: Postal | None = field(default=None, repr=False)


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
    masked_in_emergency: bool = False  # documents masked to professionals show in an emergency
    civility: str = ""
    telecoms: tuple[str, ...] = field(default=(), repr=False)  # `tel:`, `mailto:`
    address: Postal | None = field(default=None, repr=False)
    birth_place_code: str = field(default="", repr=False)  # COG
    relations: tuple[Relation, ...] = field(default=(), repr=False)

    def age(self, at: datetime) -> int | None:
        """In years at that time; None where the date of birth is no date of the calendar."""
        try:
            born = datetime.strptime(self.birth_date, "%Y%m%d")  # noqa: DTZ007 - a day
        except ValueError:
            return None
        return at.year - born.year - ((at.month, at.day) < (born.month, born.day))


class Patients:
    """Records and authorisations in the simulator's file. A patient goes by any CX of theirs."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self.authorisations = Authorisations(storage)

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

    def by_number(self, number: int) -> PatientRecord | None:
        found = self._storage.rows("SELECT record FROM patient WHERE id = ?", number)
        return _record(json.loads(found[0][0])) if found else None

    def authorise(self, cx: str, practitioner_id: str, *, until: datetime) -> None:
        """Let a professional in until then; a time that is past makes an authorisation that has expired."""
        since = until - HALF_A_YEAR
        self.authorisations.put(Authorisation(self._known(cx), practitioner_id, until, since, since))

    def forbid(self, cx: str, practitioner_id: str) -> None:
        """The patient blocks a professional."""
        number = self._known(cx)
        before = self.authorisations.find(number, practitioner_id)
        since = before.since if before else _LONG_AGO
        self.authorisations.put(Authorisation(number, practitioner_id, None, since, since))

    def access(self, cx: str, practitioner_id: str, at: datetime) -> Access:
        """What a professional may do with the record of a patient at that time."""
        return self.authorisations.access(self.number(cx), practitioner_id, at)

    def _known(self, cx: str) -> int:
        number = self.number(cx)
        if number is None:
            raise KeyError("no patient of the simulator bears this INS")
        return number


def _record(data: dict[str, Any]) -> PatientRecord:
    values = {
        "ins": tuple(data["ins"]),
        "state": RecordState(data["state"]),
        "telecoms": tuple(data["telecoms"]),
        "address": _postal(data["address"]),
        "relations": tuple(
            Relation(**one | {"telecoms": tuple(one["telecoms"]), "address": _postal(one["address"])})
            for one in data["relations"]
        ),
    }
    return PatientRecord(**data | values)


def _postal(data: dict[str, Any] | None) -> Postal | None:
    return Postal(**data | {"lines": tuple(data["lines"])}) if data else None
