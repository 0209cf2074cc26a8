"""*Envois au DMP*: what went, what waits and why, what needs somebody; each line with what can be done about it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, ClassVar, Final

from dmp_core.errors import DmpError
from dmp_core.model.item import CancelReason, State, WithdrawReason
from hostbridge.panels.feed import REASONS, visibility_of
from hostbridge.panels.onward import Onward, lead, lead_on
from hostbridge.panels.panel import Ask, Drawn, Form, Panel, Same
from hostbridge.protocol.messages import Nothing
from hostbridge.protocol.outbox import ItemView

_S: Final = State
GROUPS: Final = (
    ("look", "À regarder", frozenset({_S.REFUSED})),
    ("confirm", "À confirmer", frozenset({_S.AWAITING_CONFIRMATION, _S.COMPOSED, _S.HELD})),
    ("wait", "En attente, partiront tout seuls", frozenset({_S.WAITING, _S.UNCERTAIN})),
    ("handed", "Confiés à un autre comptoir", frozenset({_S.HANDED})),
    ("going", "En cours", frozenset({_S.ACCEPTED, _S.READY, _S.SENDING})),
    ("sent", "Envoyés", frozenset({_S.SENT})),
    ("cancelled", "Non envoyés", frozenset({_S.CANCELLED})),
)
_READY_TO_SEND: Final = frozenset({_S.AWAITING_CONFIRMATION, _S.COMPOSED})
_SHOWN: Final = timedelta(days=31)
_MOST: Final = 1000
WITHDRAW: Final = {
    WithdrawReason.WRONG_PATIENT: "Ce document est celui d’un autre patient",
    WithdrawReason.WRONG_DOCUMENT: "Ce n’est pas le bon document",
    WithdrawReason.PATIENT_REQUEST: "Le patient demande son retrait",
}


class Outbox(Panel):
    """The last month of what is at its end, and all that is not. `correct` asks once, and says what the DMP will do."""

    name: ClassVar = "outbox"
    title: ClassVar = "Envois au DMP"
    template: ClassVar = "outbox.html"
    method: ClassVar = "outbox/list"
    parts: ClassVar = ("whole", "pulse", "refuse", "correct", "all")
    actions: ClassVar = (
        *("retry", "cancel", "form", "send", "take", "back", "onward"),
        *("withdraw", "visibility", "archive", "unarchive"),
    )

    def draw(self, ask: Ask, _opened: Nothing) -> Drawn:
        return Drawn(self.template, self._lists(ask))

    def whole(self, ask: Ask, _opened: Nothing, _form: Form) -> Drawn:
        """The lists again, from a question that was not answered."""
        return self._lists_again(ask)

    def pulse(self, ask: Ask, _opened: Nothing, form: Form) -> Drawn | Same:
        """The lists where something was told since they were drawn, and each minute; the template asks all the time."""
        return Same() if form.get("seen") == _mark(ask) else Drawn("outbox_lists.html", self._lists(ask))

    def refuse(self, ask: Ask, _opened: Nothing, form: Form) -> Drawn:
        """The question behind *Ne pas envoyer*."""
        return Drawn("outbox_refuse.html", {"answer": _item(ask, form), "reasons": REASONS})

    def all(self, ask: Ask, _opened: Nothing, _form: Form) -> Drawn:
        """The question behind *Tout envoyer*: which documents, of whom."""
        return Drawn("outbox_all.html", {"items": self._of(ask, _READY_TO_SEND)})

    def correct(self, ask: Ask, _opened: Nothing, form: Form) -> Drawn:
        """*Corriger un envoi*: what may be done to it, and what the DMP will do."""
        item = _item(ask, form)
        possible = {one.kind: one for one in ask("feed/corrections", {"item": item.item}).possible}
        patient = ask("patient/current", {})
        return Drawn(
            "outbox_correct.html", {"answer": item, "possible": possible, "patient": patient, "withdraw": WITHDRAW}
        )

    # ------------------------------------------------------------ what the buttons do

    def retry(self, ask: Ask, _opened: Nothing, form: Form) -> Drawn:
        """*Réessayer maintenant*."""
        ask("outbox/retry", {"item": form.get("item", "")})
        return self._lists_again(ask)

    def cancel(self, ask: Ask, _opened: Nothing, form: Form) -> Drawn:
        """*Ne pas envoyer*, with its reason."""
        ask("feed/cancel", {"item": form.get("item", ""), "reason": form.get("reason", CancelReason.OTHER)})
        return self._lists_again(ask)

    def take(self, ask: Ask, _opened: Nothing, form: Form) -> Drawn:
        """*Reprendre à mon nom*: the titulaire answers for the document of somebody who has left."""
        ask("outbox/takeOver", {"item": form.get("item", "")})
        return self._lists_again(ask)

    def back(self, ask: Ask, _opened: Nothing, form: Form) -> Drawn:
        """*Reprendre ici*: what another counter has not sent yet."""
        ask("sharing/takeBack", {"item": form.get("item", "")})
        return self._lists_again(ask)

    def form(self, ask: Ask, _opened: Nothing, form: Form) -> Drawn:
        """*Relire*: the feed window of this document."""
        return lead(ask, "feed", {"item": form.get("item", "")})

    def onward(self, ask: Ask, _opened: Nothing, form: Form) -> Drawn:
        """What helps a document that waits: its patient's identity, the code of the card."""
        return lead_on(ask, _item(ask, form))

    def send(self, ask: Ask, _opened: Nothing, form: Form) -> Drawn:
        """*Tout envoyer*: those that were shown and are still ticked; one that cannot leave keeps no other back."""
        failed = []
        for item in self._of(ask, _READY_TO_SEND):
            if f"send-{item.item}" in form:
                try:
                    ask("feed/confirm", {"item": item.item})
                except DmpError as error:
                    failed.append((item, error.as_data()))
        return Drawn("outbox_content.html", self._lists(ask) | {"failed": failed})

    def withdraw(self, ask: Ask, _opened: Nothing, form: Form) -> Drawn:
        return self._corrected(ask, "feed/withdraw", form, reason=form.get("reason", ""))

    def visibility(self, ask: Ask, _opened: Nothing, form: Form) -> Drawn:
        return self._corrected(ask, "feed/setVisibility", form, visibility=visibility_of(form))

    def archive(self, ask: Ask, _opened: Nothing, form: Form) -> Drawn:
        return self._corrected(ask, "feed/archive", form)

    def unarchive(self, ask: Ask, _opened: Nothing, form: Form) -> Drawn:
        return self._corrected(ask, "feed/archive", form, archived=False)

    # ------------------------------------------------------------ parts

    def _corrected(self, ask: Ask, method: str, form: Form, **asked: Any) -> Drawn:
        ask(method, {"item": form.get("item", ""), "host_id": form.get("host_id", ""), **asked})
        return self._lists_again(ask)

    def _lists_again(self, ask: Ask) -> Drawn:
        return Drawn("outbox_content.html", self._lists(ask))

    def _lists(self, ask: Ask) -> dict[str, Any]:
        mark = _mark(ask)  # before the items are read: what changes meanwhile is asked for again
        listed = self._asked(ask, frozenset(State) - {State.TRANSLATED})
        items = listed.items
        lists = [(name, title, [item for item in items if item.state in states]) for name, title, states in GROUPS]
        return {
            "answer": {name: (title, found) for name, title, found in lists if found},
            "to_send": [item for item in items if item.state in _READY_TO_SEND],
            "mark": mark,
            "damaged": listed.damaged,
            "labels": _labels(ask) if listed.damaged else {},
            "failed": [],
            "onward": Onward(ask).of,
        }

    def _of(self, ask: Ask, states: frozenset[State]) -> Sequence[ItemView]:
        items: Sequence[ItemView] = self._asked(ask, states).items
        return items

    def _asked(self, ask: Ask, states: frozenset[State]) -> Any:
        asked = {"states": sorted(states), "limit": _MOST, "since": (ask.now - _SHOWN).isoformat()}
        return ask(self.method, asked)


def _mark(ask: Ask) -> str:
    """Of what a window drawn now shows."""
    return f"{ask.heard}-{ask.now:%d%H%M}"


def _labels(ask: Ask) -> dict[str, str]:
    return {type_.id: type_.label for type_ in ask("document/types", {}).types}


def _item(ask: Ask, form: Form) -> ItemView:
    item: ItemView = ask("outbox/show", {"item": form.get("item", "")})
    return item
