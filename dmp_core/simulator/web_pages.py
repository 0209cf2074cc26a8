"""The pages of the simulated Web-PS, in French: small, without script, in the words of the real ones' addresses."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from dmp_core.model.access import Mode
from dmp_core.model.oids import Status, Xds
from dmp_core.simulator.admin_markup import Content, button, page, table, tag
from dmp_core.simulator.admin_page import OPPOSITIONS, author_name, full_name, written_date
from dmp_core.simulator.annuaire import Professional
from dmp_core.simulator.authorisations import Access, Authorisation
from dmp_core.simulator.patients import PatientRecord
from dmp_core.simulator.stored import Document
from dmp_core.simulator.submission import Coded, Entry, read_entry
from dmp_core.simulator.value_sets import MASKED
from dmp_core.xml import Element

TITLES: Final[Mapping[str, str]] = {
    "TableauDeBord": "Tableau de bord",
    "DossierPatient": "Dossier du patient",
    "GestionDMPPatient": "Gestion du DMP",
    "Documents": "Documents",
    "ParcoursDeSoins": "Parcours de soins",
    "HistoriqueAcces": "Historique des accès",
    "Parametrages": "Paramétrages",
    "VolontesEtDroits": "Volontés et droits",
    "CarnetVaccination": "Carnet de vaccination",
}
_HOME: Final = ("/AccesDirect/TableauDeBord", "Tableau de bord")
_TYPES: Final[Mapping[str, frozenset[str]]] = {  # what a page shows of the documents
    "CarnetVaccination": frozenset({"87273-9", "11369-6"}),
    "VolontesEtDroits": frozenset({"EXPPAT_1", "EXPPAT_2", "EXPPAT_3", "74465-6"}),
}
_SUMMARY: Final = frozenset({"DossierPatient", "TableauDeBord"})
_ACCESSES: Final = {
    Access.VALID: "vous êtes autorisé à consulter ce DMP",
    Access.EXPIRED: "votre autorisation a expiré",
    Access.FORBIDDEN: "le patient a bloqué votre accès",
    Access.NONE: "vous n’êtes pas autorisé à consulter ce DMP",
}


def message(title: str, text: str) -> bytes:
    return page(title, tag("p", None, text), home=_HOME)


def sign_in(people: Sequence[Professional], token: str, path: str) -> bytes:
    """Nobody is known yet: a card, or Pro Santé Connect."""
    choices = [button("/connexion", f"{one.given} {one.family}", token, personne=one.id, retour=path) for one in people]
    return page(
        "Identifiez-vous",
        tag("p", None, "Présentez votre carte CPS au navigateur (certificat d’authentification), puis rechargez."),
        tag("h2", None, "Pro Santé Connect simulé"),
        tag("ul", None, *[tag("li", None, one) for one in choices]),
        home=_HOME,
    )


def dashboard(followed: Mapping[str, PatientRecord], professional: Professional) -> bytes:
    rows = [
        (tag("a", {"href": f"/AccesDirect/DossierPatient/{ins}"}, full_name(record)), written_date(record.birth_date))
        for ins, record in followed.items()
    ]
    return page(
        TITLES["TableauDeBord"],
        tag("p", None, f"{professional.given} {professional.family}"),
        table(("Patient", "Naissance"), rows),
        home=_HOME,
    )


def settings(professional: Professional, mode: Mode) -> bytes:
    came = "carte CPS" if mode is Mode.DIRECT else "Pro Santé Connect"
    rows: list[tuple[Content, ...]] = [
        ("Professionnel", f"{professional.given} {professional.family}"),
        ("Identifiant national", professional.id),
        ("Spécialité", professional.specialty),
        ("Identifié par", came),
    ]
    return page(TITLES["Parametrages"], table(("Donnée", "Valeur"), rows), home=_HOME)


def management(record: PatientRecord, access: Access) -> bytes:
    text = f"Le DMP est ouvert ; {_ACCESSES[access]}."
    return page(TITLES["GestionDMPPatient"], tag("p", None, full_name(record)), tag("p", None, text), home=_HOME)


def accesses(
    record: PatientRecord, authorisations: Sequence[Authorisation], names: Mapping[str, str], at: datetime
) -> bytes:
    rows = [
        (
            names.get(one.practitioner, one.practitioner),
            f"{one.since:%d/%m/%Y}",
            f"{one.last_action:%d/%m/%Y %H:%M} UTC",
            "bloqué" if one.access(at) is Access.FORBIDDEN else "autorisé",
        )
        for one in authorisations
        if one.access(at) in (Access.VALID, Access.FORBIDDEN)
    ]
    titles = ("Professionnel", "Depuis", "Dernier accès", "Accès")
    return page(TITLES["HistoriqueAcces"], tag("p", None, full_name(record)), table(titles, rows), home=_HOME)


def record(name: str, patient: PatientRecord, documents: Sequence[Document]) -> bytes:
    """One page about a patient: who they are, and the documents that belong on it, the newest first."""
    newest_first = sorted(documents, key=lambda one: one.facets.times.get("serviceStartTime", ""), reverse=True)
    described = [(one, read_entry(one.element())) for one in newest_first]
    shown = [(one, entry) for one, entry in described if name not in _TYPES or _type(entry).code in _TYPES[name]]
    content: list[Element] = [tag("p", None, full_name(patient))]
    if name in _SUMMARY:
        content += [_links(patient), _contacts(patient), tag("p", None, f"{len(shown)} documents")]
    else:
        content += [_wishes(patient)] if name == "VolontesEtDroits" else []
        content.append(table(("Date", "Type", "Titre", "Auteur", "État"), [_document(*each) for each in shown]))
    return page(TITLES[name], *content, home=_HOME)


def _links(patient: PatientRecord) -> Element:
    ins = patient.ins[0].partition("^")[0]
    others = [name for name in TITLES if name not in (*_SUMMARY, "Parametrages")]
    return tag(
        "ul", None, *[tag("li", None, tag("a", {"href": f"/AccesDirect/{one}/{ins}"}, TITLES[one])) for one in others]
    )


def _contacts(patient: PatientRecord) -> Element:
    rows = [(f"{one.family} {one.given}".strip(), ", ".join(one.telecoms)) for one in patient.relations]
    return table(("Personne à prévenir ou proche", "Contact"), rows)


def _wishes(patient: PatientRecord) -> Element:
    rows = [(label, "oui" if getattr(patient, name) else "non") for name, label in OPPOSITIONS.items()]
    return table(("Volonté", "État"), rows)


def _document(one: Document, entry: Entry) -> tuple[Content, ...]:
    states = ["archivé" if one.status == Status.ARCHIVED else "actif"]
    states += ["masqué aux professionnels"] if one.facets.has_confidentiality(MASKED) else []
    authors = ", ".join(author_name(author) for author in entry.authors)
    date = written_date(one.facets.times.get("serviceStartTime", ""))
    return date, _type(entry).label, entry.title, authors, ", ".join(states)


def _type(entry: Entry) -> Coded:
    return next(iter(entry.codes.get(Xds.TYPE_CODE, ())), Coded("", ""))
