"""What the statuses of the si-dmp services and of the registry mean, beside the codes of XDS."""

import pytest

from dmp_core.dmp import answers
from dmp_core.dmp.answers import ResponseStatus
from dmp_core.errors import (
    DmpAbsent,
    DmpAccessDenied,
    DmpCertificateRefused,
    DmpClosed,
    DmpIdentityRefused,
    DmpMetadataRefused,
    DmpOtherRefusal,
    DmpRefusal,
)


@pytest.mark.parametrize(
    ("code", "text", "expected"),
    [
        ("DMPAccessDeniedByRightsService", "", DmpAccessDenied),
        ("DMPClosed", "", DmpClosed),
        ("DMPPatientNotFound", "", DmpAbsent),
        ("DMPInvalidIdentifier", "", DmpIdentityRefused),
        ("DMPInvalidCertificate", "", DmpCertificateRefused),
        ("UnresolvedReferenceException", "", DmpMetadataRefused),
        ("XDSMetadataUpdateError", "", DmpMetadataRefused),
        ("DMPFound", "DMP déjà actif", DmpOtherRefusal),
        ("DMPPatientAccessAlreadyExists", "", DmpOtherRefusal),
    ],
)
def test_a_code_of_these_transactions_means_its_error(code: str, text: str, expected: type[DmpRefusal]) -> None:
    refusal = answers.refusal(code, text)

    assert (type(refusal), refusal.origin, refusal.dmp_text) == (expected, code, text)


@pytest.mark.parametrize("namespace", ["urn:ihe:iti:2007", "urn:oasis:names:tc:ebxml-regrep"])
def test_partial_success_is_known_in_both_spellings(answer, namespace: str) -> None:
    body = answer(
        f"<r:RegistryResponse xmlns:r='urn:oasis:names:tc:ebxml-regrep:xsd:rs:3.0' "
        f"status='{namespace}:ResponseStatusType:PartialSuccess'/>"
    ).body

    assert answers.outcome(body).status is ResponseStatus.PARTIAL
