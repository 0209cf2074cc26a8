"""What the bridge tells by itself, as the counter reads it: one short French text, and what the page does with it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from hostbridge.clients.python import Notice
from lgo_demo.web.forms import FORMS
from lgo_demo.web.people import Pharmacy

STATUSES: Final = {
    "absent": "Pas de DMP",
    "closed": "DMP fermé",
    "authorised": "DMP ouvert",
    "not_authorised": "DMP ouvert, accord du patient à demander",
    "expired": "DMP ouvert, accord du patient à renouveler",
    "blocked": "DMP ouvert, accès bloqué par le patient",
}
_ENDED: Final = {
    "removed": "Carte retirée : la session est fermée.",
    "reset": "Carte réinitialisée par un autre logiciel : la session est fermée.",
    "idle": "Session de carte fermée : le DMP n’a pas été utilisé depuis un moment.",
    "professional": "Session de carte fermée : un autre professionnel a pris le poste.",
    "closed": "Session de carte fermée.",
}
_TYPES: Final = {form.type_id: form.label for form in FORMS.values()}
_LEVELS: Final = {"sent": "good", "refused": "bad", "waiting": "warning", "uncertain": "warning"}


@dataclass(frozen=True, slots=True)
class News:
    """`kind`: toast, badge (of the patient `host_id`), outbox (its count changed), cards, record (of `link`)."""

    kind: str
    text: str = field(default="", repr=False)
    level: str = "info"
    host_id: str = field(default="", repr=False)
    link: str = field(default="", repr=False)
    words: str = ""  # of the link
    window: bool = False  # the link opens a window of the bridge
    number: int = 0

    def as_data(self) -> dict[str, Any]:
        return asdict(self)


def news_of(notice: Notice, pharmacy: Pharmacy) -> list[News]:
    """What the counter hears of a notice; nothing of those that concern no pharmacist."""
    told = notice.params
    match notice.method:
        case "feed/finished":
            item = told["item"]
            text = f"{_TYPES.get(item['type_id'], 'Document')} : {item['label']}"
            fault = item["fault"] or {}
            remedy = f" {fault['remedy']}" if fault.get("remedy") else ""
            return [News("toast", text + remedy, _LEVELS.get(item["state"], "info")), *_record(item)]
        case "outbox/changed":
            return _record(told["item"])
        case "dmp/statusChanged":
            return _status(told)
        case "message/show":
            return [News("toast", told["text"], told["level"])]
        case "dmp/badge":
            return [News("toast", told["text"], told["level"], host_id=told["host_id"])]
        case "card/changed":
            return [News("cards"), *([_fault(told["fault"])] if told.get("fault") else [])]
        case "patient/suggested":
            return _suggested(told, pharmacy)
        case "identity/changed":
            return [News("toast", "Identité du patient mise à jour par le téléservice INSi.")]
        case "identity/diverges":
            link = f"/fenetre/identity?host_id={told['host_id']}"
            return [News("toast", "L’identité diffère de celle d’INSi.", "warning", "", link, "Comparer", window=True)]
        case "document/importWanted":
            return [News("toast", "Document du DMP enregistré au dossier du patient.", "good", told["host_id"])]
        case "document/newerVersion":
            return [News("toast", "Le DMP contient une version plus récente d’un document du dossier.", "info")]
        case "care/needed":
            return [_fault(told)]
        case "pin/needed":
            return _pin_needed(told)
        case "session/changed":
            text = words_of_session(told)
            level = {"open": "good", "closed": "info"}.get(told["state"], "warning")
            return [News("cards"), *([News("toast", text, level)] if text else [])]
        case "psc/needed":
            asked = "Connectez-vous avec Pro Santé Connect."
            return [News("toast", asked, "info", "", "/fenetre/psc", "Se connecter", window=True)]
    return []


def _record(item: Mapping[str, Any]) -> list[News]:
    return [News("outbox"), News("record", item["label"], link=item["record"])]


def _status(told: Mapping[str, Any]) -> list[News]:
    host_id = told["host_id"]
    if told.get("new"):
        count = sum(one["count"] for one in told["new"])
        return [News("badge", f"{count} nouveau{'x' if count > 1 else ''} au DMP", "good", host_id)]
    text = STATUSES.get(told.get("status") or "", "") or told.get("text") or ""
    return [News("badge", text, "good" if told.get("status") == "authorised" else "info", host_id)] if text else []


def words_of_session(told: Mapping[str, Any]) -> str:
    """Where the session of the professional's card stands, from `session/changed` or `session/show`."""
    holder = told.get("holder") or {}
    name = f"{holder.get('given', '')} {holder.get('family', '')}".strip()
    match told["state"]:
        case "open":
            return f"Session de carte ouverte : {name}."
        case "pin":
            return f"Code de la carte demandé : {name}."
        case "blocked":
            return f"Carte bloquée : {name}."
    return _ENDED.get(told.get("ended") or "", "")


def _pin_needed(told: Mapping[str, Any]) -> list[News]:
    link = {"link": "/fenetre/pin", "window": True}
    if told.get("pin") is None:
        return [News("cards"), News("toast", "La carte CPS est bloquée.", "bad", words="Que faire ?", **link)]
    return [News("cards"), News("toast", "Votre code de carte CPS est demandé.", words="Saisir", **link)]


def _suggested(told: Mapping[str, Any], pharmacy: Pharmacy) -> list[News]:
    """One news for each person of the card."""
    news = []
    for person in told.get("people") or [told["person"]]:
        name = f"{person['given']} {person['family']}"
        found = pharmacy.named(person["family"], person.get("birth_date"))
        if found:
            link = f"/patients/{found.host_id}"
            news.append(News("toast", f"Carte Vitale : {name}", "info", "", link, "Ouvrir la fiche"))
        else:
            news.append(News("toast", f"Carte Vitale : {name}, inconnu du fichier.", "warning"))
    return [News("cards"), *news, *([_fault(told["fault"])] if told.get("fault") else [])]


def _fault(fault: Mapping[str, Any]) -> News:
    return News("toast", f"{fault['sentence']} {fault['remedy']}", "warning")
