"""Where a pharmacist finds the DMP in id., in the words of its screens."""

from typing import Final

from dmp_core.api import Context, MenuEntry, Right, Ui, UiWanted, hookimpl

_PATIENTS: Final = ("C données", "J patients")
_SENDING: Final = "Envois au DMP"


@hookimpl
def provide_ui(event: UiWanted, ctx: Context) -> Ui:  # noqa: ARG001 - every hook takes both
    """The menus of id.: the record behind the patient's file, the feed window after *Enregistrer*, the outbox."""
    return Ui(
        host="id.",
        menus=(
            MenuEntry(action="consult", label="Accéder au DMP", path=(*_PATIENTS, "Accéder au DMP"), right=Right.READ),
            MenuEntry(action="feed", label="Envoyer", path=("Alimentation du DMP", "Envoyer"), right=Right.FEED),
            MenuEntry(action="outbox", label=_SENDING, path=("C données", _SENDING), right=Right.FEED),
            MenuEntry(
                action="correct", label="Corriger un envoi", path=("C données", _SENDING, "Corriger"), right=Right.FEED
            ),
        ),
    )
