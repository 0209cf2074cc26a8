"""*Journal des accès*: who did what with one patient's record, when, why and with which result; for who administers."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar, Final
from zoneinfo import ZoneInfo

from hostbridge.panels.panel import Ask, Drawn, File, Form, Panel
from hostbridge.panels.whose import whose
from hostbridge.protocol.messages import PatientReference
from hostbridge.protocol.review import DoneShown

ACTIONS: Final[Mapping[str, str]] = {
    "record.opened": "DMP ouvert",
    "record.listed": "Liste des documents lue",
    "record.document_read": "Document lu",
    "record.document_imported": "Document enregistré au dossier",
    "record.authorisation_add": "Autorisation ajoutée",
    "record.authorisation_remove": "Autorisation retirée",
    "consent.recorded": "Choix du patient noté",
    "identity.document_seen": "Pièce d’identité contrôlée",
    "identity.decided": "Divergence d’identité tranchée",
    "identity.diverges": "Divergence d’identité signalée",
    "insi.asked": "INSi interrogé",
    "feed.corrected": "Envoi corrigé",
    "audit.patient_read": "Journal de ce patient lu",
}
EXCHANGES: Final[Mapping[str, str]] = {
    "TD0.2": "DMP interrogé : existence et statut",
    "TD0.3": "DMP interrogé : autorisation",
    "TD1.3a": "DMP interrogé : personnes à prévenir",
    "TD1.6": "DMP interrogé : professionnels autorisés",
    "TD2.1": "Document envoyé au DMP",
    "TD3.1": "DMP interrogé : liste des documents",
    "TD3.2": "DMP interrogé : document",
    "TD3.3": "Document changé ou retiré au DMP",
}
"""A question to the DMP and its answer, by the beginning of its official number."""
RESULTS: Final[Mapping[str, str]] = {
    "ok": "Fait", "refused": "Refusé", "unanswered": "Réponse inconnue", "abandoned": "Interrompu",
}  # fmt: skip
KINDS: Final[Mapping[str, str]] = {
    "": "Tout", "record.": "Consultation du DMP", "identity.": "Identité", "consent.": "Choix du patient",
    "dmp.": "Échanges avec le DMP", "feed.": "Corrections d’envois", "refused.": "Refus",
    "audit.": "Lecture du journal",
}  # fmt: skip
PURPOSES: Final[Mapping[str, str]] = {"normal": "Soins", "bris_de_glace": "Urgence (bris de glace)"}
_DAY: Final = timedelta(days=1)


class Journal(Panel):
    """Without the right to administer nothing is shown, and the attempt is recorded."""

    name: ClassVar = "journal"
    title: ClassVar = "Journal des accès"
    template: ClassVar = "journal.html"
    method: ClassVar = "audit/ofPatient"
    opened_with: ClassVar = PatientReference
    actions: ClassVar = ("filter",)
    files: ClassVar = ("table",)

    def draw(self, ask: Ask, opened: PatientReference) -> Drawn:
        return Drawn(self.template, self._values(ask, opened, {}))

    def filter(self, ask: Ask, opened: PatientReference, form: Form) -> Drawn:
        """Those of some days, of one operator, of one kind."""
        return Drawn("journal_rows.html", self._values(ask, opened, form))

    def table(self, ask: Ask, opened: PatientReference, form: Form) -> File:
        """The same as CSV."""
        reviewed = ask(self.method, _question(opened, form) | {"csv": True})
        return File.table(reviewed.csv, "journal-des-acces.csv")

    def _values(self, ask: Ask, opened: PatientReference, form: Form) -> dict[str, Any]:
        done = ask(self.method, _question(opened, form)).done
        return {
            "lines": [(one, _words(one)) for one in done],
            "results": RESULTS,
            "kinds": KINDS,
            "purposes": PURPOSES,
            "chosen": dict(form),
            "access": whose(ask, opened),
        }


def _words(one: DoneShown) -> str:
    """What was done, as the counter says it."""
    if one.transaction is not None:
        found = next(
            (words for number, words in EXCHANGES.items() if one.transaction.startswith(number)), "DMP interrogé"
        )
        return f"{found} ({one.transaction})"
    if one.action.startswith("refused."):
        return f"Refusé : {one.action.removeprefix('refused.')}"
    return ACTIONS.get(one.action, one.action)


def _question(opened: PatientReference, form: Form) -> dict[str, Any]:
    """What is no date asks for nothing; days are those of Paris, the last one included."""
    asked: dict[str, Any] = {"host_id": opened.host_id}
    if (first := _day(form.get("from"))) is not None:
        asked["since"] = _start(first)
    if (last := _day(form.get("to"))) is not None:
        asked["until"] = _start(last + _DAY)
    return asked | {name: form[name].strip() for name in ("operator", "action") if form.get(name, "").strip()}


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def _start(day: date) -> str:
    return datetime.combine(day, time(), ZoneInfo("Europe/Paris")).isoformat()
