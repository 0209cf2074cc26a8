"""*Carte partagée*: the holder lends the card to the other counters for a time; two counters compare a code."""

from datetime import timedelta
from typing import Any, ClassVar, Final

from hostbridge.panels.panel import Ask, Drawn, Form, Panel
from hostbridge.protocol.messages import Nothing

DURATIONS: Final = {"60": "1 heure", "240": "4 heures", "480": "8 heures"}


class SharingPanel(Panel):
    """Drawn again every three seconds while a pairing goes on: the code comes from the other counter."""

    name: ClassVar = "sharing"
    title: ClassVar = "Carte partagée entre comptoirs"
    template: ClassVar = "sharing.html"
    method: ClassVar = "sharing/show"
    parts: ClassVar = ("whole",)
    actions: ClassVar = ("enable", "disable", "pair", "confirm", "forget")

    def draw(self, ask: Ask, _opened: Nothing) -> Drawn:
        return Drawn(self.template, self._values(ask(self.method, {})))

    def whole(self, ask: Ask, _opened: Nothing, _form: Form) -> Drawn:
        return self._content(ask(self.method, {}))

    def enable(self, ask: Ask, _opened: Nothing, form: Form) -> Drawn:
        """*Partager ma carte*, for the time that the holder chose."""
        minutes = form.get("minutes", "")
        lasts = timedelta(minutes=int(minutes) if minutes in DURATIONS else 60)
        return self._content(ask("sharing/enable", {"until": (ask.now + lasts).isoformat()}))

    def disable(self, ask: Ask, _opened: Nothing, _form: Form) -> Drawn:
        return self._content(ask("sharing/disable", {}))

    def pair(self, ask: Ask, _opened: Nothing, form: Form) -> Drawn:
        """*Associer*: without an address this counter waits to be called."""
        address = form.get("address", "").strip()
        return self._content(ask("sharing/pair", {"address": address} if address else {}))

    def confirm(self, ask: Ask, _opened: Nothing, form: Form) -> Drawn:
        code = form.get("code", "").replace(" ", "")
        return self._content(ask("sharing/confirm", {"code": code}))

    def forget(self, ask: Ask, _opened: Nothing, form: Form) -> Drawn:
        return self._content(ask("sharing/forget", {"seat": form.get("seat", "")}))

    def _content(self, answer: Any) -> Drawn:
        return Drawn("sharing_content.html", self._values(answer))

    def _values(self, answer: Any) -> dict[str, Any]:
        return {"answer": answer, "durations": DURATIONS}
