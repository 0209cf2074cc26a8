"""The viewer's French: what the pharmacist reads around a document."""

from collections.abc import Mapping
from typing import Final

from dmp_core.documents.viewer.view import Level, Notice, Removed

NOTICES: Final[Mapping[Notice, tuple[Level, str, str]]] = {
    Notice.OTHER_PATIENT: (
        Level.BLOCKING,
        "Ce document n’est pas celui du patient ouvert.",
        "L’identité inscrite dans le document diffère de celle du dossier. Ne l’utilisez pas pour ce patient, et "
        "signalez-le à son auteur.",
    ),
    Notice.ALTERED: (
        Level.BLOCKING,
        "Ce document a été modifié depuis son dépôt.",
        "Son empreinte ou sa taille diffère de celle que le DMP annonce. Ne vous y fiez pas, et signalez-le à "
        "l’éditeur du logiciel.",
    ),
    Notice.NO_INS: (
        Level.WARNING,
        "Ce document ne porte pas d’INS.",
        "Son nom et sa date de naissance sont ceux du patient ouvert : vérifiez qu’il s’agit bien de lui.",
    ),
    Notice.UNKNOWN_INS: (
        Level.WARNING,
        "Ce document porte un autre INS que celui du patient ouvert.",
        "Son nom et sa date de naissance concordent : vérifiez qu’il s’agit bien de lui.",
    ),
    Notice.REPLACED: (
        Level.WARNING,
        "Ce document a été remplacé.",
        "Une version plus récente existe dans le DMP : consultez-la.",
    ),
    Notice.SUPERSEDED: (
        Level.WARNING,
        "Ce document n’est pas la dernière version.",
        "Une version plus récente existe dans le DMP : consultez-la.",
    ),
    Notice.DELETED: (Level.WARNING, "Ce document a été supprimé du DMP.", ""),
    Notice.ARCHIVED: (Level.INFO, "Document archivé.", "Il n’apparaît plus dans la liste courante du DMP."),
    Notice.MASKED: (Level.INFO, "Document masqué aux professionnels de santé.", "Le patient en a restreint l’accès."),
    Notice.HIDDEN_FROM_PATIENT: (
        Level.WARNING,
        "Le patient ne voit pas encore ce document.",
        "Ne le lui montrez pas avant la consultation d’annonce.",
    ),
    Notice.BY_PATIENT: (
        Level.INFO,
        "Document déposé par le patient.",
        "Aucun professionnel de santé ne l’a validé.",
    ),
    Notice.SELF_PRESENTING: (
        Level.INFO,
        "Ce document apporte sa propre présentation.",
        "Elle n’a pas été exécutée : vous lisez son contenu, mis en page par ce logiciel.",
    ),
    Notice.ODD_CHARACTERS: (
        Level.WARNING,
        "Ce document contient des caractères invisibles ou trompeurs.",
        "Ils sont montrés par leur numéro, par exemple ‹U+202E› : vérifiez les noms et les doses.",
    ),
    Notice.REMOVED: (Level.INFO, "Des contenus ont été retirés par sécurité.", "Le reste du document est affiché."),
}

MARKS: Final[Mapping[Removed, str]] = {
    Removed.LINK: "lien",
    Removed.REMOTE: "fichier hors du document",
    Removed.ACTIVE: "programme",
    Removed.UNKNOWN: "balise inconnue",
    Removed.SPLIT: "balise dans un nom",
    Removed.ATTRIBUTE: "attribut actif",
    Removed.FILE: "fichier non affiché",
    Removed.MISSING: "fichier absent du document",
    Removed.REPEATED: "fichier déjà affiché",
    Removed.DEPTH: "imbrication trop profonde",
    Removed.EXCESS: "suite du document, trop volumineuse",
}

BORN: Final = {"F": "Femme, née", "M": "Homme, né"}
TITLES: Final = {"DR": "Dr", "PR": "Pr", "M": "M.", "MME": "Mme"}


def mark(kind: Removed, detail: str = "") -> str:
    """`[contenu retiré : lien – http://…]`"""
    return f"[contenu retiré : {MARKS[kind]}{' – ' if detail else ''}{detail}]"


def summary(removed: Mapping[Removed, int]) -> str:
    """`Retirés : 3 × lien, 1 × programme.`"""
    told = ", ".join(f"{count} × {MARKS[kind]}" for kind, count in removed.items())
    return f"Retirés : {told}."


def weight(size: int) -> str:
    """`252 Ko`, `1,4 Mo`."""
    return f"{size / 1_000_000:.1f} Mo".replace(".", ",") if size >= 1_000_000 else f"{max(size // 1000, 1)} Ko"
