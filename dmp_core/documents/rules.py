"""The project's own rules on a document, each with its severity and its remedy; what breaks one is a Finding.

They see what the rules of ANS do not (identifiers' keys, official labels, pointers, the file inside), and the basics
of the header, so that a document is checked where those rules are not installed.
"""

from typing import Final

from dmp_core.documents.tree import line_of, path_of
from dmp_core.model.finding import Finding, Severity
from dmp_core.xml import Element

_VENDOR: Final = "Signalez-le à l’éditeur du logiciel qui a produit le document."
_PATIENT: Final = "Vérifiez l’identité du patient dans sa fiche, puis enregistrez de nouveau."
_PHARMACY: Final = "Vérifiez la fiche du professionnel et celle de la pharmacie, puis enregistrez de nouveau."
_FILE: Final = "Refaites le fichier depuis le logiciel, puis enregistrez de nouveau."

REMEDIES: Final = {
    "xml": _VENDOR,
    "no-document": _VENDOR,
    "size": "Réduisez la taille du document (moins de pages, images plus légères).",
    "header-missing": _VENDOR,
    "header-templates": _VENDOR,
    "split-text": _VENDOR,
    "invisible-character": "Retapez ce nom ou ce titre : il contient un caractère invisible.",
    "foreign-letter": "Retapez ce nom : il contient une lettre d’un autre alphabet, qui passe pour une des nôtres.",
    "title-length": "Raccourcissez le titre du document.",
    "unique-id": _VENDOR,
    "set-id": _VENDOR,
    "version-number": _VENDOR,
    "language": _VENDOR,
    "effective-time": _VENDOR,
    "time-format": _VENDOR,
    "time-zone": _VENDOR,
    "code-unknown": _VENDOR,
    "code-label": _VENDOR,
    "ins-missing": "Interrogez INSi et contrôlez une pièce d’identité, puis enregistrez de nouveau.",
    "ins-format": _PATIENT,
    "ins-key": _PATIENT,
    "ins-gender": _PATIENT,
    "ins-traits": _PATIENT,
    "author-code": _PHARMACY,
    "professional-id": _PHARMACY,
    "structure-id": _PHARMACY,
    "media-type": _VENDOR,
    "representation": _VENDOR,
    "base64": _VENDOR,
    "pdf": _FILE,
    "pdf-a": "Demandez à l’éditeur du LGO de produire des PDF au format PDF/A-1.",
    "section-title": _VENDOR,
    "section-text": _VENDOR,
    "section-id": _VENDOR,
    "section-template": _VENDOR,
    "entry-template": _VENDOR,
    "reference-dangling": _VENDOR,
    "reference-form": _VENDOR,
    "id-duplicate": _VENDOR,
    "narrative-link": _VENDOR,
}
WARNINGS: Final = frozenset({"time-zone", "foreign-letter", "pdf-a", "section-id", "reference-form", "narrative-link"})


def broken(rule: str, place: Element | str, *, detail: str = "", severity: Severity | None = None) -> Finding:
    """A finding of `rule` at an element, or at the path of one that is missing."""
    usual = Severity.WARNING if rule in WARNINGS else Severity.ERROR
    path, line = (place, None) if isinstance(place, str) else (path_of(place), line_of(place))
    return Finding(path, rule, REMEDIES[rule], severity or usual, line, detail)
