"""Who did what with the DMP: the audit, read by who administers; each reading of a VIHF is itself recorded.

So is the reading of what was done to one patient's record.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from dmp_core.errors import NotFound
from dmp_core.model.access import Purpose
from dmp_core.model.practitioner import Right, Who
from dmp_core.ports import Audit, AuditBreak
from dmp_core.services.people import rights

_ANSWERED: Final = "dmp.asked"
_ASKING: Final = "dmp.asking"
_ALLOWED: Final = 5000  # records of one patient that are shown: the newest


@dataclass(frozen=True, slots=True)
class Done:
    """One thing done, or refused, about a patient. `purpose`: `normal`, `bris_de_glace`.

    `result`: `ok` or a code, `unanswered` for a question to the DMP of which nobody knows what became of it.
    """

    at: datetime
    action: str
    operator: str | None
    author: str | None
    purpose: str | None
    result: str
    unique_id: str | None
    count: int | None
    detail: str | None
    transaction: str | None = None  # of an exchange with the DMP


class Review:
    """The audit of one folder of data. Every call raises RightMissing, ProfessionalMissing, AuditError."""

    def __init__(self, audit: Audit) -> None:
        self._audit = audit

    def records(
        self, who: Who | None, *, since: datetime | None = None, transaction: str | None = None
    ) -> Iterator[Mapping[str, Any]]:
        """Oldest first: identifiers and codes, no person's data."""
        rights.require(who, Right.ADMINISTER)
        return (
            record
            for record in self._audit.records()
            if (since is None or datetime.fromisoformat(record["at"]) >= since)
            and (transaction is None or record.get("transaction") == transaction)
        )

    def of_patient(
        self,
        host_id: str,
        who: Who | None,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        operator: str | None = None,
        action: str | None = None,
    ) -> Sequence[Done]:
        """What was done about one patient of the host, newest first; `action`: the beginning of its name.

        A question to the DMP and its answer are one line. The reading is itself recorded.
        """
        who = rights.require(who, Right.ADMINISTER)
        wanted = self._audit.as_told(host_id)
        found: list[Done] = []
        answered: set[str] = set()  # assertions of the exchanges that ended
        for record in self._audit.latest():
            at = datetime.fromisoformat(record["at"])
            if since is not None and at < since:
                break
            if record["action"] == _ANSWERED:
                answered.add(record["assertion_id"])
            elif record["action"] == _ASKING and record["assertion_id"] in answered:
                continue
            if (
                record.get("patient") == wanted
                and (until is None or at < until)
                and operator in (None, record.get("operator"))
                and record["action"].startswith(action or "")
            ):
                found.append(_done(at, record))
                if len(found) == _ALLOWED:
                    break
        self._audit.record(
            "audit.patient_read", patient=host_id, structure=who.structure.national_id, operator=who.operator.id
        )
        return found

    def record(self, number: int, who: Who | None) -> Mapping[str, Any]:
        """One record. Raises NotFound."""
        rights.require(who, Right.ADMINISTER)
        found = next((each for each in self._audit.records() if each["number"] == number), None)
        if found is None:
            raise NotFound("the audit has no such record")
        return found

    def vihf(self, number: int, who: Who | None) -> bytes:
        """The VIHF that was shown to the DMP in that exchange, byte for byte (EX_AIR-070). It names the patient.

        Raises NotFound where the record is of no exchange.
        """
        who = rights.require(who, Right.ADMINISTER)
        kept = self._audit.enclosed(number)
        if kept is None:
            raise NotFound("no VIHF was kept with this record: those of `dmp.asking` have one")
        self._audit.record(
            "audit.vihf_read", structure=who.structure.national_id, operator=who.operator.id, reason=f"record-{number}"
        )
        return kept

    def verify(self, who: Who | None) -> AuditBreak | None:
        """Where the audit is not as it was written; None where it is whole."""
        rights.require(who, Right.ADMINISTER)
        return self._audit.verify()


def as_csv(done: Sequence[Done]) -> str:
    """One line each, `;` between fields as French spreadsheets read it. Times in ISO 8601, UTC."""
    text = io.StringIO()
    table = csv.writer(text, delimiter=";", lineterminator="\r\n")
    table.writerow(
        [
            "date",
            "action",
            "operateur",
            "professionnel",
            "motif_acces",
            "resultat",
            "document",
            "nombre",
            "detail",
            "transaction",
        ]
    )
    for one in done:
        facts = (
            one.at.isoformat(),
            one.action,
            one.operator,
            one.author,
            one.purpose,
            one.result,
            one.unique_id,
            one.count,
            one.detail,
            one.transaction,
        )
        table.writerow(["" if fact is None else _harmless(str(fact)) for fact in facts])
    return text.getvalue()


def _harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: references are the host's own texts."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def _done(at: datetime, record: Mapping[str, Any]) -> Done:
    return Done(
        at=at,
        action=record["action"],
        operator=record.get("operator"),
        author=record.get("author"),
        purpose=record.get("purpose") or (str(Purpose.NORMAL) if record.get("transaction") else None),
        result=record.get("code") or record.get("result") or _unsaid(record["action"]),
        unique_id=record.get("unique_id"),
        count=record.get("count"),
        detail=":".join(record[name] for name in ("reason", "state") if record.get(name)) or None,
        transaction=record.get("transaction"),
    )


def _unsaid(action: str) -> str:
    """The result of a record that names none."""
    if action == _ASKING:
        return "unanswered"
    return "refused" if action.startswith("refused.") else "ok"
