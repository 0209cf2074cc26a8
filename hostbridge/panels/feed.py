"""*Alimenter le DMP*: the document before it leaves, who may consult it, and what became of it."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from dmp_core.model.item import CancelReason, State
from dmp_core.model.limits import TITLE
from hostbridge.panels.onward import Onward, lead_on
from hostbridge.panels.panel import Ask, Drawn, File, Form, Panel
from hostbridge.protocol.outbox import ItemReference

_OPEN: Final = frozenset({State.COMPOSED, State.AWAITING_CONFIRMATION, State.HELD})
_ENDS: Final = frozenset({State.SENT, State.REFUSED, State.CANCELLED})
_COMING: Final = frozenset({State.ACCEPTED})
REASONS: Final[Mapping[CancelReason, str]] = {
    CancelReason.PATIENT_OPPOSED: "Le patient ne veut pas de ce document dans son DMP",
    CancelReason.MISTAKE: "Document enregistré par erreur",
    CancelReason.NOT_USEFUL: "Sans intérêt pour les autres soignants",
    CancelReason.OTHER: "Autre raison",
}


class Feed(Panel):
    """Its patient stands at the top; where the host has opened another one meanwhile, *Envoyer* asks first."""

    name: ClassVar = "feed"
    title: ClassVar = "Alimenter le DMP"
    template: ClassVar = "feed.html"
    method: ClassVar = "outbox/show"
    opened_with: ClassVar = ItemReference
    parts: ClassVar = ("state", "whole", "refuse")
    actions: ClassVar = ("send", "later", "cancel", "onward")
    files: ClassVar = ("preview",)

    def draw(self, ask: Ask, opened: ItemReference) -> Drawn:
        return Drawn(self.template, self._seen(ask, opened))

    def state(self, ask: Ask, opened: ItemReference, _form: Form) -> Drawn:
        """What became of the item; the template asks again as long as it moves."""
        return Drawn("feed_state.html", self._seen(ask, opened))

    def whole(self, ask: Ask, opened: ItemReference, _form: Form) -> Drawn:
        """The form again, or what became of the item."""
        return Drawn("feed_content.html", self._seen(ask, opened))

    def refuse(self, _ask: Ask, _opened: ItemReference, _form: Form) -> Drawn:
        """The question behind *Ne pas envoyer*."""
        return Drawn("feed_refuse.html", {"reasons": REASONS})

    def preview(self, ask: Ask, opened: ItemReference, _form: Form) -> File:
        shown = ask("feed/preview", {"item": opened.item})
        return File(shown.html.encode(), shown.headers)

    def send(self, ask: Ask, opened: ItemReference, form: Form) -> Drawn:
        """*Envoyer*. Where the host shows another patient, a question that names both comes first."""
        described = ask("feed/describe", {"item": opened.item})
        if described.other_patient is not None and form.get("patient") != "confirmed":
            return Drawn("feed_other_patient.html", {"form": described, "chosen": dict(form)})
        visibility = visibility_of(form)
        ask("feed/confirm", {"item": opened.item, "title": form.get("title") or None, "visibility": visibility})
        return self.state(ask, opened, form)

    def later(self, _ask: Ask, _opened: ItemReference, _form: Form) -> Drawn:
        """*Plus tard*: nothing is asked of anybody; the item waits where it is, counted and recalled."""
        return Drawn("feed_later.html")

    def cancel(self, ask: Ask, opened: ItemReference, form: Form) -> Drawn:
        """*Ne pas envoyer*, with its reason."""
        ask("feed/cancel", {"item": opened.item, "reason": form.get("reason")})
        return self.state(ask, opened, form)

    def onward(self, ask: Ask, opened: ItemReference, _form: Form) -> Drawn:
        """What helps a document that waits."""
        return lead_on(ask, ask(self.method, {"item": opened.item}))

    def _seen(self, ask: Ask, opened: ItemReference) -> dict[str, Any]:
        """The item, and the form where it may still be changed."""
        item = ask(self.method, {"item": opened.item})
        form = ask("feed/describe", {"item": opened.item}) if item.state in _OPEN else None
        return {
            "answer": item,
            "form": form,
            "moves": item.state not in _ENDS,
            "coming": item.state in _COMING,
            "onward": Onward(ask).of(item),
            "reasons": REASONS,
            "longest_title": TITLE,
        }


def visibility_of(form: Form) -> dict[str, bool]:
    """What the choices of the form mean; *everyone* restricts nothing."""
    chosen = form.get("seen_by", "everyone")
    return {
        "masked_to_professionals": chosen in ("masked", "masked_and_hidden"),
        "hidden_from_patient": chosen in ("hidden", "masked_and_hidden"),
        "hidden_from_representatives": "representatives" in form,
    }
