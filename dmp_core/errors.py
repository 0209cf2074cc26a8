"""Every error that leaves the core: one tree, each leaf with a stable code and a sentence for the counter.

    DmpError
    ├── InputError             what the host handed over cannot be used       DMP-INPUT-
    │   ├── MessageInvalid · FrameTooLarge · XmlRefused · PdfRefused · DocumentInvalid · WrongState
    │   ├── KeyConflict · NotFound · NothingChanged · ContentInvalid
    │   └── FileKindRefused · FileLies · ImageRefused · PdfProtected
    ├── IdentityError          the patient's identity forbids it              DMP-IDENT-
    │   ├── InsInvalid · InsNotQualified · InsWrongEnvironment · PatientMismatch
    │   ├── TraitsDiverge · IdentityMarked · MarksConflict · IdentityDocumentRefused · TraitRefused
    ├── RightsError            this operator or this mode may not             DMP-RIGHT-
    │   ├── RightMissing · ModeForbids · ProfessionalMissing
    ├── CardError              key, certificate or card                       DMP-CARD-
    │   ├── KeyUnusable
    ├── TransportError         the network between here and the DMP           DMP-NET-
    │   ├── Unreachable · ConnectionLost · TimedOut · TlsRefused · HttpRefused · NotTheDmp
    ├── AnswerError            the DMP's answer cannot be trusted             DMP-ANS-
    │   ├── AnswerUnreadable · AnswerForeign · DocumentAltered
    ├── DmpRefusal             the DMP said no; keeps its own code            DMP-SRV-
    │   ├── DmpBusy · DmpDuplicate · DmpAccessDenied · DmpIdentityRefused · DmpAbsent · DmpClosed
    │   └── DmpMetadataRefused · DmpVihfRefused · DmpOtherRefusal
    ├── InsiRefusal            the INSi service said no; keeps its own code   DMP-INSI-
    │   ├── InsiBusy · InsiSoftwareRefused · InsiOtherRefusal
    ├── OutboxError            the durable store                              DMP-OUT-
    │   ├── OutboxLocked · OutboxUnreadable · OutboxFull · ItemChanged · EarlierOnItsWay
    ├── AuditError             the record of who did what                     DMP-AUDIT-
    │   ├── AuditUnavailable · AuditBroken
    ├── PluginError            a plugin cannot be loaded or misbehaved        DMP-PLUG-
    │   ├── PluginRefused · PluginFailed · PluginAmbiguous · PluginAbsent
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
