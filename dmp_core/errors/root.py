"""What every error of the core is: a code, a sentence and a remedy in French, and who can mend it."""

from enum import StrEnum
from typing import Any, ClassVar


class Mender(StrEnum):
    """Who can mend it, in the words of the counter."""

    PHARMACIST = "le pharmacien"
    VENDOR = "l’éditeur du LGO"
    DMP = "le service DMP"
    NETWORK = "le réseau de la pharmacie"
    NOBODY = "personne : la demande est définitive"


class DmpError(Exception):
    """Root of the tree. `code` is stable; `sentence` says what happened, `remedy` what to do next, in French.

    `detail` is for developers (a field's name, a rule, a line); `origin` is the code that the DMP or a library gave.
    `transient` says whether the same call may succeed later without anybody acting.
    """

    code: ClassVar[str] = "DMP-000"
    mender: ClassVar[Mender] = Mender.VENDOR
    sentence: ClassVar[str] = "Une erreur inattendue est survenue."
    remedy: ClassVar[str] = "Transmettez ce code à l’éditeur du LGO."
    transient: ClassVar[bool] = False

    def __init__(self, detail: str = "", *, origin: str | None = None) -> None:
        super().__init__(f"{self.code}: {detail}" if detail else self.code)
        self.detail = detail
        self.origin = origin

    def as_data(self) -> dict[str, Any]:
        """The error as plain data for a host or a transcript."""
        return {
            "code": self.code,
            "sentence": self.sentence,
            "remedy": self.remedy,
            "mender": str(self.mender),
            "detail": self.detail,
            "origin": self.origin,
        }
