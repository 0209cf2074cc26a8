"""The codes that the DMP says no with, what each means and which error of ours it becomes: data, read by `answers`.

Sources: IHE ITI TF-3 table 4.2.4.1-2 [C]; WS-Security 1.0 section 12, SOAP 1.2, WS-Addressing [C]; official sample code
[K]; reports of third parties [T]. The DMP's own list is not public [U]: what is not named here is a DmpOtherRefusal
that shows the DMP's words.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from dmp_core.errors import (
    DmpAbsent,
    DmpAccessDenied,
    DmpBusy,
    DmpCertificateRefused,
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


class Form(StrEnum):
    """Where in an answer a code stands."""

    FAULT = "SOAP fault"
    ACKNOWLEDGEMENT = "HL7 v3 acknowledgement"
    STATUS = "status of a si-dmp service"
    XDS = "XDS RegistryError"


@dataclass(frozen=True, slots=True)
class Known:
    """One code. `certainty`: C official, K official sample code, T third party, U unverified."""

    form: Form
    code: str
    error: type[DmpRefusal]
    meaning: str
    certainty: str = "C"


_XDS: Final = (
    ("XDSRegistryBusy", DmpBusy, "the registry has too much to do"),
    ("XDSRepositoryBusy", DmpBusy, "the repository has too much to do"),
    ("XDSRegistryOutOfResources", DmpBusy, "the registry lacks room or memory"),
    ("XDSRepositoryOutOfResources", DmpBusy, "the repository lacks room or memory"),
    ("XDSRegistryNotAvailable", DmpBusy, "the repository cannot reach its registry"),
    ("XDSDuplicateUniqueIdInRegistry", DmpDuplicate, "a document or a set with this uniqueId is there already"),
    # repositories say it of what they hold already, too
    ("XDSRegistryDuplicateUniqueIdInMessage", DmpDuplicate, "one uniqueId stands twice in what was sent"),
    ("XDSRepositoryDuplicateUniqueIdInMessage", DmpDuplicate, "one uniqueId stands twice in what was sent"),
    ("XDSNonIdenticalHash", DmpDuplicate, "the uniqueId is known, with other bytes"),
    ("XDSNonIdenticalSize", DmpDuplicate, "the uniqueId is known, with another size"),
    ("XDSUnknownPatientId", DmpIdentityRefused, "no record is known under this INS"),
    ("XDSPatientIdDoesNotMatch", DmpIdentityRefused, "the INS differs from that of the VIHF, of the set or of the old"),
    ("XDSPatientIDReconciliationError", DmpIdentityRefused, "the INS of an update is not that of the document"),
    ("XDSRegistryMetadataError", DmpMetadataRefused, "a metadata attribute is missing, wrong or outside its value set"),
    ("XDSRepositoryMetadataError", DmpMetadataRefused, "as above, found by the repository"),
    ("XDSMissingDocument", DmpMetadataRefused, "a description came without its document"),
    ("XDSMissingDocumentMetadata", DmpMetadataRefused, "a document came without its description"),
    ("XDSRegistryDeprecatedDocumentError", DmpMetadataRefused, "the document to replace was replaced already"),
    ("XDSExtraMetadataNotSaved", DmpMetadataRefused, "metadata of ours are not kept (a warning of a success)"),
    ("XDSReplaceFailed", DmpMetadataRefused, "the document to replace is not there, or is not ours"),
    ("XDSInvalidDocumentContent", DmpMetadataRefused, "the document is not what its formatCode announces"),
    ("XDSMetadataUpdateError", DmpMetadataRefused, "the change of metadata is not possible"),
    ("XDSMetadataUpdateOperationError", DmpMetadataRefused, "the operation on the metadata is unknown"),
    ("XDSMetadataVersionError", DmpMetadataRefused, "the metadata were changed by somebody else since they were read"),
    ("UnresolvedReferenceException", DmpMetadataRefused, "an association points at nothing"),
    ("XDSDocumentUniqueIdError", DmpDocumentUnknown, "no document has this uniqueId (an entryUUID in its place?)"),
    ("XDSTooManyResults", DmpTooManyResults, "the search finds more than the registry gives at once"),
    ("XDSStoredQueryMissingParam", DmpQuestionRefused, "the search lacks a parameter"),
    ("XDSStoredQueryParamNumber", DmpQuestionRefused, "a parameter stands too often, or is malformed"),
    ("XDSUnknownStoredQuery", DmpQuestionRefused, "the registry does not know this search"),
    ("XDSUnknownRepositoryId", DmpQuestionRefused, "the repositoryUniqueId is not the DMP's"),
    ("XDSRegistryError", DmpOtherRefusal, "the registry failed inside"),
    ("XDSRepositoryError", DmpOtherRefusal, "the repository failed inside, or refused for a reason in its words"),
)
_SECURITY: Final = (
    ("InvalidSecurity", "the security header cannot be processed"),
    ("InvalidSecurityToken", "the VIHF is not accepted"),
    ("FailedAuthentication", "the VIHF could not be authenticated: signature, dates or identity"),
    ("FailedCheck", "the signature or its digest does not verify"),
    ("SecurityTokenUnavailable", "the certificate that the VIHF refers to is missing"),
    ("UnsupportedSecurityToken", "this kind of VIHF is not supported"),
    ("UnsupportedAlgorithm", "the algorithm of the signature is not supported"),
)
_SOAP: Final = (
    ("VersionMismatch", DmpQuestionRefused, "the envelope is of another SOAP version"),
    ("MustUnderstand", DmpQuestionRefused, "a header of ours is not understood"),
    ("DataEncodingUnknown", DmpQuestionRefused, "the encoding of a header or body is unknown"),
    ("MessageAddressingHeaderRequired", DmpQuestionRefused, "a WS-Addressing header is missing"),
    ("InvalidAddressingHeader", DmpQuestionRefused, "a WS-Addressing header is wrong"),
    ("ActionNotSupported", DmpQuestionRefused, "the Action is not one of the service"),
    ("Sender", DmpOtherRefusal, "what was sent is refused, for the reason in the words"),
    ("Receiver", DmpOtherRefusal, "the service failed on its side"),
)
REFUSALS: Final[tuple[Known, ...]] = (
    *(Known(Form.XDS, *row) for row in _XDS),
    Known(Form.FAULT, "DMPInvalidCertificate", DmpCertificateRefused, "a certificate is refused", "T"),
    *(Known(Form.FAULT, code, DmpVihfRefused, meaning) for code, meaning in _SECURITY),
    *(Known(Form.FAULT, *row) for row in _SOAP),
    Known(Form.FAULT, "DMPAccessDeniedByRightsService", DmpAccessDenied, "the rights or the patient forbid", "T"),
    Known(Form.ACKNOWLEDGEMENT, "DMPClosed", DmpClosed, "the record is closed", "K"),
    Known(Form.ACKNOWLEDGEMENT, "DMPFound", DmpOtherRefusal, "the record exists already (creation, no more used)", "K"),
    Known(Form.ACKNOWLEDGEMENT, "DMPPatientNotFound", DmpAbsent, "no record for this patient", "U"),
    Known(Form.ACKNOWLEDGEMENT, "DMPInvalidIdentifier", DmpIdentityRefused, "the INS is malformed or unknown", "U"),
    Known(Form.STATUS, "DMPPatientAccessAlreadyExists", DmpOtherRefusal, "the patient has an account already", "K"),
    Known(Form.STATUS, "DMPPatientAccessOTPAlreadyExists", DmpOtherRefusal, "a one-time code is set already", "K"),
)
MEANINGS: Final[dict[str, type[DmpRefusal]]] = {row.code: row.error for row in REFUSALS}

VIHF_WORDS: Final[tuple[tuple[str, str], ...]] = (
    (r"\bvihf\b", "words about the VIHF: a pharmacist without section, an author who is not its user (EX_2.1-1140)"),
    ("structure introuvable", "`Identifiant_Structure` is unknown, or its structure closed"),
    ("ps et structure non li", "the professional does not work at this structure"),
    ("authentification de la personne morale", "`Identifiant_Structure` is not that of the certificate"),
)
"""Words of the DMP that mean a refused VIHF whatever their code [T], as regular expressions, and what they tell."""
SAYS_VIHF: Final = re.compile("|".join(words for words, _ in VIHF_WORDS), re.IGNORECASE)
