"""What the host handed over cannot be used."""

from typing import Any

from dmp_core.errors.root import DmpError, Mender


class InputError(DmpError):
    """What the host handed over cannot be used as it is."""

    code = "DMP-INPUT-000"
    sentence = "Le logiciel a transmis une information inutilisable."
    remedy = "Transmettez ce code à l’éditeur du LGO."


class MessageInvalid(InputError):
    code = "DMP-INPUT-001"
    sentence = "Le message du logiciel n’a pas la forme attendue."


class FrameTooLarge(InputError):
    code = "DMP-INPUT-002"
    sentence = "Le message du logiciel dépasse la taille permise."


class XmlRefused(InputError):
    """Not well formed, or uses what no message of the field needs (DOCTYPE, entities, excessive depth or size)."""

    code = "DMP-INPUT-003"
    sentence = "Le fichier XML est illisible ou dangereux."


class PdfRefused(InputError):
    code = "DMP-INPUT-004"
    sentence = "Le fichier PDF est illisible ou incomplet."
    remedy = "Refaites le PDF depuis le logiciel, puis enregistrez de nouveau."
    mender = Mender.PHARMACIST


class PdfProtected(PdfRefused):
    code = "DMP-INPUT-024"
    sentence = "Le PDF est protégé par un mot de passe."
    remedy = "Enregistrez le PDF sans mot de passe ni restriction, puis recommencez."


class DocumentInvalid(InputError):
    """A document does not satisfy a rule; `findings` lists them all."""

    code = "DMP-INPUT-005"
    sentence = "Le document ne respecte pas une règle du DMP."
    remedy = "Corrigez la rubrique indiquée, puis enregistrez de nouveau."
    mender = Mender.PHARMACIST

    def __init__(self, detail: str = "", *, origin: str | None = None, findings: tuple[Any, ...] = ()) -> None:
        super().__init__(detail, origin=origin)
        self.findings = findings


class ContentInvalid(DocumentInvalid):
    """The content that the host handed over is not what the document's model wants; `findings` lists each field."""

    code = "DMP-INPUT-010"
    sentence = "Une rubrique du document est absente ou incorrecte."


class NotWanted(InputError):
    """The counter decided that the document does not leave; `detail` is the reason (model/item.py, CancelReason)."""

    code = "DMP-INPUT-012"
    mender = Mender.NOBODY
    sentence = "Au comptoir, il a été choisi de ne pas envoyer ce document au DMP."
    remedy = "Il n’y a rien à faire."


class FileKindRefused(InputError):
    """HTML, SVG, Office, archives and programs: the DMP takes PDF, JPEG, TIFF, RTF and plain text."""

    code = "DMP-INPUT-021"
    sentence = "Le DMP n’accepte pas ce type de fichier."
    remedy = "Enregistrez-le en PDF (ou en JPEG, TIFF, PNG, RTF simple, texte UTF-8), puis recommencez."
    mender = Mender.PHARMACIST


class FileLies(InputError):
    """The bytes are not of the media type that was declared."""

    code = "DMP-INPUT-022"
    sentence = "Le fichier n’est pas du type annoncé : il n’a pas été ouvert."
    remedy = "Vérifiez la provenance du fichier, puis enregistrez-le de nouveau dans son vrai format."
    mender = Mender.PHARMACIST


class ImageRefused(InputError):
    code = "DMP-INPUT-023"
    sentence = "L’image est illisible ou trop grande."
    remedy = "Numérisez de nouveau le document en 200 points par pouce, puis recommencez."
    mender = Mender.PHARMACIST


class WrongState(InputError):
    code = "DMP-INPUT-007"
    sentence = "Cette action n’est plus possible sur ce document."
    remedy = "Ouvrez « Envois au DMP » pour voir où en est le document."
    mender = Mender.PHARMACIST


class KeyConflict(InputError):
    """Another content was already accepted under the same key; the first one is kept."""

    code = "DMP-INPUT-008"
    sentence = "Un autre document a déjà été transmis sous la même référence."


class NothingChanged(InputError):
    """The same content of the same record was sent already: nothing leaves (EX_GEN-1060)."""

    code = "DMP-INPUT-011"
    mender = Mender.NOBODY
    sentence = "Ce document est déjà au DMP, à l’identique."
    remedy = "Il n’y a rien à faire."


class NotFound(InputError):
    code = "DMP-INPUT-009"
    sentence = "Cet élément n’existe pas ou n’existe plus."
