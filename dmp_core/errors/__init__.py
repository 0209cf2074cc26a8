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
    │   ├── RightMissing · ModeForbids · ProfessionalMissing · CardOfAnother · EmergencyOver
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
    │   ├── DmpMetadataRefused · DmpVihfRefused · DmpCertificateRefused · DmpClockRefused · DmpDocumentUnknown
    │   ├── DmpTooManyResults
    │   └── DmpQuestionRefused · DmpOtherRefusal
    ├── InsiRefusal            the INSi service said no; keeps its own code   DMP-INSI-
    │   ├── InsiBusy · InsiSoftwareRefused · InsiOtherRefusal
    ├── OutboxError            the durable store                              DMP-OUT-
    │   ├── OutboxLocked · OutboxUnreadable · OutboxFull · ItemChanged · EarlierOnItsWay · ItemsUnreadable
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

from dmp_core.errors.answers import AnswerError, AnswerForeign, AnswerUnreadable, DocumentAltered
from dmp_core.errors.audit import AuditBroken, AuditError, AuditUnavailable
from dmp_core.errors.cards import (
    CardBlocked,
    CardError,
    CardExpired,
    CardLibraryMissing,
    CardMissing,
    CardMute,
    CardPulled,
    CardRemoved,
    CardSilent,
    CardTlsUnavailable,
    CardUnknown,
    CardUnreadable,
    CardWrongEnvironment,
    CertificateOfAnother,
    CertificateRefused,
    CertificateWrongEnvironment,
    KeyUnusable,
    PinFormat,
    PinNeeded,
    PinRefused,
    PinScanned,
    PinUnconfirmed,
    PinWrong,
    ReaderBusy,
    ReadersUnavailable,
    ReaderUnplugged,
    ScannedCodeRefused,
    ScannedCodeUnsupported,
    SignatureKeyUnavailable,
    StructureNotOnCard,
    VitaleMissing,
    VitaleUnreadable,
)
from dmp_core.errors.consent import ConsentError, PatientOpposed, PatientRefuses, SecretConnectionUnanswered
from dmp_core.errors.host import (
    ContentInvalid,
    DocumentInvalid,
    FileKindRefused,
    FileLies,
    FrameTooLarge,
    ImageRefused,
    InputError,
    KeyConflict,
    MessageInvalid,
    NotFound,
    NothingChanged,
    NotWanted,
    PdfProtected,
    PdfRefused,
    WrongState,
    XmlRefused,
)
from dmp_core.errors.identity import (
    IdentityDocumentRefused,
    IdentityError,
    IdentityMarked,
    InsInvalid,
    InsNotQualified,
    InsWrongEnvironment,
    MarksConflict,
    OtherPatientsCard,
    PatientMismatch,
    TraitRefused,
    TraitsDiverge,
)
from dmp_core.errors.insi import InsiBusy, InsiOtherRefusal, InsiRefusal, InsiSoftwareRefused
from dmp_core.errors.network import (
    CertificateOutOfDate,
    ConnectionLost,
    DmpDown,
    Filtered,
    HttpRefused,
    Intercepted,
    NotTheDmp,
    OwnCertificateRefused,
    PortalAsks,
    ProxyAsks,
    TimedOut,
    TlsRefused,
    TooFast,
    TransportError,
    Unreachable,
    WrongAddress,
)
from dmp_core.errors.outbox import (
    EarlierOnItsWay,
    ItemChanged,
    ItemsUnreadable,
    OutboxError,
    OutboxFull,
    OutboxLocked,
    OutboxUnreadable,
)
from dmp_core.errors.psc import (
    PscDenied,
    PscError,
    PscExpired,
    PscOtherPerson,
    PscRefused,
    PscUnavailable,
    PscUntrusted,
)
from dmp_core.errors.refusals import (
    DmpAbsent,
    DmpAccessDenied,
    DmpBusy,
    DmpCertificateRefused,
    DmpClockRefused,
    DmpClosed,
    DmpDocumentUnknown,
    DmpDuplicate,
    DmpIdentityRefused,
    DmpMetadataRefused,
    DmpOtherRefusal,
    DmpQuestionRefused,
    DmpRefusal,
    DmpTooManyResults,
    DmpVihfRefused,
)
from dmp_core.errors.rights import (
    AuthorLeft,
    CardOfAnother,
    EmergencyOver,
    ModeForbids,
    ProfessionalMissing,
    RightMissing,
    RightsError,
)
from dmp_core.errors.root import DmpError, Mender
from dmp_core.errors.setting_up import (
    Caution,
    CertificateEnded,
    CertificateEnding,
    ClockWrong,
    ConfigError,
    ConfigInvalid,
    EnvironmentIgnored,
    ExtraMissing,
    ManyFeeds,
    ParametersStale,
    PluginAbsent,
    PluginAmbiguous,
    PluginError,
    PluginFailed,
    PluginRefused,
    RulesAbsent,
    RulesRefused,
)
from dmp_core.errors.sharing import (
    CardElsewhere,
    HandedOver,
    PairingRefused,
    ReadingElsewhere,
    SeatRefuses,
    SeatSilent,
    SharingError,
    SharingOff,
)

__all__ = [
    "AnswerError", "AnswerForeign", "AnswerUnreadable", "AuditBroken", "AuditError", "AuditUnavailable",
    "AuthorLeft", "CardBlocked", "CardElsewhere", "CardError", "CardExpired", "CardLibraryMissing", "CardMissing",
    "CardMute", "CardOfAnother", "CardPulled", "CardRemoved", "CardSilent", "CardTlsUnavailable", "CardUnknown",
    "CardUnreadable", "CardWrongEnvironment", "Caution", "CertificateEnded", "CertificateEnding",
    "CertificateOfAnother", "CertificateOutOfDate", "CertificateRefused", "CertificateWrongEnvironment",
    "ClockWrong", "ConfigError", "ConfigInvalid",
    "ConnectionLost", "ConsentError", "ContentInvalid", "DmpAbsent", "DmpAccessDenied", "DmpBusy",
    "DmpCertificateRefused", "DmpClockRefused", "DmpClosed", "DmpDocumentUnknown", "DmpDown", "DmpDuplicate",
    "DmpError",
    "DmpIdentityRefused", "DmpMetadataRefused", "DmpOtherRefusal", "DmpQuestionRefused", "DmpRefusal",
    "DmpTooManyResults", "DmpVihfRefused", "DocumentAltered", "DocumentInvalid", "EarlierOnItsWay", "EmergencyOver",
    "EnvironmentIgnored", "ExtraMissing", "FileKindRefused", "FileLies", "Filtered", "FrameTooLarge", "HandedOver",
    "HttpRefused", "IdentityDocumentRefused", "IdentityError", "IdentityMarked", "ImageRefused", "InputError",
    "InsInvalid", "InsNotQualified", "InsWrongEnvironment", "InsiBusy", "InsiOtherRefusal", "InsiRefusal",
    "InsiSoftwareRefused", "Intercepted", "ItemChanged", "ItemsUnreadable",
    "KeyConflict", "KeyUnusable", "ManyFeeds", "MarksConflict",
    "Mender", "MessageInvalid", "ModeForbids", "NotFound", "NotTheDmp", "NotWanted", "NothingChanged",
    "OtherPatientsCard", "OutboxError", "OutboxFull", "OutboxLocked", "OutboxUnreadable", "OwnCertificateRefused",
    "PairingRefused", "ParametersStale", "PatientMismatch", "PatientOpposed", "PatientRefuses", "PdfProtected",
    "PdfRefused", "PinFormat", "PinNeeded", "PinRefused", "PinScanned", "PinUnconfirmed", "PinWrong",
    "PluginAbsent", "PluginAmbiguous", "PluginError", "PluginFailed", "PluginRefused", "PortalAsks",
    "ProfessionalMissing", "ProxyAsks", "PscDenied", "PscError", "PscExpired", "PscOtherPerson", "PscRefused",
    "PscUnavailable", "PscUntrusted", "ReaderBusy", "ReaderUnplugged", "ReadersUnavailable", "ReadingElsewhere",
    "RightMissing", "RightsError", "RulesAbsent", "RulesRefused", "ScannedCodeRefused", "ScannedCodeUnsupported",
    "SeatRefuses", "SeatSilent", "SecretConnectionUnanswered", "SharingError", "SharingOff",
    "SignatureKeyUnavailable", "StructureNotOnCard", "TimedOut", "TlsRefused", "TooFast", "TraitRefused",
    "TraitsDiverge", "TransportError", "Unreachable", "VitaleMissing", "VitaleUnreadable", "WrongAddress",
    "WrongState", "XmlRefused",
]  # fmt: skip
