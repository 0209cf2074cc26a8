"""The patient's identity forbids it."""

from dmp_core.errors.root import DmpError, Mender


class IdentityError(DmpError):
    """The patient's identity forbids what was asked."""

    code = "DMP-IDENT-000"
    mender = Mender.PHARMACIST
    sentence = "L’identité du patient ne permet pas d’utiliser le DMP."
    remedy = "Vérifiez l’identité du patient dans sa fiche."


class InsInvalid(IdentityError):
    code = "DMP-IDENT-001"
    sentence = "Le matricule INS est mal formé ou sa clé est fausse."
    remedy = "Relisez la carte Vitale ou interrogez de nouveau le téléservice INSi."


class InsNotQualified(IdentityError):
    code = "DMP-IDENT-002"
    sentence = "L’identité INS du patient n’est pas encore qualifiée."
    remedy = "Interrogez INSi et contrôlez une pièce d’identité ; l’envoi partira ensuite tout seul."


class InsWrongEnvironment(IdentityError):
    code = "DMP-IDENT-003"
    mender = Mender.VENDOR
    sentence = "Ce matricule INS n’appartient pas à cet environnement (test ou production)."
    remedy = "Utilisez un patient de test hors production, un patient réel en production."


class PatientMismatch(IdentityError):
    code = "DMP-IDENT-004"
    sentence = "Le patient du document n’est pas celui du dossier ouvert."
    remedy = "Rouvrez la fiche du bon patient avant de recommencer."


class OtherPatientsCard(IdentityError):
    """The carte Vitale in the reader, or the code that was scanned, does not name the open patient."""

    code = "DMP-IDENT-020"
    sentence = "La carte Vitale n’est pas celle du patient dont la fiche est ouverte."
    remedy = "Vérifiez qui est devant vous, puis ouvrez la fiche du patient de la carte ou rendez la carte."


class TraitsDiverge(IdentityError):
    """Two sources disagree on traits of the patient; `fields` names them, a human decides (SC.DMP/CONF.02)."""

    code = "DMP-IDENT-005"
    sentence = "L’identité du patient diffère de celle que connaît le service national."
    remedy = "Comparez les traits indiqués avec une pièce d’identité, puis confirmez ou corrigez la fiche."

    def __init__(self, detail: str = "", *, origin: str | None = None, fields: tuple[str, ...] = ()) -> None:
        super().__init__(detail or ", ".join(fields), origin=origin)
        self.fields = fields


class IdentityMarked(IdentityError):
    """*Douteux* or *fictif*: neither INSi nor an identity document may be used (Guide INS, EXI ID 26)."""

    code = "DMP-IDENT-006"
    sentence = "L’identité du patient est signalée comme douteuse ou fictive."
    remedy = "Levez le doute dans la fiche du patient avant d’interroger INSi."


class MarksConflict(IdentityError):
    """Attributes of an identity that exclude each other (Guide INS, EXI ID 24)."""

    code = "DMP-IDENT-007"
    sentence = "Ces signalements d’identité ne peuvent pas être cumulés."
    remedy = "Gardez un seul signalement ; seuls « douteux » et « homonyme » vont ensemble."


class IdentityDocumentRefused(IdentityError):
    """Not a document of high confidence, as the pharmacy configured them (Guide INS, EXI ID 19)."""

    code = "DMP-IDENT-008"
    sentence = "Cette pièce ne suffit pas pour valider l’identité du patient."
    remedy = "Demandez une carte d’identité, un passeport ou un titre de séjour."


class TraitRefused(IdentityError):
    """A trait that INSi does not take: a character outside its alphabet, or a missing value."""

    code = "DMP-IDENT-009"
    sentence = "Un trait d’identité ne peut pas être transmis au téléservice INSi."
    remedy = "Corrigez dans la fiche du patient le trait indiqué."
