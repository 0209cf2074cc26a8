"""What the counter can do now so that a waiting document goes on: the window in which that is done."""

from collections.abc import Mapping
from typing import Any, Final

from dmp_core.errors import ConfigInvalid
from dmp_core.model.item import State, WaitReason
from hostbridge.panels.panel import Ask, Drawn
from hostbridge.protocol.outbox import ItemView

_WORDS: Final[Mapping[str, str]] = {"identity": "Qualifier l’identité…", "pin": "Code de la carte…"}


class Onward:
    """Made once for a page: whether a card waits for its code is asked for once."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._code: bool | None = None

    def of(self, item: ItemView) -> tuple[str, str] | None:
        """The window and the words of its button; None where the document goes on by itself."""
        if item.state is not State.WAITING:
            return None
        if item.reason is WaitReason.IDENTITY and item.host_id is not None:
            return "identity", _WORDS["identity"]
        if item.reason is WaitReason.CARD and self._code_is_asked():
            return "pin", _WORDS["pin"]
        return None

    def _code_is_asked(self) -> bool:
        if self._code is None:
            try:
                self._code = self._ask("session/show", {}).pin is not None
            except ConfigInvalid:  # the keys are in no card
                self._code = False
        return self._code


def lead(ask: Ask, panel: str, params: Mapping[str, Any]) -> Drawn:
    """To another window."""
    address = ask("panel/open", {"panel": panel, "params": dict(params)}).address
    return Drawn("onward.html", {"address": address}, onward=address)


def lead_on(ask: Ask, item: ItemView) -> Drawn:
    """To the window in which this item can be helped; to its own where that is no longer so."""
    panel, _ = Onward(ask).of(item) or ("feed", "")
    params: dict[str, dict[str, Any]] = {"identity": {"host_id": item.host_id}, "feed": {"item": item.item}}
    return lead(ask, panel, params.get(panel, {}))
