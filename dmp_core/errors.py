"""Every error that leaves the core: one tree, each leaf with a stable code and a sentence for the counter.

    DmpError
    ├── InputError             what the host handed over cannot be used       DMP-INPUT-
    │   ├── MessageInvalid · FrameTooLarge · XmlRefused · PdfRefused · DocumentInvalid · WrongState
    │   ├── KeyConflict · NotFound · NothingChanged · NotWanted · ContentInvalid
    │   └── FileKindRefused · FileLies · ImageRefused · PdfProtected
    ├── IdentityError          the patient's identity forbids it              DMP-IDENT-
    │   ├── InsInvalid · InsNotQualified · InsWrongEnvironment · PatientMismatch · OtherPatientsCard
    │   ├── TraitsDiverge · IdentityMarked · MarksConflict · IdentityDocumentRefused · TraitRefused
    ├── RightsError            this operator or this mode may not             DMP-RIGHT-
    │   ├── AuthorLeft
    │   ├── RightMissing · ModeForbids · ProfessionalMissing · EmergencyOver
    ├── ConsentError           what the patient said forbids it               DMP-CONS-
    │   ├── PatientOpposed · SecretConnectionUnanswered · PatientRefuses
    ├── CardError              key, certificate or card                       DMP-CARD-
    │   ├── KeyUnusable
    │   ├── CardLibraryMissing · CardMissing · CardRemoved · CardSilent · CardUnreadable · CardExpired
    │   ├── CardWrongEnvironment · CardTlsUnavailable · CertificateRefused · SignatureKeyUnavailable
    │   ├── StructureNotOnCard · PinNeeded · PinRefused (PinFormat · PinScanned · PinUnconfirmed · PinWrong
    │   │   · CardBlocked)
    │   ├── ReadersUnavailable · ReaderUnplugged · ReaderBusy · CardMute · CardPulled · CardUnknown · VitaleUnreadable
    │   ├── ScannedCodeRefused · ScannedCodeUnsupported · CertificateOfAnother · CertificateWrongEnvironment
    ├── SharingError           a card at another seat of the pharmacy         DMP-SEAT-
    │   ├── SharingOff · SeatSilent · SeatRefuses · PairingRefused · CardElsewhere · HandedOver · ReadingElsewhere
    ├── PscError               Pro Santé Connect                              DMP-PSC-
    │   ├── PscUnavailable · PscDenied · PscExpired · PscRefused · PscUntrusted · PscOtherPerson
    ├── TransportError         the network between here and the DMP           DMP-NET-
    │   ├── Unreachable · ConnectionLost · TimedOut · TlsRefused · HttpRefused · NotTheDmp
    │   ├── Intercepted · OwnCertificateRefused · CertificateOutOfDate · ProxyAsks · PortalAsks
    │   ├── Filtered · DmpDown · WrongAddress · TooFast
    ├── AnswerError            the DMP's answer cannot be trusted             DMP-ANS-
    │   ├── AnswerUnreadable · AnswerForeign · DocumentAltered
    ├── DmpRefusal             the DMP said no; keeps its own code            DMP-SRV-
    │   ├── DmpBusy · DmpDuplicate · DmpAccessDenied · DmpIdentityRefused · DmpAbsent · DmpClosed
    │   ├── DmpMetadataRefused · DmpVihfRefused · DmpClockRefused · DmpDocumentUnknown · DmpTooManyResults
    │   └── DmpQuestionRefused · DmpOtherRefusal
    ├── InsiRefusal            the INSi service said no; keeps its own code   DMP-INSI-
    │   ├── InsiBusy · InsiSoftwareRefused · InsiOtherRefusal
    ├── OutboxError            the durable store                              DMP-OUT-
    │   ├── OutboxLocked · OutboxUnreadable · OutboxFull · ItemChanged · EarlierOnItsWay
    ├── AuditError             the record of who did what                     DMP-AUDIT-
    │   ├── AuditUnavailable · AuditBroken
    ├── PluginError            a plugin cannot be loaded or misbehaved        DMP-PLUG-
    │   ├── PluginRefused · PluginFailed · PluginAmbiguous · PluginAbsent
    ├── Caution                nothing failed yet, somebody should act        DMP-CAUT-
    │   ├── ClockWrong · ManyFeeds · ParametersStale · EnvironmentIgnored · CertificateEnding · CertificateEnded
    └── ConfigError            the configuration                              DMP-CONF-
        ├── ConfigInvalid · ExtraMissing · RulesRefused · RulesAbsent

A message never holds a value that came from a patient: `detail` takes names of fields, rules and numbers only.
"""

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


# ---------------------------------------------------------------- what the host handed over


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


# ---------------------------------------------------------------- the patient's identity


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


# ---------------------------------------------------------------- rights


class RightsError(DmpError):
    """This operator, or this mode of access, may not do it."""

    code = "DMP-RIGHT-000"
    mender = Mender.PHARMACIST
    sentence = "Vous n’avez pas le droit de faire cette action."
    remedy = "Demandez au titulaire de la pharmacie."


class RightMissing(RightsError):
    code = "DMP-RIGHT-001"
    sentence = "Vos droits dans le logiciel ne permettent pas cette action sur le DMP."


class ModeForbids(RightsError):
    """Indirect never reads, AIR never feeds (PDT-INF-526, PDT-INF-606)."""

    code = "DMP-RIGHT-002"
    mender = Mender.VENDOR
    sentence = "Le mode de connexion configuré ne permet pas cette action."
    remedy = "Configurez « direct » ou « indirect » pour alimenter, « direct » ou « air » pour consulter."


class ProfessionalMissing(RightsError):
    code = "DMP-RIGHT-003"
    sentence = "Aucun professionnel n’est authentifié."
    remedy = "Insérez votre carte CPS ou connectez-vous avec Pro Santé Connect."


class EmergencyOver(RightsError):
    """An emergency access (bris de glace) lasts for a while only: `access.emergency_lasts`."""

    code = "DMP-RIGHT-004"
    sentence = "L’accès en urgence au DMP de ce patient est terminé."
    remedy = "Refaites « Accéder au DMP » ; si l’urgence dure, indiquez de nouveau le motif."


class AuthorLeft(RightsError):
    """Only the card of a professional who has left the pharmacy could send this document."""

    code = "DMP-RIGHT-010"
    sentence = "Le professionnel qui a rédigé ce document a quitté la pharmacie."
    remedy = "Le titulaire peut le reprendre : il l’envoie avec sa carte, l’auteur reste le même."


# ---------------------------------------------------------------- what the patient said


class ConsentError(DmpError):
    """What the patient said, or was not asked, forbids it."""

    code = "DMP-CONS-000"
    mender = Mender.PHARMACIST
    sentence = "Le choix du patient ne permet pas cette action."
    remedy = "Parlez-en avec le patient, puis notez son choix dans sa fiche."


class PatientOpposed(ConsentError):
    """The patient does not want the pharmacy to feed their DMP."""

    code = "DMP-CONS-001"
    sentence = "Le patient s’oppose à l’alimentation de son DMP : rien n’est envoyé."
    remedy = "S’il change d’avis, retirez son opposition dans sa fiche, puis enregistrez de nouveau le document."


class SecretConnectionUnanswered(ConsentError):
    """A minor may ask that their representatives do not learn of the access: asked before it (EX_0.1-1100)."""

    code = "DMP-CONS-002"
    sentence = "Ce patient est mineur : la connexion secrète ne lui a pas été proposée."
    remedy = "Faites « Accéder au DMP » et posez-lui la question."


class PatientRefuses(ConsentError):
    """The patient, asked just now, does not want their record to be read."""

    code = "DMP-CONS-003"
    sentence = "Le patient n’est pas d’accord pour que son DMP soit consulté."
    remedy = "S’il change d’avis, faites de nouveau « Accéder au DMP »."


# ---------------------------------------------------------------- cards, keys, certificates


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


# ---------------------------------------------------------------- Pro Santé Connect


# ---------------------------------------------------------------- a card at another seat


class SharingError(DmpError):
    """A task that the seat with the card was, or should be, handed."""

    code = "DMP-SEAT-000"
    mender = Mender.PHARMACIST
    sentence = "Le partage de la carte entre comptoirs n’a pas fonctionné."
    remedy = "Recommencez depuis le comptoir où se trouve la carte."

    def __init__(self, detail: str = "", *, sentence: str = "", remedy: str = "", origin: str | None = None) -> None:
        """`sentence`, `remedy`: over those of the class, where they name a counter or a professional."""
        super().__init__(detail, origin=origin)
        if sentence:
            self.sentence = sentence  # type: ignore[misc]
        if remedy:
            self.remedy = remedy  # type: ignore[misc]


class SharingOff(SharingError):
    code = "DMP-SEAT-001"
    sentence = "La carte n’est pas partagée en ce moment."
    remedy = "Son titulaire peut la partager, pour une durée qu’il choisit, au comptoir où elle se trouve."


class SeatSilent(SharingError):
    """The other seat cannot be reached, or stopped in the middle. `sent`: the task may have arrived."""

    code = "DMP-SEAT-002"
    sentence = "L’autre comptoir ne répond pas."
    remedy = "Vérifiez qu’il est allumé et que la carte y est partagée ; le document attend, rien n’est perdu."
    transient = True


class SeatRefuses(SharingError):
    """The other seat said no; `origin` is its code."""

    code = "DMP-SEAT-003"
    sentence = "L’autre comptoir refuse cette demande."
    remedy = "Regardez au comptoir où se trouve la carte ce qui manque."


class PairingRefused(SharingError):
    code = "DMP-SEAT-004"
    sentence = "Les deux comptoirs ne sont pas associés : le code n’est pas le même, ou le temps est passé."
    remedy = "Recommencez l’association aux deux comptoirs, et comparez les deux codes."


class CardElsewhere(SharingError):
    """Not an error of anybody: where a document waits. Its sentence names the professional and the counter."""

    code = "DMP-SEAT-005"
    sentence = "La carte est à un autre comptoir."
    remedy = "Le document y est remis et part dès que la carte y est ouverte."


class HandedOver(SharingError):
    code = "DMP-SEAT-006"
    sentence = "Ce document est remis au comptoir qui a la carte."
    remedy = "Reprenez-le d’abord ici, ou agissez à l’autre comptoir dans « Envois au DMP »."


class ReadingElsewhere(SharingError):
    code = "DMP-SEAT-007"
    sentence = "La lecture du DMP sous la carte d’un autre comptoir n’est pas autorisée."
    remedy = "Consultez le dossier au comptoir où se trouve la carte."


# ---------------------------------------------------------------- Pro Santé Connect


class PscError(DmpError):
    """The professional could not be identified by Pro Santé Connect."""

    code = "DMP-PSC-000"
    mender = Mender.PHARMACIST
    sentence = "L’identification par Pro Santé Connect a échoué."
    remedy = "Recommencez l’identification."


class PscUnavailable(PscError):
    """Pro Santé Connect, or the vendor's proxy, cannot be reached or does not work; `origin`: why."""

    code = "DMP-PSC-001"
    mender = Mender.NETWORK
    sentence = "Pro Santé Connect ne répond pas."
    remedy = "Réessayez dans un instant ; avec une carte CPS, la lecture du DMP reste possible en mode direct."
    transient = True


class PscDenied(PscError):
    code = "DMP-PSC-002"
    sentence = "L’identification a été refusée sur la page, la carte ou le téléphone."
    remedy = "Si c’était une erreur, recommencez l’identification."


class PscExpired(PscError):
    """Nobody answered in time, or the session is over."""

    code = "DMP-PSC-003"
    sentence = "L’identification par Pro Santé Connect n’est plus valable."
    remedy = "Identifiez-vous de nouveau avec Pro Santé Connect."


class PscRefused(PscError):
    """Pro Santé Connect refuses the software; `origin` is its own code."""

    code = "DMP-PSC-004"
    mender = Mender.VENDOR
    sentence = "Pro Santé Connect a refusé la demande du logiciel."
    remedy = "Faites vérifier par l’éditeur du LGO l’inscription du logiciel à Pro Santé Connect."


class PscUntrusted(PscError):
    """An answer that is not what Pro Santé Connect signs: signature, issuer, audience, nonce, dates, claims."""

    code = "DMP-PSC-005"
    mender = Mender.VENDOR
    sentence = "La réponse reçue à la place de Pro Santé Connect n’est pas fiable."
    remedy = "Vérifiez l’heure de l’ordinateur et recommencez ; si cela dure, appelez l’éditeur du LGO."


class PscOtherPerson(PscError):
    code = "DMP-PSC-006"
    sentence = "La personne identifiée par Pro Santé Connect n’est pas celle qui travaille à ce poste."
    remedy = "Changez d’opérateur dans le logiciel, ou identifiez-vous avec votre propre carte."


# ---------------------------------------------------------------- network


class TransportError(DmpError):
    """`after_send` is True where the DMP may have received and done what was asked: look up before asking again."""

    code = "DMP-NET-000"
    mender = Mender.NETWORK
    sentence = "Le DMP n’a pas pu être joint."
    remedy = "L’envoi repartira tout seul dès que la connexion sera revenue."
    transient = True

    def __init__(self, detail: str = "", *, origin: str | None = None, after_send: bool = False) -> None:
        super().__init__(detail, origin=origin)
        self.after_send = after_send


class Unreachable(TransportError):
    code = "DMP-NET-001"


class ConnectionLost(TransportError):
    code = "DMP-NET-002"
    sentence = "La connexion au DMP a été coupée."


class TimedOut(TransportError):
    code = "DMP-NET-003"
    sentence = "Le DMP n’a pas répondu à temps."


class TlsRefused(TransportError):
    code = "DMP-NET-004"
    mender = Mender.VENDOR
    sentence = "La connexion sécurisée au DMP a été refusée."
    remedy = "Faites vérifier les certificats, et l’antivirus s’il inspecte les connexions."


class HttpRefused(TransportError):
    code = "DMP-NET-005"
    sentence = "Le DMP a répondu par une erreur technique."


class NotTheDmp(TransportError):
    """An answer that is no SOAP: a captive portal, a proxy's page, an intercepting antivirus."""

    code = "DMP-NET-006"
    sentence = "Un autre service a répondu à la place du DMP."
    remedy = "Vérifiez l’accès à Internet de la pharmacie (portail, proxy, antivirus)."


class Intercepted(TlsRefused):
    """The server shows a certificate of an issuer that is not the DMP's: HTTPS inspected on the way, or a wrong `ca`.

    An antivirus, a firewall or a proxy that opens HTTPS signs with an authority of its own. Never trusted.
    """

    code = "DMP-NET-007"
    mender = Mender.NETWORK
    sentence = "Un antivirus, un pare-feu ou un proxy intercepte la connexion sécurisée au DMP."
    remedy = "Faites exclure l’adresse du DMP de l’inspection HTTPS ; rien n’a été envoyé."


class OwnCertificateRefused(TlsRefused):
    """The server refused our certificate: unknown issuer, expired, revoked, or none shown."""

    code = "DMP-NET-008"
    mender = Mender.VENDOR
    sentence = "Le DMP refuse le certificat de la pharmacie ou de la carte."
    remedy = "Vérifiez la carte insérée ; sinon, faites vérifier les certificats de la pharmacie."
    transient = False


class CertificateOutOfDate(TlsRefused):
    """The server's certificate is not valid at the time of this computer: one of the two is wrong."""

    code = "DMP-NET-009"
    mender = Mender.PHARMACIST
    sentence = "Le certificat du DMP n’est pas valable à la date de cet ordinateur."
    remedy = "Vérifiez la date et l’heure de l’ordinateur, puis recommencez."


class ProxyAsks(Unreachable):
    """HTTP 407, or a proxy that refused to connect."""

    code = "DMP-NET-010"
    sentence = "Le proxy de la pharmacie refuse de joindre le DMP."
    remedy = "Faites vérifier l’adresse et le compte du proxy dans la configuration."


class PortalAsks(NotTheDmp):
    """A page for a person in the place of an answer, or HTTP 511: a captive portal, a page of the provider."""

    code = "DMP-NET-011"
    sentence = "Une page Web a répondu à la place du DMP."
    remedy = "Ouvrez un navigateur : si une page de connexion à Internet apparaît, identifiez-vous, puis recommencez."


class Filtered(HttpRefused):
    """A refusal that is no SOAP (HTTP 401, 403, 451): a filter on the way, or a door of the DMP before its service."""

    code = "DMP-NET-012"
    sentence = "L’accès au DMP est bloqué."
    remedy = "Faites vérifier le pare-feu et le filtrage Web ; s’ils laissent passer, transmettez ce code à l’éditeur."


class DmpDown(HttpRefused):
    code = "DMP-NET-013"
    mender = Mender.DMP
    sentence = "Le service DMP est momentanément indisponible."


class WrongAddress(HttpRefused):
    """The address answers, but serves no such thing: redirections, HTTP 404, 405, 410, 421."""

    code = "DMP-NET-014"
    mender = Mender.VENDOR
    sentence = "L’adresse configurée pour le DMP ne mène pas au service attendu."
    remedy = "Faites vérifier l’adresse du DMP par l’éditeur du LGO ; l’envoi reste en attente."
    transient = False


class TooFast(HttpRefused):
    """HTTP 429: how the DMP answers to whoever is too fast is not public [U]."""

    code = "DMP-NET-015"
    mender = Mender.NOBODY
    sentence = "Le DMP demande de ralentir."


# ---------------------------------------------------------------- the DMP's answer


class AnswerError(DmpError):
    """The answer of the DMP cannot be trusted."""

    code = "DMP-ANS-000"
    mender = Mender.DMP
    sentence = "La réponse du DMP n’a pas pu être utilisée."
    remedy = "Recommencez plus tard ; si cela dure, transmettez ce code à l’éditeur du LGO."


class AnswerUnreadable(AnswerError):
    code = "DMP-ANS-001"


class AnswerForeign(AnswerError):
    """An answer to another question, or about another patient."""

    code = "DMP-ANS-002"
    sentence = "La réponse reçue ne correspond pas à la demande."


class DocumentAltered(AnswerError):
    code = "DMP-ANS-003"
    sentence = "Le document reçu diffère de celui qui a été déposé (empreinte ou taille)."
    remedy = "Ne vous fiez pas à ce document et signalez-le à l’éditeur du LGO."


# ---------------------------------------------------------------- refusals by the DMP


class DmpRefusal(DmpError):
    """The DMP answered no. `origin` is its own code, `dmp_text` its own words (PRE_ERR: both are shown)."""

    code = "DMP-SRV-000"
    mender = Mender.DMP
    sentence = "Le DMP a refusé la demande."
    remedy = "Lisez le message du DMP ci-dessous."

    def __init__(self, detail: str = "", *, origin: str | None = None, dmp_text: str = "") -> None:
        super().__init__(detail, origin=origin)
        self.dmp_text = dmp_text

    def as_data(self) -> dict[str, Any]:
        return super().as_data() | {"dmp_text": self.dmp_text}


class DmpBusy(DmpRefusal):
    code = "DMP-SRV-001"
    sentence = "Le DMP est momentanément surchargé."
    remedy = "L’envoi repartira tout seul."
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


# ---------------------------------------------------------------- refusals by INSi


class InsiRefusal(DmpError):
    """The INSi service answered no. `origin` is its own code, `insi_text` its own words."""

    code = "DMP-INSI-000"
    mender = Mender.VENDOR
    sentence = "Le téléservice INSi a refusé la demande."
    remedy = "Transmettez ce code et le message d’INSi à l’éditeur du LGO."

    def __init__(self, detail: str = "", *, origin: str | None = None, insi_text: str = "") -> None:
        super().__init__(detail, origin=origin)
        self.insi_text = insi_text

    def as_data(self) -> dict[str, Any]:
        return super().as_data() | {"insi_text": self.insi_text}


class InsiBusy(InsiRefusal):
    code = "DMP-INSI-001"
    mender = Mender.NOBODY
    sentence = "Le téléservice INSi est momentanément indisponible."
    remedy = "Recommencez plus tard ; le patient peut être servi entre-temps."
    transient = True


class InsiSoftwareRefused(InsiRefusal):
    code = "DMP-INSI-002"
    sentence = "Le téléservice INSi ne reconnaît pas ce logiciel."
    remedy = "Faites vérifier par l’éditeur du LGO le numéro d’autorisation du logiciel."


class InsiOtherRefusal(InsiRefusal):
    code = "DMP-INSI-099"


# ---------------------------------------------------------------- outbox


class OutboxError(DmpError):
    """The durable store of what waits."""

    code = "DMP-OUT-000"
    sentence = "La file d’envoi est indisponible."
    remedy = "Fermez puis rouvrez le logiciel ; si cela dure, appelez l’éditeur du LGO."


class OutboxLocked(OutboxError):
    code = "DMP-OUT-001"
    sentence = "La file d’envoi est déjà ouverte par un autre programme."
    remedy = "Fermez l’autre session du logiciel sur ce poste."
    mender = Mender.PHARMACIST


class OutboxUnreadable(OutboxError):
    code = "DMP-OUT-002"
    sentence = "Une partie de la file d’envoi est illisible."


class OutboxFull(OutboxError):
    code = "DMP-OUT-003"
    sentence = "Le disque est plein : le document n’a pas pu être mis en file d’envoi."
    remedy = "Libérez de la place sur le disque, puis enregistrez de nouveau."
    mender = Mender.PHARMACIST


class ItemChanged(OutboxError):
    """The item was changed by somebody else since it was read: read it again."""

    code = "DMP-OUT-004"
    sentence = "Le document a changé entre-temps."
    remedy = "Rouvrez la fenêtre, puis recommencez."
    transient = True


class EarlierOnItsWay(OutboxError):
    """An earlier save of the same record is being sent: this one waits for its end, then replaces it."""

    code = "DMP-OUT-005"
    mender = Mender.NOBODY
    sentence = "Un envoi précédent du même document n’est pas terminé."
    remedy = "Celui-ci partira tout seul ensuite."


# ---------------------------------------------------------------- audit


class AuditError(DmpError):
    code = "DMP-AUDIT-000"


class AuditUnavailable(AuditError):
    """Nothing that must be recorded may be done."""

    code = "DMP-AUDIT-001"
    mender = Mender.PHARMACIST
    sentence = "Le journal des accès au DMP ne peut pas être écrit."
    remedy = "Libérez de la place sur le disque, puis recommencez ; si cela dure, appelez l’éditeur du LGO."


class AuditBroken(AuditError):
    """The record was edited, cut or replaced since it was written."""

    code = "DMP-AUDIT-002"
    sentence = "Le journal des accès au DMP a été modifié ou endommagé."
    remedy = "N’effacez aucun fichier et appelez l’éditeur du LGO."


# ---------------------------------------------------------------- plugins, configuration


class PluginError(DmpError):
    """A plugin cannot be loaded, or misbehaved."""

    code = "DMP-PLUG-000"
    sentence = "Une extension du logiciel ne fonctionne pas."
    remedy = "Signalez l’extension nommée à l’éditeur du LGO."


class PluginRefused(PluginError):
    code = "DMP-PLUG-001"
    sentence = "Une extension n’a pas été chargée."


class PluginFailed(PluginError):
    code = "DMP-PLUG-002"


class PluginAmbiguous(PluginError):
    code = "DMP-PLUG-003"
    sentence = "Deux extensions veulent préparer le même document."
    remedy = "Demandez à l’éditeur du LGO de choisir l’une des deux dans la configuration."


class PluginAbsent(PluginError):
    code = "DMP-PLUG-004"
    sentence = "L’extension qui prépare ce document n’est pas installée."


class Caution(DmpError):
    """Nothing failed yet, but somebody should act: told as a notice, never raised."""

    code = "DMP-CAUT-000"
    sentence = "Un réglage du poste mérite attention."
    remedy = "Transmettez ce code à l’éditeur du LGO."


class ClockWrong(Caution):
    """The clock differs from the DMP's by more than `dmp.clock_tolerance`: a VIHF made with it may be refused."""

    code = "DMP-CAUT-001"
    mender = Mender.PHARMACIST
    sentence = "L’horloge de cet ordinateur n’est pas à l’heure du DMP."
    remedy = "Activez la synchronisation automatique de la date et de l’heure."


class CertificateEnding(Caution):
    """A certificate in use ends within 60, 30 or 7 days, and none was imported that takes its place."""

    code = "DMP-CAUT-020"
    mender = Mender.PHARMACIST
    sentence = "Un certificat de la pharmacie expire bientôt : ensuite le DMP ne sera plus accessible."
    remedy = "Commandez son renouvellement auprès de l’ANS, puis faites-le importer (« dmp certificate import »)."


class CertificateEnded(Caution):
    """A certificate in use is no longer valid."""

    code = "DMP-CAUT-021"
    mender = Mender.PHARMACIST
    sentence = "Un certificat de la pharmacie a expiré : les envois au DMP attendent."
    remedy = "Faites importer le nouveau certificat (« dmp certificate import ») : les envois repartiront tout seuls."


class ManyFeeds(Caution):
    """`limits.FEEDS_PER_DAY` documents were fed in one day: the CNAM wants to be warned (DNS/CNAM guide v1.5)."""

    code = "DMP-CAUT-002"
    sentence = "La pharmacie a envoyé un nombre exceptionnel de documents au DMP aujourd’hui."
    remedy = "L’éditeur du LGO doit prévenir la CNAM ; les envois continuent."


class ParametersStale(Caution):
    """The DMP's file of parameters is missing, unreadable or older than `dmp.parameters_age`."""

    code = "DMP-CAUT-003"
    sentence = "Les paramètres publiés par le DMP ne sont pas à jour sur ce poste."
    remedy = "Faites vérifier leur téléchargement quotidien par l’éditeur du LGO."


class EnvironmentIgnored(Caution):
    """Variables of the environment that would change TLS or its authorities are set; `detail` names them."""

    code = "DMP-CAUT-004"
    sentence = "Des réglages réseau de cet ordinateur ont été ignorés pour protéger la connexion au DMP."
    remedy = "Faites retirer par l’installateur les variables nommées, si elles sont inutiles."


class ConfigError(DmpError):
    """The configuration, or what is installed."""

    code = "DMP-CONF-000"
    sentence = "La configuration du module DMP est incorrecte."
    remedy = "Faites corriger la configuration par l’éditeur du LGO."


class ConfigInvalid(ConfigError):
    code = "DMP-CONF-001"


class ExtraMissing(ConfigError):
    code = "DMP-CONF-002"
    sentence = "Un composant facultatif n’est pas installé."


class RulesRefused(ConfigError):
    """What was handed over is not the package of rules of ANS, or is damaged."""

    code = "DMP-CONF-003"
    sentence = "Les règles de l’ANS n’ont pas pu être installées."
    remedy = "Téléchargez de nouveau le paquet publié par l’ANS, puis recommencez l’installation."


class RulesAbsent(ConfigError):
    """The configuration names a set of rules that is not installed, or was installed by another version."""

    code = "DMP-CONF-004"
    sentence = "Les règles de l’ANS choisies ne sont pas installées."
    remedy = "Installez-les avec « dmp rules install », ou corrigez la section [rules] de la configuration."
