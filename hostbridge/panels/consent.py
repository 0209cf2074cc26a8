"""*Consentement*: what the patient said at the counter, when and to whom; said now, or taken back."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from dmp_core.model.consent import ConsentKind
from hostbridge.panels.panel import Ask, Drawn, Form, Panel
from hostbridge.panels.whose import whose
from hostbridge.protocol.messages import PatientReference

KINDS: Final[Mapping[ConsentKind, Mapping[str, str]]] = {
    ConsentKind.INFORMED: {
        "title": "Information",
        "yes": "Le patient a été informé que la pharmacie alimente et consulte son DMP, et qu’il peut s’y opposer.",
        "no": "Aucune information n’est notée.",
        "record": "Le patient vient d’être informé",
        "withdraw": "Noté par erreur : retirer",
        "past": "Informé",
        "past_withdrawn": "Information retirée",
    },
    ConsentKind.OPPOSED_TO_FEEDING: {
        "title": "Envoi de documents",
        "yes": "Le patient s’oppose : rien n’est envoyé à son DMP.",
        "no": "Le patient ne s’oppose pas à l’envoi de documents.",
        "record": "Le patient s’oppose à l’envoi…",
        "withdraw": "Le patient lève son opposition",
        "past": "S’oppose à l’envoi",
        "past_withdrawn": "Opposition levée",
    },
    ConsentKind.AGREES_TO_READING: {
        "title": "Consultation",
        "yes": "Le patient est d’accord pour que la pharmacie consulte son DMP.",
        "no": "Aucun accord de consultation n’est noté.",
        "record": "Le patient est d’accord",
        "withdraw": "Le patient retire son accord",
        "past": "D’accord pour la consultation",
        "past_withdrawn": "Accord retiré",
    },
}


class Consent(Panel):
    """An opposition asks once more: it cancels what waits for this patient."""

    name: ClassVar = "consent"
    title: ClassVar = "Consentement"
    template: ClassVar = "consent.html"
    method: ClassVar = "consent/show"
    opened_with: ClassVar = PatientReference
    parts: ClassVar = ("whole", "oppose")
    actions: ClassVar = ("record",)

    def draw(self, ask: Ask, opened: PatientReference) -> Drawn:
        return Drawn(self.template, self._values(ask, opened))

    def whole(self, ask: Ask, opened: PatientReference, _form: Form) -> Drawn:
        return Drawn("consent_content.html", self._values(ask, opened))

    def oppose(self, ask: Ask, opened: PatientReference, _form: Form) -> Drawn:
        """The question behind *Le patient s’oppose*."""
        return Drawn("consent_oppose.html", {"access": whose(ask, opened)})

    def record(self, ask: Ask, opened: PatientReference, form: Form) -> Drawn:
        """What the patient said now."""
        asked = {"kind": form.get("kind", ""), "given": form.get("given") == "yes"}
        recorded = ask("consent/record", _of(opened) | asked)
        return Drawn("consent_content.html", self._values(ask, opened) | {"cancelled": len(recorded.cancelled)})

    def _values(self, ask: Ask, opened: PatientReference) -> dict[str, Any]:
        answer = ask(self.method, _of(opened)).consent
        return {"answer": answer, "kinds": KINDS, "cancelled": 0, "access": whose(ask, opened)}


def _of(opened: PatientReference) -> dict[str, Any]:
    return {"host_id": opened.host_id}
