"""*Identité*: what is known of the patient, what is missing to be *qualifiée*, and each step to it, cheapest first."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from dmp_core.model.identity import IdentityDocumentKind, IdentityStatus
from dmp_core.model.ins_rules import HIGH_CONFIDENCE
from hostbridge.panels.panel import Ask, Drawn, Form, Panel
from hostbridge.protocol.messages import PatientReference

_K: Final = IdentityDocumentKind
KINDS: Final[Mapping[IdentityDocumentKind, str]] = {
    _K.CARTE_IDENTITE: "Carte nationale d’identité",
    _K.PASSEPORT: "Passeport",
    _K.TITRE_SEJOUR: "Titre de séjour",
    _K.IDENTIFICATION_ELECTRONIQUE: "Identification électronique (France Identité…)",
    _K.APPLI_CARTE_VITALE: "Appli carte Vitale",
    _K.CIRCULATION_MINEUR: "Document de circulation d’un mineur étranger",
    _K.ACTE_NAISSANCE: "Mineur : extrait d’acte de naissance, avec la pièce d’un parent",
    _K.LIVRET_FAMILLE: "Mineur : livret de famille, avec la pièce d’un parent",
    _K.ACTE_ET_CARTE_VITALE: "Acte de naissance et carte Vitale",
}
assert KINDS.keys() == HIGH_CONFIDENCE, "a document that counts is one that can be chosen"
STATUSES: Final[Mapping[IdentityStatus, str]] = {
    IdentityStatus.PROVISOIRE: "Provisoire",
    IdentityStatus.RECUPEREE: "Récupérée",
    IdentityStatus.VALIDEE: "Validée",
    IdentityStatus.QUALIFIEE: "Qualifiée",
}
TRAITS: Final[Mapping[str, str]] = {
    "birth_name": "Nom de naissance",
    "birth_given_names": "Prénoms de naissance",
    "first_birth_given_name": "Premier prénom de naissance",
    "sex": "Sexe",
    "birth_date": "Date de naissance",
    "birth_place_code": "Lieu de naissance (code INSEE)",
    "ins": "INS",
}
SOURCES: Final[Mapping[str, str]] = {
    "insi": "INSi", "dmp": "le DMP", "datamatrix": "le datamatrix", "vitale": "la carte Vitale",
}  # fmt: skip
ANSWERS: Final[Mapping[str, str]] = {
    "00": "INSi a trouvé le patient.",
    "01": "INSi ne trouve personne avec ces traits. Vérifiez la fiche avec une pièce d’identité.",
    "02": "INSi trouve plusieurs personnes avec ces traits. Complétez la fiche : prénoms, lieu de naissance.",
}
_FROM_DMP: Final = {"first_birth_given_name": "given_names"}


class Identity(Panel):
    """No step confirms by itself: a scan fills the one field that takes it, and the pharmacist presses *Vérifier*."""

    name: ClassVar = "identity"
    title: ClassVar = "Identité"
    template: ClassVar = "identity.html"
    method: ClassVar = "identity/show"
    opened_with: ClassVar = PatientReference
    parts: ClassVar = ("whole",)
    actions: ClassVar = ("vitale", "scan", "search", "verify", "seen", "decide")

    def draw(self, ask: Ask, opened: PatientReference) -> Drawn:
        return Drawn(self.template, self._values(ask, opened))

    def whole(self, ask: Ask, opened: PatientReference, _form: Form) -> Drawn:
        """As it stands now: a card may have come meanwhile."""
        return Drawn("identity_content.html", self._values(ask, opened))

    def vitale(self, ask: Ask, opened: PatientReference, _form: Form) -> Drawn:
        """*Lire la carte Vitale*."""
        return self._after(ask, opened, ask("identity/vitale", _of(opened)))

    def scan(self, ask: Ask, opened: PatientReference, form: Form) -> Drawn:
        """*Vérifier le datamatrix*."""
        text = form.get("datamatrix", "").strip(" \r\n")
        return self._after(ask, opened, ask("identity/scan", _of(opened) | {"datamatrix": text}))

    def search(self, ask: Ask, opened: PatientReference, _form: Form) -> Drawn:
        """*Chercher dans INSi*."""
        return self._after(ask, opened, ask("identity/search", _of(opened)))

    def verify(self, ask: Ask, opened: PatientReference, _form: Form) -> Drawn:
        """*Vérifier avec INSi* the INS that the host has."""
        return self._after(ask, opened, ask("identity/verify", _of(opened)))

    def seen(self, ask: Ask, opened: PatientReference, form: Form) -> Drawn:
        """*Pièce contrôlée*."""
        return self._after(ask, opened, ask("identity/documentSeen", _of(opened) | {"kind": form.get("kind", "")}))

    def decide(self, ask: Ask, opened: PatientReference, form: Form) -> Drawn:
        """What somebody decided of a divergence."""
        asked = {"source": form.get("source", ""), "go_on": form.get("go_on") == "yes"}
        return self._after(ask, opened, ask("identity/decide", _of(opened) | asked))

    # ------------------------------------------------------------ parts

    def _after(self, ask: Ask, opened: PatientReference, view: Any) -> Drawn:
        values = self._values(ask, opened) | {"said": ANSWERS.get(view.code or ""), "resumed": len(view.resumed)}
        if view.divergence is not None:
            values |= _compared(values["answer"].patient, view.divergence, view.certified)
        return Drawn("identity_content.html", values)

    def _values(self, ask: Ask, opened: PatientReference) -> dict[str, Any]:
        answer = ask(self.method, _of(opened))
        values: dict[str, Any] = {
            "answer": answer,
            "vitale_in": any(one.card and one.card.is_vitale for one in ask("card/list", {}).readers),
            "kinds": KINDS,
            "statuses": STATUSES,
            "said": None,
            "resumed": 0,
            "differences": (),
            "source": "",
        }
        if answer.divergence is not None:
            values |= _compared(answer.patient, answer.divergence, answer.dmp)
        return values | {"sources": SOURCES}


def _of(opened: PatientReference) -> dict[str, Any]:
    return {"host_id": opened.host_id}


def _compared(patient: Any, divergence: Any, theirs: Any) -> dict[str, Any]:
    """Field by field: its name, what the host has, what the other source says."""
    rows = [(TRAITS.get(name, name), _ours(patient, name), _theirs(theirs, name)) for name in divergence.fields]
    return {"differences": rows, "source": str(divergence.source)}


def _ours(patient: Any, name: str) -> str:
    if name == "ins":
        return patient.ins.value if patient.ins else ""
    return str(getattr(patient.traits, name) or "")


def _theirs(theirs: Any, name: str) -> str:
    """INSi and a datamatrix name the traits as we do; the DMP gives a list of given names. A card is read, not kept."""
    if theirs is None:
        return ""
    value = getattr(theirs, name, None) or getattr(theirs, _FROM_DMP.get(name, ""), None)
    if name == "ins":
        return theirs.ins.value if theirs.ins else ""
    return " ".join(value) if isinstance(value, tuple) else str(value or "")
