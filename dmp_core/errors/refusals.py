"""The DMP said no."""

from typing import Any

from dmp_core.errors.root import DmpError, Mender


class DmpRefusal(DmpError):
    """The DMP answered no. `origin` is its own code, `dmp_text` its own words (PRE_ERR: both are shown)."""

    code = "DMP-SRV-000"
    mender = Mender.DMP
    sentence = "Le DMP a refusé la demande."
    remedy = "Lisez le message du DMP, donné avec cette erreur."

    def __init__(self, detail: str = "", *, origin: str | None = None, dmp_text: str = "") -> None:
        super().__init__(detail, origin=origin)
        self.dmp_text = dmp_text

    def as_data(self) -> dict[str, Any]:
        return super().as_data() | {"dmp_text": self.dmp_text}


class DmpBusy(DmpRefusal):
    code = "DMP-SRV-001"
    sentence = "Le DMP est momentanément surchargé."
    remedy = "Un envoi repartira tout seul ; une consultation est à relancer dans quelques instants."
    transient = True


class DmpDuplicate(DmpRefusal):
    code = "DMP-SRV-002"
    sentence = "Le DMP connaît déjà ce document."
    remedy = "Le logiciel vérifie s’il s’agit bien du vôtre."


class DmpAccessDenied(DmpRefusal):
    code = "DMP-SRV-003"
    mender = Mender.PHARMACIST
    sentence = "Vous n’êtes pas autorisé à accéder au DMP de ce patient."
    remedy = "Demandez l’accord du patient, puis « Accéder au DMP »."


class DmpIdentityRefused(DmpRefusal):
    code = "DMP-SRV-004"
    mender = Mender.PHARMACIST
    sentence = "Le DMP ne reconnaît pas l’identité de ce patient."
    remedy = "Interrogez de nouveau INSi, puis recommencez."


class DmpAbsent(DmpRefusal):
    code = "DMP-SRV-005"
    mender = Mender.NOBODY
    sentence = "Ce patient n’a pas de DMP."
    remedy = "Le document reste dans votre logiciel."


class DmpClosed(DmpRefusal):
    code = "DMP-SRV-006"
    mender = Mender.NOBODY
    sentence = "Le DMP de ce patient est fermé."
    remedy = "Le document reste dans votre logiciel."


class DmpMetadataRefused(DmpRefusal):
    code = "DMP-SRV-007"
    mender = Mender.VENDOR
    sentence = "Le DMP refuse la description du document."
    remedy = "Transmettez ce code et le message du DMP à l’éditeur du LGO."


class DmpVihfRefused(DmpRefusal):
    """The assertion that says who asks (VIHF), its signature or its structure was refused."""

    code = "DMP-SRV-008"
    mender = Mender.VENDOR
    sentence = "Le DMP refuse l’identification du professionnel ou de la pharmacie."
    remedy = "Faites vérifier la carte, les certificats et la fiche de la pharmacie."


class DmpCertificateRefused(DmpVihfRefused):
    """A certificate, of the connection or of a signature, is no longer accepted: withdrawn, expired or unknown."""

    code = "DMP-SRV-013"
    mender = Mender.PHARMACIST
    sentence = "Le DMP refuse le certificat de la carte ou de la pharmacie (révoqué, expiré ou inconnu)."
    remedy = "Utilisez une carte valable, ou faites renouveler le certificat : ce qui attend partira tout seul."


class DmpClockRefused(DmpVihfRefused):
    """The VIHF was refused while the clock of this computer differs from the DMP's: its date is not believed."""

    code = "DMP-SRV-009"
    mender = Mender.PHARMACIST
    sentence = "Le DMP refuse l’identification : l’horloge de cet ordinateur n’est pas à l’heure."
    remedy = "Réglez la date et l’heure (synchronisation automatique), puis recommencez."


class DmpDocumentUnknown(DmpRefusal):
    code = "DMP-SRV-010"
    mender = Mender.PHARMACIST
    sentence = "Le DMP ne trouve pas ce document."
    remedy = "Affichez de nouveau la liste des documents : il a pu être retiré ou remplacé."


class DmpTooManyResults(DmpRefusal):
    code = "DMP-SRV-011"
    mender = Mender.PHARMACIST
    sentence = "Le DMP trouve trop de documents pour les afficher."
    remedy = "Choisissez une période plus courte."


class DmpQuestionRefused(DmpRefusal):
    """The DMP does not understand what our software asks."""

    code = "DMP-SRV-012"
    mender = Mender.VENDOR
    sentence = "Le DMP ne comprend pas la demande du logiciel."
    remedy = "Transmettez ce code et le message du DMP à l’éditeur du LGO."


class DmpOtherRefusal(DmpRefusal):
    code = "DMP-SRV-099"
