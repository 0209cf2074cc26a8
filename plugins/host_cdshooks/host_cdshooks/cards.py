"""The card: the status of the DMP, what is new in it, a link. CDS Hooks 2.0, « Card Attributes »."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from way_in.counter import Refusal

SOURCE: Final = {"label": "Dossier Médical Partagé (DMP)"}
UNKNOWN: Final = "Le statut du DMP n’est pas encore connu."
_SUMMARY: Final = 139  # characters: fewer than 140
_TO_ASK: Final = frozenset({"not_authorised", "expired", "blocked"})
_NOTHING_THERE: Final = frozenset({"absent", "closed"})


def card(uuid: str, status: Mapping[str, Any] | None, link: str) -> dict[str, Any]:
    """The card of a status, as `dmp/status` gives it; None: it is not known yet. `link` opens the window."""
    if status is None:
        return _card(uuid, UNKNOWN, "info", "Le DMP n’a pas répondu à temps. Ouvrez-le pour réessayer.", link)
    indicator = "warning" if status["status"] in _TO_ASK else "info"
    there = None if status["status"] in _NOTHING_THERE else link
    return _card(uuid, str(status["text"]), indicator, _news(status.get("new") or ()), there)


def refused(uuid: str, refusal: Refusal) -> dict[str, Any]:
    """The card where the DMP could not be asked: why, and what to do."""
    return _card(uuid, refusal.sentence, "warning", refusal.remedy, None)


def _card(uuid: str, summary: str, indicator: str, detail: str, link: str | None) -> dict[str, Any]:
    """Without what would be empty: the standard forbids it."""
    made: dict[str, Any] = {
        "uuid": uuid,
        "summary": summary if len(summary) <= _SUMMARY else summary[: _SUMMARY - 1] + "…",
        "indicator": indicator,
        "source": SOURCE,
    }
    if detail:
        made["detail"] = detail
    if link:
        made["links"] = [{"label": "Ouvrir le DMP", "url": link, "type": "absolute"}]
    return made


def _news(new: Sequence[Mapping[str, Any]]) -> str:
    """Markdown: a line for each type that has something new."""
    lines = [f"- {_plain(str(each['label']))} : {each['count']}" for each in new if each["count"]]
    return "\n".join(["Nouveau depuis la dernière consultation :", "", *lines]) if lines else ""


def _plain(text: str) -> str:
    """Text that says nothing to a reader of Markdown."""
    return "".join(f"\\{each}" if each in "\\`*_{}[]()#+-.!<>|~" else each for each in text)
