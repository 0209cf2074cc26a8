"""*Code de la carte CPS*: the one dialog that asks for the code, shows the tries left, and explains a blocked card."""

from typing import Any, ClassVar

from dmp_core.errors import PinRefused
from hostbridge.panels.panel import Ask, Drawn, Form, Panel
from hostbridge.protocol.messages import Nothing


class PinDialog(Panel):
    """The field is never filled in again, and its text stands in no page that is drawn."""

    name: ClassVar = "pin"
    title: ClassVar = "Code de la carte CPS"
    template: ClassVar = "pin.html"
    method: ClassVar = "session/show"
    parts: ClassVar = ("whole",)
    actions: ClassVar = ("enter", "dismiss")

    def draw(self, ask: Ask, _opened: Nothing) -> Drawn:
        return Drawn(self.template, {"answer": ask(self.method, {}), "refused": None})

    def whole(self, ask: Ask, _opened: Nothing, _form: Form) -> Drawn:
        """The question as it stands now."""
        return self._content(ask)

    def enter(self, ask: Ask, _opened: Nothing, form: Form) -> Drawn:
        """*Valider*. A request that is not a number, or a time that is none, is one that no dialog of ours sends."""
        asked: dict[str, Any] = {
            "request": _number(form.get("request")),
            "pin": form.get("pin", ""),
            "typed_ms": _number(form.get("typed_ms")),
            "last_try": form.get("last_try") == "confirmed",
        }
        try:
            return self._drawn(ask("pin/enter", asked))
        except PinRefused as error:  # what is asked now has another number, or one try less
            return Drawn("pin_content.html", {"answer": ask(self.method, {}), "refused": error.as_data()})

    def dismiss(self, ask: Ask, _opened: Nothing, _form: Form) -> Drawn:
        """*Annuler*."""
        return self._drawn(ask("session/close", {}))

    def _content(self, ask: Ask) -> Drawn:
        return self._drawn(ask(self.method, {}))

    def _drawn(self, answer: Any) -> Drawn:
        return Drawn("pin_content.html", {"answer": answer, "refused": None})


def _number(text: str | None) -> int:
    """0 is what a scanner's burst looks like: refused as one."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0
