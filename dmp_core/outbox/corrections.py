"""What may be done to a sent document, what the DMP makes of it in the words of the counter, and what follows."""

from collections.abc import Mapping
from typing import Final

from dmp_core.model.document import Visibility
from dmp_core.model.item import Correction, CorrectionKind, CorrectionState, OutboxItem
from dmp_core.outbox import states

_K = CorrectionKind
LABELS: Final[Mapping[CorrectionKind, str]] = {
    _K.WITHDRAW: "Retirer du DMP",
    _K.VISIBILITY: "Changer la visibilité",
    _K.ARCHIVE: "Archiver",
    _K.UNARCHIVE: "Sortir des archives",
}
REPLACE: Final = "Remplacer"
_EFFECTS: Final[Mapping[CorrectionKind, str]] = {
    _K.WITHDRAW: (
        "Le DMP supprime le document : ni le patient ni les autres professionnels ne le verront plus."
        " C’est définitif ; le document reste dans votre logiciel."
    ),
    _K.ARCHIVE: "Le DMP range le document dans ses archives : il quitte la liste courante et peut en être ressorti.",
    _K.UNARCHIVE: "Le DMP remet le document dans la liste courante.",
}
REPLACES: Final = (
    "Une nouvelle version prendra la place du document dans le DMP dès que vous l’aurez enregistrée ;"
    " la version d’avant y reste, signalée comme remplacée."
)
_VISIBLE: Final = "Le DMP montre le document à tous ceux qui ont accès au dossier."
_HIDES: Final = (
    ("masked_to_professionals", "aux autres professionnels (sauf vous et le médecin traitant)"),
    ("hidden_from_patient", "au patient"),
    ("hidden_from_representatives", "aux représentants légaux"),
)
_STATES: Final[Mapping[tuple[CorrectionKind, CorrectionState], str]] = {
    (_K.WITHDRAW, CorrectionState.PENDING): "Retrait du DMP en cours",
    (_K.WITHDRAW, CorrectionState.DONE): "Retiré du DMP",
    (_K.WITHDRAW, CorrectionState.REFUSED): "Retrait refusé : le document est toujours au DMP",
    (_K.VISIBILITY, CorrectionState.PENDING): "Changement de visibilité en cours",
    (_K.VISIBILITY, CorrectionState.DONE): "Visibilité changée",
    (_K.VISIBILITY, CorrectionState.REFUSED): "Changement de visibilité refusé",
    (_K.ARCHIVE, CorrectionState.PENDING): "Archivage en cours",
    (_K.ARCHIVE, CorrectionState.DONE): "Archivé au DMP",
    (_K.ARCHIVE, CorrectionState.REFUSED): "Archivage refusé",
    (_K.UNARCHIVE, CorrectionState.PENDING): "Sortie des archives en cours",
    (_K.UNARCHIVE, CorrectionState.DONE): "Sorti des archives du DMP",
    (_K.UNARCHIVE, CorrectionState.REFUSED): "Sortie des archives refusée",
}


def effect(kind: CorrectionKind, visibility: Visibility | None = None) -> str:
    """What the DMP will do, for a window that asks once."""
    return _effect_of(visibility or Visibility()) if kind is CorrectionKind.VISIBILITY else _EFFECTS[kind]


def label(correction: Correction) -> str:
    """What became of a correction, in French."""
    return _STATES[correction.kind, correction.state]


def label_of(item: OutboxItem) -> str:
    """Where an item stands, in French: after a correction, what became of that."""
    return label(item.corrections[-1]) if item.corrections else states.label(item.state, item.reason)


def _effect_of(wanted: Visibility) -> str:
    hidden = [text for name, text in _HIDES if getattr(wanted, name)]
    return f"Le DMP ne montre plus le document {', ni '.join(hidden)}." if hidden else _VISIBLE
