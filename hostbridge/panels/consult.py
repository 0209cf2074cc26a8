"""*Accéder au DMP*: the question that stands before the record, its sections and rows, one document, who reads it."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from functools import cache
from typing import Any, ClassVar, Final

from dmp_core.dmp.td09_web import Page
from dmp_core.errors import (
    CardError,
    DmpAbsent,
    DmpAccessDenied,
    DmpError,
    EmergencyOver,
    IdentityError,
    NotFound,
    ProfessionalMissing,
    PscError,
)
from dmp_core.model.codes import value_set
from dmp_core.model.document import Code
from dmp_core.model.names import comparable
from dmp_core.model.sections import words
from hostbridge.panels.onward import lead
from hostbridge.panels.panel import Ask, Drawn, File, Form, Panel
from hostbridge.protocol.messages import PatientReference

_YEARS: Final = timedelta(days=730)
_WAYS: Final[tuple[tuple[type[DmpError], str], ...]] = (
    (IdentityError, "identity"),
    (ProfessionalMissing, "psc"),
    (PscError, "psc"),
    (CardError, "pin"),
    (DmpAccessDenied, "emergency"),
    (EmergencyOver, "emergency"),
)
"""Where the pharmacist goes from an error that stops the reading."""
_FRAME: Final = "sandbox allow-downloads allow-same-origin allow-modals"
"""Without `allow-scripts` nothing of a document runs; its own origin and modals let the window print it."""
PAGES: Final[Mapping[Page, str]] = {
    Page.RECORD: "Dossier du patient",
    Page.DOCUMENTS: "Documents",
    Page.MANAGEMENT: "Gestion du DMP",
    Page.CARE_PATH: "Parcours de soins",
    Page.ACCESS_HISTORY: "Historique des accès",
    Page.WISHES_AND_RIGHTS: "Volontés et droits",
    Page.VACCINATIONS: "Carnet de vaccination",
}


class Consult(Panel):
    """What was answered goes back and forth with the form: the window holds nothing between two requests."""

    name: ClassVar = "consult"
    title: ClassVar = "Accéder au DMP"
    template: ClassVar = "consult.html"
    method: ClassVar = "dmp/access"
    opened_with: ClassVar = PatientReference
    parts: ClassVar = ("start", "emergency", "record", "people", "professionals", "pages", "pulse")
    actions: ClassVar = ("answer", "list", "rows", "show", "keep", "leave", "withdraw", "onward")
    files: ClassVar = ("document",)

    # ------------------------------------------------------------ how it is entered

    def start(self, ask: Ask, opened: PatientReference, _form: Form) -> Drawn:
        """The record where it stands open already, else what opening it gives."""
        try:
            access = ask(self.method, _of(opened))
            if access.open:
                return self._record(ask, opened)
            if access.over:
                raise EmergencyOver("window")
        except DmpError as error:
            return self._stopped(ask, opened, error)
        return self._enter(ask, opened, {})

    def answer(self, ask: Ask, opened: PatientReference, form: Form) -> Drawn:
        """The answer to a question; the next one, the record, or why it stays closed."""
        return self._enter(ask, opened, form)

    def emergency(self, ask: Ask, opened: PatientReference, _form: Form) -> Drawn:
        """The question behind *Accès en urgence*."""
        return Drawn("consult_emergency.html", {"access": self._whose(ask, opened)})

    def leave(self, ask: Ask, opened: PatientReference, _form: Form) -> Drawn:
        """*Quitter le DMP*: the access ends now."""
        ask("dmp/leave", _of(opened))
        return Drawn("consult_left.html")

    def withdraw(self, ask: Ask, opened: PatientReference, _form: Form) -> Drawn:
        """The patient takes the authorisation back."""
        ask("dmp/authorise", _of(opened) | {"change": "withdraw"})
        return Drawn("consult_left.html", {"withdrawn": True})

    def onward(self, ask: Ask, opened: PatientReference, form: Form) -> Drawn:
        """Another window: what stands between is dealt with there."""
        panel = form.get("panel", "")
        return lead(ask, panel, _params_of(panel, opened))

    def pulse(self, ask: Ask, opened: PatientReference, _form: Form) -> Drawn:
        """The banner of an emergency; where the access is over or the patient closed, nothing is shown."""
        return Drawn("consult_pulse.html", {"access": self._whose(ask, opened)})

    # ------------------------------------------------------------ the list

    def record(self, ask: Ask, opened: PatientReference, _form: Form) -> Drawn:
        """The record again, with the list that was made last."""
        return self._record(ask, opened)

    def list(self, ask: Ask, opened: PatientReference, form: Form) -> Drawn:
        """*Chercher*: another list."""
        ask("dmp/listBegin", _of(opened) | _question(ask, form))
        return self.rows(ask, opened, form)

    def rows(self, ask: Ask, opened: PatientReference, form: Form) -> Drawn:
        """The rows so far, those of one section and those with a text where the form says so."""
        return Drawn("consult_rows.html", self._rows(ask, opened, form))

    # ------------------------------------------------------------ one document

    def document(self, ask: Ask, opened: PatientReference, form: Form) -> File:
        """The document itself, for its frame."""
        page = ask("dmp/view", _one(opened, form))
        policy = page.headers["Content-Security-Policy"].replace("sandbox allow-downloads", _FRAME)
        return File(page.html.encode(), {**page.headers, "Content-Security-Policy": policy})

    def show(self, ask: Ask, opened: PatientReference, form: Form) -> Drawn:
        """One document in its frame."""
        page = ask("dmp/view", _one(opened, form))
        standing = self._standings(ask, opened).get(page.entry.unique_id)
        values = {"page": page, "row": page.entry, "standing": standing, "access": ask(self.method, _of(opened))}
        return Drawn("consult_document.html", values)

    def keep(self, ask: Ask, opened: PatientReference, form: Form) -> Drawn:
        """*Enregistrer au dossier*: the host is told."""
        standing = ask("document/import", _one(opened, form))
        return Drawn("consult_kept.html", {"unique_id": standing.unique_id, "standing": standing})

    # ------------------------------------------------------------ around the documents

    def people(self, ask: Ask, opened: PatientReference, _form: Form) -> Drawn:
        """*Personnes à prévenir*."""
        people = ask("dmp/contacts", _of(opened)).contacts
        return Drawn("consult_people.html", {"people": people, "words": words("relations")})

    def professionals(self, ask: Ask, opened: PatientReference, _form: Form) -> Drawn:
        """*Professionnels autorisés* (TD1.6)."""
        found = ask("dmp/authorisations", _of(opened)).professionals
        return Drawn("consult_professionals.html", {"professionals": found})

    def pages(self, ask: Ask, opened: PatientReference, _form: Form) -> Drawn:
        """The DMP's own pages about this patient (TD0.9)."""
        links = [(words, ask("dmp/web", _of(opened) | {"page": page}).url) for page, words in PAGES.items()]
        return Drawn("consult_pages.html", {"links": links})

    # ------------------------------------------------------------ parts

    def _enter(self, ask: Ask, opened: PatientReference, form: Form) -> Drawn:
        wish = _wish(form)
        try:
            opening = ask("dmp/open", _of(opened) | wish)
            if opening.open:
                return self._record(ask, opened)
        except DmpError as error:
            return self._stopped(ask, opened, error)
        values = {"opening": opening, "wish": wish, "access": self._whose(ask, opened)}
        return Drawn("consult_question.html", values)

    def _stopped(self, ask: Ask, opened: PatientReference, error: DmpError) -> Drawn:
        """Why the record is not shown, and where to go from there."""
        way = next((name for kind, name in _WAYS if isinstance(error, kind)), "")
        values = {"error": {"dmp_text": "", **error.as_data()}, "way": way, "again": not isinstance(error, DmpAbsent)}
        return Drawn("consult_stopped.html", values | {"access": self._whose(ask, opened)})

    def _whose(self, ask: Ask, opened: PatientReference) -> Any:
        """The access and its patient; None where the patient is closed or nobody may know."""
        try:
            return ask(self.method, _of(opened))
        except DmpError:
            return None

    def _record(self, ask: Ask, opened: PatientReference) -> Drawn:
        """The whole record; its list is begun where it was not."""
        try:
            ask("dmp/listShow", _of(opened))
        except NotFound:
            ask("dmp/listBegin", _of(opened))
        values = self._rows(ask, opened, {}) | {"access": ask(self.method, _of(opened)), "types": _types()}
        return Drawn("consult_record.html", values)

    def _rows(self, ask: Ask, opened: PatientReference, form: Form) -> dict[str, Any]:
        shown = ask("dmp/listShow", _of(opened))
        text, section = comparable(form.get("text", "")), form.get("section", "")
        entries = [row for row in shown.entries if section in ("", row.section) and _has(row, text)]
        newest = sorted(entries, key=lambda row: row.service_start_time or row.creation_time or "", reverse=True)
        return {
            "answer": shown,
            "entries": sorted(newest, key=lambda row: not (row.new or row.changed)),
            "section": section,
            "standings": self._standings(ask, opened),
            "search": text,
        }

    def _standings(self, ask: Ask, opened: PatientReference) -> dict[str, Any]:
        return {one.unique_id: one for one in ask("document/imports", _of(opened)).documents}


def _of(opened: PatientReference) -> dict[str, Any]:
    return {"host_id": opened.host_id}


def _one(opened: PatientReference, form: Form) -> dict[str, Any]:
    return {"host_id": opened.host_id, "unique_id": form.get("unique_id", "")}


def _params_of(panel: str, opened: PatientReference) -> dict[str, Any]:
    return {"host_id": opened.host_id} if panel in ("identity", "consent", "journal") else {}


def _wish(form: Form) -> dict[str, Any]:
    """All that was answered so far."""
    told: dict[str, Any] = {
        name: form[name] == "yes" for name in ("consent", "informed", "secret_connection") if name in form
    }
    if form.get("emergency") == "yes":
        told |= {"emergency": True, "justification": form.get("justification", "")}
    return told


def _question(ask: Ask, form: Form) -> dict[str, Any]:
    """`since` and `filter` of the form of the list."""
    period = form.get("period", "default")
    wanted: dict[str, Any] = {name: form[name].strip() for name in ("author",) if form.get(name, "").strip()}
    if form.get("type"):
        wanted["types"] = [form["type"]]
    if period == "days":
        wanted |= {name: _day(form.get(name, "")) for name in ("service_from", "service_to") if form.get(name)}
    wanted |= {name: True for name in ("archived", "replaced") if name in form}
    since = {"all": "all", "days": "all", "years": (ask.now.date() - _YEARS).isoformat()}.get(period, "default")
    return {"since": since, "filter": wanted}


@cache
def _types() -> tuple[Code, ...]:
    """Every type of document that ANS knows, by its label."""
    return tuple(sorted(value_set("J07").concepts.values(), key=lambda code: comparable(code.label)))


def _day(text: str) -> str:
    """As it was typed; what is no date is refused with the other parameters."""
    return text[:10]


def _has(row: Any, text: str) -> bool:
    """Whether title, type, comment, author or structure contain the text."""
    if not text:
        return True
    return any(text in comparable(one) for one in _texts(row))


def _texts(row: Any) -> Iterable[str]:
    yield from (row.title, row.comments)
    if row.type_code:
        yield row.type_code.label
    for author in row.authors:
        yield (author.person or "").replace("^", " ")
        yield from (one.partition("^")[0] for one in author.institution)
