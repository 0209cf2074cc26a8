"""The pages of the simulator, in French: all records, and one record as the DMP holds it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from dmp_core.model.oids import InsOid, Status, Xds
from dmp_core.simulator.admin_markup import Content, button, choice, form, page, table, tag
from dmp_core.simulator.admin_markup import field as entry_field
from dmp_core.simulator.authorisations import Access, Authorisation
from dmp_core.simulator.patients import PatientRecord, Postal, RecordState
from dmp_core.simulator.stored import Document
from dmp_core.simulator.submission import Author, read_entry
from dmp_core.simulator.value_sets import HIDDEN_FROM_PATIENT, HIDDEN_FROM_REPRESENTATIVES, MASKED
from dmp_core.xml import Element

OPPOSITIONS: Final[Mapping[str, str]] = {  # by the field of PatientRecord
    "opposes_bris_de_glace": "Opposition au bris de glace",
    "opposes_centre_15": "Opposition à l’accès du centre 15",
    "masked_in_emergency": "Documents masqués montrés en urgence",
}
_STATES: Final = {RecordState.ACTIVE: "Ouvert", RecordState.CLOSED: "Fermé", RecordState.ABSENT: "Pas de DMP"}
_ACCESSES: Final = {
    Access.VALID: "Autorisé",
    Access.EXPIRED: "Autorisation expirée",
    Access.FORBIDDEN: "Bloqué",
    Access.NONE: "Sans autorisation",
}
_STATUSES: Final = {
    Status.APPROVED: "Actif",
    Status.DEPRECATED: "Remplacé",
    Status.ARCHIVED: "Archivé",
    Status.DELETED: "Supprimé",
}
_HIDINGS: Final = {  # code: (shown, button that hides, button that shows)
    MASKED: ("masqué aux professionnels", "Masquer", "Démasquer"),
    HIDDEN_FROM_PATIENT: ("invisible au patient", "Cacher au patient", "Montrer au patient"),
    HIDDEN_FROM_REPRESENTATIVES: (
        "invisible aux représentants légaux",
        "Cacher aux représentants",
        "Montrer aux représentants",
    ),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """All that the page of one record tells."""

    number: int
    record: PatientRecord = field(repr=False)
    authorisations: Sequence[Authorisation]
    professionals: Mapping[str, str] = field(repr=False)  # names by PS_IdNat
    documents: Sequence[Document] = field(repr=False)
    at: datetime


def index(records: Mapping[int, PatientRecord], token: str) -> bytes:
    """All records, and a form for a new one."""
    rows = [
        (tag("a", {"href": address(record)}, full_name(record)), written_date(record.birth_date), _STATES[record.state])
        for record in records.values()
    ]
    return page(
        "Dossiers du DMP simulé",
        table(("Patient", "Naissance", "Dossier"), rows),
        tag("h2", None, "Créer un dossier"),
        form(
            "/dossiers",
            "Créer",
            token,
            entry_field("INS (15 caractères)", "ins", pattern="[0-9]{5}[0-9AB]{2}[0-9]{8}"),
            choice("Registre", "registre", {InsOid.NIR_TEST: "NIR de test", InsOid.NIR_DEMO: "NIR de démonstration"}),
            entry_field("Nom de naissance", "nom", maxlength="100"),
            entry_field("Prénoms de naissance", "prenoms", maxlength="100"),
            choice("Sexe", "sexe", {"F": "F", "M": "M"}),
            entry_field("Date de naissance", "naissance", type="date"),
        ),
    )


def record(shown: Shown, token: str) -> bytes:
    """One record as the DMP holds it."""
    return page(
        full_name(shown.record),
        *_state(shown, token),
        tag("h2", None, "Identité"),
        table(("Donnée", "Valeur"), _traits(shown.record)),
        tag("h2", None, "Volontés et droits"),
        *_oppositions(shown, token),
        tag("h2", None, "Professionnels"),
        *_professionals(shown, token),
        tag("h2", {"id": "documents"}, "Documents"),
        _documents(shown, token),
    )


def message(title: str, text: str) -> bytes:
    return page(title, tag("p", None, text))


def address(record: PatientRecord) -> str:
    """The page of a record, by the path of TD0.9."""
    return f"/AccesDirect/DossierPatient/{record.ins[0].partition('^')[0]}"


def full_name(record: PatientRecord) -> str:
    used = f", {record.used_name}" if record.used_name and record.used_name != record.birth_name else ""
    return f"{record.birth_name}{used} {record.used_given or record.birth_given}"


def _state(shown: Shown, token: str) -> list[Element]:
    state, where = shown.record.state, f"/dossiers/{shown.number}/etat"
    closed_on = f" depuis le {written_date(shown.record.closed_on)}" if shown.record.closed_on else ""
    acts = {RecordState.ACTIVE: "Fermer", RecordState.CLOSED: "Rouvrir", RecordState.ABSENT: "Créer"}
    other = RecordState.CLOSED if state is RecordState.ACTIVE else RecordState.ACTIVE
    text = tag("p", None, "Dossier : ", tag("strong", None, _STATES[state]), closed_on)
    return [text, button(where, acts[state], token, valeur=other)]


def _traits(record: PatientRecord) -> list[tuple[str, Content]]:
    rows: list[tuple[str, Content]] = [("INS", cx.partition("^")[0]) for cx in record.ins]
    rows += [
        ("Prénoms de naissance", record.birth_given),
        ("Sexe", record.sex),
        ("Naissance", written_date(record.birth_date)),
        ("Adresse", _address(record.address)),
        ("Contact", ", ".join(record.telecoms)),
    ]
    for relation in record.relations:
        role = "Personne à prévenir" if relation.code == "ECON" else f"Proche ({relation.code})"
        rows.append((role, f"{relation.family} {relation.given} {', '.join(relation.telecoms)}"))
    return rows


def _oppositions(shown: Shown, token: str) -> list[Element]:
    where = f"/dossiers/{shown.number}/opposition"
    rows = []
    for name, label in OPPOSITIONS.items():
        value = bool(getattr(shown.record, name))
        act = button(where, "Retirer" if value else "Poser", token, nom=name, valeur="non" if value else "oui")
        rows.append((label, "oui" if value else "non", act))
    return [table(("Volonté", "État", "Action"), rows)]


def _professionals(shown: Shown, token: str) -> list[Element]:
    known = {one.practitioner: one for one in shown.authorisations}
    where = f"/dossiers/{shown.number}/acces"
    acts = {"autoriser": "Autoriser", "bloquer": "Bloquer", "retirer": "Retirer"}
    rows = []
    for number in dict.fromkeys((*shown.professionals, *known)):
        one = known.get(number)
        access = one.access(shown.at) if one else Access.NONE
        until = f"jusqu’au {one.until:%d/%m/%Y}" if one and one.until else ""
        role = ", médecin traitant" if one and one.medecin_traitant else ""
        buttons = [button(where, text, token, professionnel=number, valeur=act) for act, text in acts.items()]
        name = f"{shown.professionals.get(number, '')} ({number})"
        rows.append((name, f"{_ACCESSES[access]}{role} {until}", tag("div", None, *buttons)))
    return [table(("Professionnel", "Accès", "Action"), rows)]


def _documents(shown: Shown, token: str) -> Element:
    titles = ("Date", "Type", "Titre", "Auteur", "État", "Action")
    newest_first = sorted(shown.documents, key=lambda one: one.facets.times.get("serviceStartTime", ""), reverse=True)
    return table(titles, [_document(one, token) for one in newest_first])


def _document(one: Document, token: str) -> tuple[Content, ...]:
    entry = read_entry(one.element())
    types = entry.codes.get(Xds.TYPE_CODE, ())
    hidden = [text for code, (text, _, _) in _HIDINGS.items() if one.facets.has_confidentiality(code)]
    state = ", ".join([_STATUSES.get(Status(one.status), one.status), *hidden, f"version {one.version}"])
    date = written_date(one.facets.times.get("serviceStartTime", ""))
    opening = tag("a", {"href": f"/documents/{one.entry_uuid}"}, entry.title)
    acts = tag("div", None, *_acts(one, token))
    authors = ", ".join(author_name(author) for author in entry.authors)
    return date, types[0].label if types else "", opening, authors, state, acts


def _acts(one: Document, token: str) -> list[Element]:
    """What the patient may do to a document that is still there."""
    if one.status not in (Status.APPROVED, Status.ARCHIVED):
        return []
    where = f"/documents/{one.entry_uuid}"
    archived = one.status == Status.ARCHIVED
    buttons = []
    for code, (_, hide, show) in _HIDINGS.items():
        value = one.facets.has_confidentiality(code)
        buttons.append(
            button(f"{where}/visibilite", show if value else hide, token, code=code, valeur="non" if value else "oui")
        )
    other = Status.APPROVED if archived else Status.ARCHIVED
    buttons.append(button(f"{where}/statut", "Désarchiver" if archived else "Archiver", token, valeur=other.name))
    buttons.append(button(f"{where}/statut", "Supprimer", token, valeur=Status.DELETED.name))
    return buttons


def author_name(author: Author) -> str:
    _, family, given, *_ = [*author.person.split("^"), "", "", ""]
    return f"{family} {given}".strip() or ", ".join(text.partition("^")[0] for text in author.institutions)


def _address(address: Postal | None) -> str:
    return ", ".join([*address.lines, f"{address.postal_code} {address.city}".strip()]) if address else ""


def written_date(text: str) -> str:
    return f"{text[6:8]}/{text[4:6]}/{text[:4]}" if len(text) >= len("yyyyMMdd") else text
