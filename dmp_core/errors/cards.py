"""Cards, keys and certificates."""

from typing import Any

from dmp_core.errors.root import DmpError, Mender


class CardError(DmpError):
    """A card, a key or a certificate cannot be used."""

    code = "DMP-CARD-000"
    sentence = "La carte ou le certificat est inutilisable."
    remedy = "Vérifiez la carte et le lecteur, puis recommencez."


class KeyUnusable(CardError):
    code = "DMP-CARD-001"
    sentence = "Le certificat ou la clé de la pharmacie est illisible, expiré ou ne vont pas ensemble."
    remedy = "Faites vérifier les certificats de la pharmacie par l’éditeur du LGO."


class CardLibraryMissing(CardError):
    """No PKCS#11 library for the CPS was found where its makers put it, nor where the configuration says."""

    code = "DMP-CARD-010"
    sentence = "Le logiciel de lecture de la carte CPS n’est pas installé sur ce poste."
    remedy = "Faites installer la « Cryptolib CPS » de l’ANS par l’éditeur du LGO."


class CardMissing(CardError):
    code = "DMP-CARD-011"
    mender = Mender.PHARMACIST
    sentence = "La carte CPS n’est pas dans le lecteur."
    remedy = "Insérez votre carte CPS, puce visible, puis recommencez."


class CardRemoved(CardError):
    """The card left its reader, or another program reset it: what was opened with it is closed."""

    code = "DMP-CARD-012"
    mender = Mender.PHARMACIST
    sentence = "La carte CPS a été retirée : la session est fermée."
    remedy = "Remettez la carte CPS dans le lecteur et composez de nouveau votre code."


class CardSilent(CardError):
    """No answer in time, or another program keeps the card to itself."""

    code = "DMP-CARD-013"
    mender = Mender.PHARMACIST
    sentence = "La carte CPS ne répond pas, ou un autre logiciel l’occupe."
    remedy = "Retirez la carte, remettez-la, puis recommencez ; si cela dure, débranchez puis rebranchez le lecteur."
    transient = True


class CardUnreadable(CardError):
    """What the card says is contradictory, incomplete or no CPS's."""

    code = "DMP-CARD-014"
    mender = Mender.PHARMACIST
    sentence = "Cette carte n’est pas une carte CPS utilisable."
    remedy = "Insérez votre carte CPS dans le lecteur, sans la poser dessus ; si cela dure, faites-la contrôler."


class CardExpired(CardError):
    code = "DMP-CARD-015"
    mender = Mender.PHARMACIST
    sentence = "Les certificats de la carte CPS ne sont pas ou plus valables."
    remedy = "Utilisez votre nouvelle carte CPS ; si vous ne l’avez pas reçue, demandez-la à l’ANS."


class CardWrongEnvironment(CardError):
    """A test card in production, or a real one elsewhere."""

    code = "DMP-CARD-016"
    mender = Mender.PHARMACIST
    sentence = "Cette carte n’appartient pas à cet environnement (test ou production)."
    remedy = "Utilisez une carte de test hors production, votre carte CPS en production."


class CardTlsUnavailable(CardError):
    """This Python cannot open a connection with a key that stays in a card."""

    code = "DMP-CARD-017"
    sentence = "Ce poste ne peut pas ouvrir la connexion sécurisée avec la carte CPS."
    remedy = "Faites installer une version de Python prise en charge, ou configurer stunnel, par l’éditeur du LGO."


class CertificateOfAnother(CardError):
    """A certificate whose subject names another structure than the configured one."""

    code = "DMP-CARD-050"
    sentence = "Ce certificat est celui d’une autre structure que la pharmacie configurée."
    remedy = "Vérifiez le numéro FINESS ou SIRET de la configuration, et le fichier reçu de l’ANS."


class CertificateWrongEnvironment(CardError):
    """A test certificate in production, or a real one elsewhere."""

    code = "DMP-CARD-051"
    sentence = "Ce certificat n’appartient pas à cet environnement (test ou production)."
    remedy = "Utilisez un certificat de test hors production, celui de la pharmacie en production."


class CertificateRefused(CardError):
    """The service refused the certificate of the card or of the pharmacy; `origin`: revoked, expired, unknown…"""

    code = "DMP-CARD-018"
    mender = Mender.PHARMACIST
    sentence = "Le service national refuse le certificat de la carte ou de la pharmacie (révoqué, expiré ou inconnu)."
    remedy = "Vérifiez que la carte n’est ni périmée ni en opposition ; sinon appelez l’éditeur du LGO."


class SignatureKeyUnavailable(CardError):
    """The card's signature key cannot be used through the library in use (OpenSC with the CPS3)."""

    code = "DMP-CARD-019"
    sentence = "La clé de signature de la carte CPS n’est pas utilisable sur ce poste."
    remedy = "Faites installer la « Cryptolib CPS » de l’ANS par l’éditeur du LGO."


class StructureNotOnCard(CardError):
    code = "DMP-CARD-020"
    mender = Mender.PHARMACIST
    sentence = "La pharmacie configurée ne figure pas parmi les lieux d’exercice de cette carte CPS."
    remedy = "Insérez la carte d’un professionnel de cette pharmacie, ou faites corriger la configuration."


class PinNeeded(CardError):
    code = "DMP-CARD-021"
    mender = Mender.PHARMACIST
    sentence = "Le code de la carte CPS est demandé."
    remedy = "Composez votre code dans la fenêtre qui le demande."


class PinRefused(CardError):
    """A code that was not accepted; `tries_left`: what the card still allows, None where it does not say."""

    code = "DMP-CARD-030"
    mender = Mender.PHARMACIST
    sentence = "Le code de la carte CPS n’a pas été accepté."
    remedy = "Composez de nouveau votre code."

    def __init__(self, detail: str = "", *, origin: str | None = None, tries_left: int | None = None) -> None:
        super().__init__(detail, origin=origin)
        self.tries_left = tries_left

    def as_data(self) -> dict[str, Any]:
        return super().as_data() | {"tries_left": self.tries_left}


class PinFormat(PinRefused):
    code = "DMP-CARD-031"
    sentence = "Le code d’une carte CPS a de 4 à 8 chiffres : aucun essai n’a été utilisé."


class PinScanned(PinRefused):
    """Characters and Enter within 100 ms: no hand does that."""

    code = "DMP-CARD-032"
    sentence = "La douchette a écrit dans la fenêtre du code : rien n’a été transmis, aucun essai n’a été utilisé."
    remedy = "Composez votre code au clavier."


class PinUnconfirmed(PinRefused):
    code = "DMP-CARD-033"
    sentence = "Il ne reste qu’un essai : un code faux bloquerait la carte. Aucun essai n’a été utilisé."
    remedy = "Si vous êtes certain de votre code, confirmez l’utilisation du dernier essai."


class PinWrong(PinRefused):
    code = "DMP-CARD-034"
    sentence = "Le code de la carte CPS est faux."
    remedy = "Vérifiez le nombre d’essais restants, puis composez de nouveau votre code."


class CardBlocked(PinRefused):
    code = "DMP-CARD-035"
    sentence = "La carte CPS est bloquée : trois codes faux ont été composés."
    remedy = "Débloquez-la avec son code de déblocage et l’outil de l’ANS, ou demandez-le à l’ANS."


class ReadersUnavailable(CardError):
    """The PC/SC service is stopped, restarts, or has no reader to speak of; `origin`: its own code."""

    code = "DMP-CARD-040"
    mender = Mender.PHARMACIST
    sentence = "Le service des lecteurs de cartes de ce poste ne répond pas."
    remedy = "La lecture des cartes reprendra toute seule à son retour ; si cela dure, redémarrez le poste."
    transient = True


class ReaderUnplugged(CardError):
    code = "DMP-CARD-041"
    mender = Mender.PHARMACIST
    sentence = "Le lecteur de cartes n’est plus branché."
    remedy = "Rebranchez-le : il sera reconnu tout seul."
    transient = True


class ReaderBusy(CardError):
    """Another program holds the card for itself alone."""

    code = "DMP-CARD-042"
    mender = Mender.PHARMACIST
    sentence = "Lecteur occupé par un autre logiciel."
    remedy = "Terminez l’opération en cours dans l’autre logiciel : la lecture reprendra toute seule."
    transient = True


class CardMute(CardError):
    """No answer within the time that a card may take, or none at all."""

    code = "DMP-CARD-043"
    mender = Mender.PHARMACIST
    sentence = "La carte ne répond pas."
    remedy = "Retirez-la, essuyez la puce, puis remettez-la, puce en avant et visible."


class CardPulled(CardError):
    """The card left the reader, or another program reset it, while it was read."""

    code = "DMP-CARD-044"
    mender = Mender.PHARMACIST
    sentence = "La carte a été retirée pendant la lecture."
    remedy = "Remettez-la, et laissez-la dans le lecteur jusqu’à l’affichage."


class CardUnknown(CardError):
    code = "DMP-CARD-045"
    mender = Mender.PHARMACIST
    sentence = "Cette carte n’est ni une carte CPS, ni une carte Vitale connue."
    remedy = "Vérifiez la carte que vous avez insérée."


class VitaleUnreadable(CardError):
    """What the card says is contradictory or incomplete, or its generation cannot be read."""

    code = "DMP-CARD-046"
    mender = Mender.PHARMACIST
    sentence = "La carte Vitale est illisible."
    remedy = "Retirez-la, puis remettez-la ; si cela dure, cherchez le patient par son nom."


class ScannedCodeRefused(CardError):
    """The code that was scanned is none of an Appli carte Vitale, or no longer valid."""

    code = "DMP-CARD-047"
    mender = Mender.PHARMACIST
    sentence = "Ce code n’est pas celui d’une appli carte Vitale, ou il n’est plus valable."
    remedy = "Demandez au patient d’afficher un nouveau code, puis scannez-le."


class ScannedCodeUnsupported(CardError):
    """No provider for the Appli carte Vitale is installed: its services belong to the GIE SESAM-Vitale."""

    code = "DMP-CARD-048"
    sentence = "La lecture de l’appli carte Vitale n’est pas installée sur ce poste."
    remedy = "Demandez la carte Vitale, ou cherchez le patient par son nom."


class VitaleMissing(CardError):
    """No reader holds a carte Vitale that was read."""

    code = "DMP-CARD-049"
    mender = Mender.PHARMACIST
    sentence = "Aucune carte Vitale lisible n’est dans un lecteur."
    remedy = "Insérez la carte Vitale du patient, attendez un instant, puis recommencez."
