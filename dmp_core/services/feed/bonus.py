"""The bonus gauge: of the finished acts that count, how many fed the DMP, against 90 %, in one calendar year.

The acts are what the host declared; what became of each is read in the outbox when the report is made.
"""

import csv
import io
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from dmp_core.errors import NotWanted, PatientOpposed
from dmp_core.model.act import Act
from dmp_core.model.item import CancelReason, OutboxItem, State, WithdrawReason
from dmp_core.model.practitioner import Right, Who
from dmp_core.outbox import corrections
from dmp_core.ports import ActStore, OutboxStore
from dmp_core.services.people import rights
from dmp_core.services.people.consent import Consents

TARGET: Final = 90  # %, of the convention of 9 March 2022
_NOT_SAVED: Final = "Aucun document enregistré"


class ActState(StrEnum):
    """What became of an act."""

    FED = "fed"
    MISSING = "missing"
    REFUSED = "refused_by_patient"


@dataclass(frozen=True, slots=True)
class ActShown:
    """One act, and where its document stands, in French."""

    act: Act
    state: ActState
    label: str


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts of some acts. What patients refused stands apart: it is neither fed nor missing."""

    finished: int = 0
    fed: int = 0
    refused: int = 0

    @classmethod
    def of(cls, acts: Iterable[ActShown]) -> "Figures":
        states = [each.state for each in acts]
        return cls(len(states), states.count(ActState.FED), states.count(ActState.REFUSED))

    @property
    def missing(self) -> int:
        return self.finished - self.fed - self.refused

    @property
    def percent(self) -> float | None:
        """Fed, in % of all that was finished, refusals included; one decimal, never rounded up. None: nothing yet."""
        return self.fed * 1000 // self.finished / 10 if self.finished else None

    @property
    def percent_without_refusals(self) -> float | None:
        """The same, of what patients did not refuse."""
        accepted = self.finished - self.refused
        return self.fed * 1000 // accepted / 10 if accepted else None

    @property
    def reached(self) -> bool:
        """Whether all that was finished reaches the target, refusals counted against it: never too good."""
        return bool(self.finished) and self.fed * 100 >= TARGET * self.finished


@dataclass(frozen=True, slots=True)
class Report:
    """One year. `types`: those that count, then the others. `operators` only where it was asked for."""

    year: int
    total: Figures
    types: dict[str, Figures]
    counted: frozenset[str]
    missing: tuple[ActShown, ...]
    refused: tuple[ActShown, ...]
    operators: dict[str, Figures] | None
    acts: tuple[ActShown, ...]


class Bonus:
    """Declares acts and reports on them."""

    def __init__(self, acts: ActStore, outbox: OutboxStore, consents: Consents, *, counted: frozenset[str]) -> None:
        """`counted`: the types of document of the acts that count."""
        self._acts = acts
        self._outbox = outbox
        self._consents = consents
        self._counted = counted

    def declare(self, acts: Sequence[Act], who: Who | None, *, finished: bool = True) -> None:
        """Keep what the host knows as finished; `finished` false takes it back. The same record again replaces it.

        Raises RightMissing, ProfessionalMissing, OutboxFull.
        """
        who = rights.require(who, Right.FEED)
        structure = who.structure.national_id
        if not finished:
            self._acts.retract(structure, acts)
            return
        named = [act if act.operator else act.model_copy(update={"operator": who.operator.id}) for act in acts]
        self._acts.declare(structure, named)

    def report(self, year: int, who: Who | None, *, per_operator: bool = False) -> Report:
        """The gauge of a calendar year. Figures per operator are for whoever administers.

        Raises RightMissing, ProfessionalMissing, OutboxUnreadable.
        """
        who = (
            rights.require(who, Right.ADMINISTER)
            if per_operator
            else rights.require_any(who, Right.FEED, Right.ADMINISTER)
        )
        structure = who.structure.national_id
        shown = tuple(self._shown(structure, act) for act in self._acts.of_year(structure, year))
        counting = [each for each in shown if each.act.type_id in self._counted]
        return Report(
            year=year,
            total=Figures.of(counting),
            types=_by(shown, lambda each: each.act.type_id),
            counted=self._counted,
            missing=tuple(each for each in counting if each.state is ActState.MISSING),
            refused=tuple(each for each in counting if each.state is ActState.REFUSED),
            operators=_by(counting, lambda each: each.act.operator or "") if per_operator else None,
            acts=shown,
        )

    def _shown(self, structure: str, act: Act) -> ActShown:
        items = [one for one in self._outbox.of_record(structure, act.record) if one.type_id == act.type_id]
        fed = next((one for one in reversed(items) if one.state is State.SENT and not one.withdrawn), None)
        if fed:
            return ActShown(act, ActState.FED, corrections.label_of(fed))
        last = items[-1] if items else None
        label = corrections.label_of(last) if last else _NOT_SAVED
        refused = act.refused or (last is not None and _patient_refused(last)) or self._opposes(structure, act)
        return ActShown(act, ActState.REFUSED if refused else ActState.MISSING, label)

    def _opposes(self, structure: str, act: Act) -> bool:
        return bool(act.host_id) and bool(self._consents.of(structure, act.host_id or "").opposed_to_feeding)


def as_csv(report: Report) -> str:
    """One line an act, oldest first, `;` between fields as French spreadsheets read it; operators as in the report."""
    text = io.StringIO()
    table = csv.writer(text, delimiter=";", lineterminator="\r\n")
    more = ["operateur"] if report.operators is not None else []
    table.writerow(["annee", "type", "compte", "dossier", "date", "etat", "detail", *more])
    for each in report.acts:
        act = each.act
        counts = "oui" if act.type_id in report.counted else "non"
        row = [
            str(report.year),
            act.type_id,
            counts,
            act.record,
            act.done_on.isoformat(),
            _STATES[each.state],
            each.label,
        ]
        table.writerow([_harmless(cell) for cell in [*row, *([act.operator or ""] if more else [])]])
    return text.getvalue()


_STATES: Final = {ActState.FED: "alimenté", ActState.MISSING: "manquant", ActState.REFUSED: "refus du patient"}


def _harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: the keys are the host's own texts."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def _by(acts: Iterable[ActShown], key: Callable[[ActShown], str]) -> dict[str, Figures]:
    groups: defaultdict[str, list[ActShown]] = defaultdict(list)
    for each in acts:
        groups[key(each)].append(each)
    return {name: Figures.of(groups[name]) for name in sorted(groups)}


def _patient_refused(item: OutboxItem) -> bool:
    """The document was cancelled, or taken out of the DMP, because the patient wanted it."""
    if item.withdrawn:
        return item.withdrawn.reason is WithdrawReason.PATIENT_REQUEST
    if item.state is not State.CANCELLED or item.fault is None:
        return False
    opposed_to_this = item.fault.code == NotWanted.code and item.fault.detail == CancelReason.PATIENT_OPPOSED
    return item.fault.code == PatientOpposed.code or opposed_to_this
