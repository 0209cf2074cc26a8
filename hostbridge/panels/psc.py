"""*Pro Santé Connect*: by the e-CPS on the phone, the card or the browser; as whom, in which structure, until when."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from dmp_core.errors import ConfigInvalid, PscError
from hostbridge.panels.panel import Ask, Drawn, Form, Panel
from hostbridge.protocol.messages import Nothing

ENDED: Final[Mapping[str, str]] = {
    "closed": "Vous avez terminé la session.",
    "operator-changed": "Un autre opérateur travaille : la session est terminée.",
    "expired": "La session est arrivée à son terme.",
    "idle": "La session est terminée : elle n’a pas servi depuis un moment.",
    "too-long": "La session a atteint sa durée maximale.",
}


class Psc(Panel):
    """It asks where things stand every two seconds while the professional acts elsewhere."""

    name: ClassVar = "psc"
    title: ClassVar = "Pro Santé Connect"
    template: ClassVar = "psc.html"
    method: ClassVar = "psc/poll"
    parts: ClassVar = ("state",)
    actions: ClassVar = ("open", "choose", "close")

    def draw(self, ask: Ask, _opened: Nothing) -> Drawn:
        return Drawn(self.template, self._values(ask))

    def state(self, ask: Ask, _opened: Nothing, _form: Form) -> Drawn:
        """Where it stands now."""
        return self._state(ask)

    def open(self, ask: Ask, _opened: Nothing, form: Form) -> Drawn:
        """Begin, in the way that was chosen."""
        ask("psc/open", {"channel": form.get("channel", "")})
        return self._state(ask)

    def choose(self, ask: Ask, _opened: Nothing, form: Form) -> Drawn:
        """Act in this exercise. A rank that is no number is one that no window of ours sends."""
        rank = form.get("rank", "")
        ask("psc/choose", {"rank": int(rank) if rank.isascii() and rank.isdigit() and len(rank) < 4 else -1})
        return self._state(ask)

    def close(self, ask: Ask, _opened: Nothing, _form: Form) -> Drawn:
        """*Terminer la session*, or *Annuler*."""
        ask("psc/close", {})
        return self._state(ask)

    def _state(self, ask: Ask) -> Drawn:
        return Drawn("psc_state.html", self._values(ask))

    def _values(self, ask: Ask) -> dict[str, Any]:
        """What ended the last identification is told, and another may begin."""
        try:
            answer, failed = ask(self.method, {}), None
        except (PscError, ConfigInvalid) as error:
            answer, failed = None, {"dmp_text": "", **error.as_data(), "off": isinstance(error, ConfigInvalid)}
        return {"answer": answer, "failed": failed, "ended": ENDED.get((answer and answer.ended) or "")}
