"""What became of a drop, and why, in the words of whoever opens the folder: what is wrong, who mends it, and how."""

from dataclasses import dataclass, field
from typing import Any, Final

from dmp_core.api import ContentInvalid
from host_folder.moves import DONE, PASSED_OVER, REFUSED
from hostbridge.clients.python import BridgeError

OF_THE_DOCUMENT: Final = ("DMP-INPUT-", "DMP-IDENT-", "DMP-CONS-")
"""Codes of what is wrong with a document itself; any other error is mended elsewhere, and the document waits."""
_NOTHING: Final = "Rien de ce dépôt n’a été accepté par le module DMP."
_SOME: Final = "{accepted} document(s) sur {all} ont été acceptés par le module DMP ; les autres sont refusés."
_AGAIN: Final = (
    "Corrigez, puis déposez de nouveau le tout dans le dossier surveillé : ce qui est accepté n’y part pas deux fois."
)
_MENDER: Final = "Qui peut y remédier : {}."
_OF_A_FILE: Final = "l’éditeur du LGO, ou vous si une rubrique manque dans le logiciel"
_NO_DOCUMENT: Final = (
    "D’après la table de correspondance, aucun enregistrement de ce fichier n’est un document à transmettre."
)


@dataclass(slots=True)
class Verdict:
    """Grows with each document of the drop."""

    _accepted: int = 0
    _wrong: list[str] = field(default_factory=list)
    _unread: bool = False

    def accepted(self) -> None:
        self._accepted += 1

    def refused(self, error: BridgeError) -> None:
        rank = self._accepted + len(self._wrong) + 1
        mender = str(error.data.get("mender") or "l’éditeur du LGO")
        self._wrong.append(f"Document {rank} : {told_by(error)}\n{_MENDER.format(mender)}")

    def unreadable(self, error: ContentInvalid) -> None:
        """Nothing of the drop could be handed over."""
        self._unread = True
        lines = [f"{finding.path} : {finding.remedy}" for finding in error.findings] or [error.detail]
        self._wrong.append("\n".join([*lines, _MENDER.format(_OF_A_FILE)]))

    @property
    def place(self) -> str:
        return REFUSED if self._wrong else DONE if self._accepted else PASSED_OVER

    @property
    def text(self) -> str:
        """What stands beside the files; empty for what was accepted whole."""
        if self.place == DONE:
            return ""
        if self.place == PASSED_OVER:
            return f"{_NO_DOCUMENT}\n{_MENDER.format('l’éditeur du LGO, si la table se trompe')}\n"
        all_of_them = self._accepted + len(self._wrong)
        head = _SOME.format(accepted=self._accepted, all=all_of_them) if self._accepted else _NOTHING
        return "\n\n".join([head, *self._wrong, _AGAIN]) + "\n"


def told_by(error: BridgeError) -> str:
    """The sentence of the bridge, the field or rule, and what to do."""
    data: dict[str, Any] = error.data
    words = (data.get("sentence"), data.get("detail"), data.get("remedy"))
    return " ".join(word for word in words if word) or f"Erreur {error.code} du pont."
